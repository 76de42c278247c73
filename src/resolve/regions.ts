import { nearest, quote } from "../diagnostics";
import { partitionOf } from "../model/partitions";
import { regions } from "../model/regions";
import type { ManifestPlace } from "./problems";

/** The words that name a region's area, such as `us` and `gov`. */
const areaWords: ReadonlySet<string> = new Set(regions.flatMap((region) => region.split("-").slice(0, -2)));

/** The words for where in its area a region is: AWS has never used any but the points of the compass. */
const points: ReadonlySet<string> = new Set(
  "north northeast east southeast south southwest west northwest central".split(" "),
);

/**
 * The region that a text was most likely meant to be; undefined for one that is a region, and for one that may become
 * one. AWS adds numbers, points of the compass and areas: a word that is near to one that AWS uses is taken for a slip
 * only where it is no point of the compass, or where correcting it gives a region that there is.
 */
export function meantRegion(text: string): string | undefined {
  if (regions.includes(text)) return undefined;
  if (partitionOf(text) === null) return nearest(text, regions);
  const words = text.split("-");
  const corrected = words.map((word, i) => {
    if (i === words.length - 1) return word;
    const known = i === words.length - 2 ? points : areaWords;
    return known.has(word) ? word : (nearest(word, known) ?? word);
  });
  const region = corrected.join("-");
  if (regions.includes(region)) return region;
  return points.has(words.at(-2) ?? "") ? undefined : nearest(text, regions);
}

/** Refuses a region that is misspelt, or of no partition that we know; true for one that may be right, which is noted where our list does not have it. */
export function checkRegion(region: string, place: ManifestPlace): boolean {
  const meant = meantRegion(region);
  const partition = partitionOf(region);
  if (meant === undefined && partition !== null) {
    if (!regions.includes(region)) place.problems.unlistedRegion(region, place.origin);
    return true;
  }
  place.refuse("M04", {
    problem:
      partition === null
        ? `${quote(region)} is not a region of the partitions aws, aws-cn, aws-us-gov and aws-eusc`
        : `AWS has no region ${quote(region)}`,
    remedy:
      meant === undefined ? "write a region such as us-east-1 or eu-central-1" : `did you mean ${meant}?`,
  });
  return false;
}
