import { nearest, quote } from "../diagnostics";
import { parseArn } from "../model/names";
import { regions, regionsAsOf } from "../model/regions";
import { rulesOf, type Rule } from "./rule";

/** Rules about a manifest as such, whatever access it gives, and about what a file does not show. */
export const noteRules: readonly Rule[] = rulesOf({
  N01: {
    severity: "warning",
    title: "a region that no published list has",
    remedy: "compare it with the regions that AWS lists; one that is newer than our list may stay",
    manifest: ({ unlistedRegions }) =>
      unlistedRegions.map(({ region, origin }) => {
        const nearby = regions.filter((other) => areaOf(other) === areaOf(region));
        const near = nearest(region, nearby);
        return {
          message: `${quote(region)} is not among AWS's regions as of ${regionsAsOf}: if it is misspelt, deploys and logins fail, and a grant reaches nothing`,
          origin,
          remedy: near && `did you mean ${near}? a region that is newer may stay`,
        };
      }),
  },
  N02: {
    severity: "info",
    title: "an account that nothing uses, or a file that a glob passes over",
    why: "somebody may believe that it counts",
    remedy: "remove it, or write the entries that need it",
    manifest: ({ passedOver, accounts }) => {
      // A resource that a role of another account uses counts, too. P05 is about installations.
      const arns = accounts.flatMap(({ roles }) => roles.flatMap(({ foreignResources }) => foreignResources));
      const reached = new Set(arns.map(({ arn }) => parseArn(arn)?.account));
      return [
        ...passedOver.map(({ file, origin }) => ({
          message: `the include passes over ${quote(file)}, whose name begins with a dot`,
          origin,
          remedy: "rename it, or include it by its own path, if its entries count",
        })),
        ...accounts
          .filter(({ id, roles }) => roles.length === 0 && !reached.has(id))
          .map(({ name, origin }) => ({ message: `no entry uses the account ${quote(name)}`, origin })),
      ];
    },
  },
  N03: {
    severity: "info",
    title: "an entry or a waiver that ends soon, where --within asks for it",
    why: "on that day logins are refused, or the check fails",
    remedy: "write a later date where it is still needed, or remove it",
  },
  // The walker applies it.
  E01: {
    severity: "warning",
    title: "the file refers to something that it does not contain",
    why: "nobody has judged it; where the file shows nothing that can be judged, this is an error",
    remedy: "pass a plan made after apply, terraform show -json of the state, or what the AWS CLI prints",
  },
});

/** The part of a region's name that says where on earth it is, such as `us-gov`: few mean another one. */
function areaOf(region: string): string {
  return region.split("-").slice(0, -2).join("-");
}
