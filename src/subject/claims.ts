import type { ClaimKey, SubjectSet } from "../model/accessModel";
import { cloneUrl, repoSubjects } from "./subjects";
import type { EntryUrl } from "./url";

/** Is it a claim that says whose workspace it is? */
export function isClaimKey(key: string): key is ClaimKey {
  return key === "org_id" || key === "repository" || key === "context";
}

/** The claims that a subject is made of, on an installation that Gitpod has configured so. */
export interface ClaimList {
  /** In the installation's order. */
  readonly keys: readonly ClaimKey[];
  /** Needed where the list holds `org_id`. */
  readonly organizationId: string | null;
}

/**
 * The forms of `sub` of a repository's workspaces, `key:value` pairs joined by `:` in the list's order: whole subjects.
 * `repository` is the clone URL, whatever the workspace was opened on; `context` the URL that the user opened.
 * @see https://github.com/gitpod-io/gitpod/pull/19455
 */
export function repoClaimSubjects(repo: EntryUrl, list: ClaimList): SubjectSet {
  const contexts = list.keys.includes("context") ? repoSubjects(repo, ["repository"]).exact : [""];
  const exact = contexts.map((context) => joined(list, { repository: cloneUrl(repo), context }));
  return { exact: exact.sort(), prefixes: [] };
}

/** The same of an organization; null unless the list ends in `repository` and lacks `context`, which users choose. */
export function orgClaimSubjects(org: EntryUrl, list: ClaimList): SubjectSet | null {
  if (list.keys.at(-1) !== "repository" || list.keys.includes("context")) return null;
  const repository = `${cloneUrl(org).replace(/\.git$/, "")}/`;
  return { exact: [], prefixes: [joined(list, { repository, context: "" })] };
}

function joined(list: ClaimList, values: { readonly repository: string; readonly context: string }): string {
  return list.keys
    .map((key) => `${key}:${key === "org_id" ? (list.organizationId ?? "") : values[key]}`)
    .join(":");
}
