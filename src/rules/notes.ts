import { nearest, quote } from "../diagnostics";
import { regions, regionsAsOf } from "../model/regions";
import type { Rule } from "./rule";

/** Rules about a manifest as such, whatever access it gives. */
export const noteRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "N01",
    severity: "warning",
    title: "a region that no published list has",
    why: "if it is misspelt, deploys and logins fail, and a grant reaches nothing",
    remedy: "compare it with the regions that AWS lists; one that is newer than our list may stay",
    manifest: ({ unlistedRegions }) =>
      unlistedRegions.map(({ region, origin }) => {
        const near = nearest(
          region,
          regions.filter((other) => areaOf(other) === areaOf(region)),
        );
        return {
          message: `${quote(region)} is not among AWS's regions as of ${regionsAsOf}: if it is misspelt, deploys and logins fail, and a grant reaches nothing`,
          origin,
          ...(near === undefined ? {} : { remedy: `did you mean ${near}? a region that is newer may stay` }),
        };
      }),
  },
]);

/** The part of a region's name that says where on earth it is, such as `us-gov`: few mean another one. */
function areaOf(region: string): string {
  return region.split("-").slice(0, -2).join("-");
}
