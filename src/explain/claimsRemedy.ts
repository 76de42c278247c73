import type { ClaimKey } from "../model/accessModel";
import type { RemedySource } from "./source";

const claimKeys: ReadonlySet<string> = new Set(["org_id", "repository", "context"] satisfies ClaimKey[]);
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

type ClaimPairs = Readonly<Record<string, string>>;

/** What is wrong with a list of claims, short of its repository, and what to do about it; null where nothing is. */
export function claimsProblem(claims: ClaimPairs, { installation, place }: RemedySource): string | null {
  const here = place(installation.origin);
  const keys = Object.keys(claims);
  if (installation.subject === null || keys.join() !== installation.subject.join()) {
    const usable =
      keys.every((k) => claimKeys.has(k)) && (keys.includes("repository") || keys.includes("context"));
    return usable
      ? `the subject is made of the claims ${keys.join(", ")}: write subject: [${keys.join(", ")}]${organizationLine(claims)} at ${here}`
      : `the subject is made of the claims ${keys.join(", ")}: have Gitpod configure org_id,repository for the organization`;
  }
  const empty = keys.find((k) => claims[k] === "");
  if (empty !== undefined)
    return `the claim ${empty} is empty: open the workspace on a repository, in an organization`;
  const { org_id: org } = claims;
  if (installation.organizationId === null || org === installation.organizationId) return null;
  const change =
    org !== undefined && uuid.test(org)
      ? `; if this one is right, write organizationId: ${org} at ${here}`
      : "";
  return `start the workspace in the Gitpod organization ${installation.organizationId}${change}`;
}

function organizationLine({ org_id: org }: ClaimPairs): string {
  if (org === undefined) return "";
  return ` and organizationId: ${uuid.test(org) ? org : "with the organization's UUID"}`;
}

/** What to do where the subject is a URL, and the manifest says that it is made of claims. */
export function claimListRemedy({ installation, place }: RemedySource): string {
  const id = installation.organizationId === null ? "" : " and organizationId:";
  return `the subject is a URL: have Gitpod configure ${(installation.subject ?? []).join(",")} for the organization, or take subject:${id} out at ${place(installation.origin)}`;
}
