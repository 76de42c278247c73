import type { Context } from "../model/accessModel";
import type { TrustPolicy } from "../model/policyDocument";
import { branchProblem, contextsOf, orgSubjects, parseEntryUrl, repoSubjects, scmHosts } from "../subject";
import { trustPolicy, type TrustSource } from "./trust";

/** Whose workspaces a role is for, as somebody writes it who has no manifest. */
export interface WorkspaceSource {
  readonly kind: "org" | "repo";
  readonly url: string;
  /** Ignored for an organization. */
  readonly contexts: readonly Context[];
}

/**
 * Reads the URL of an organization or repository on one of the known hosts.
 * @throws RangeError - for a URL that a trust policy cannot be built on
 */
export function workspaceUrl({ kind, url }: Pick<WorkspaceSource, "kind" | "url">) {
  const result = parseEntryUrl(url, kind, scmHosts({}));
  if (result.ok) return result.entry;
  const what = kind === "org" ? "an organization" : "a repository";
  throw new RangeError(
    `${JSON.stringify(url)} is not the URL of ${what}: ${result.problem}; ${result.remedy}`,
  );
}

/**
 * The trust policy for the workspaces of an organization or repository.
 * @throws RangeError - for a URL or context that a trust policy cannot be built on
 */
export function workspaceTrust(source: WorkspaceSource, trust: Omit<TrustSource, "subjects">): TrustPolicy {
  const url = workspaceUrl(source);
  if (source.kind === "org") return trustPolicy({ ...trust, subjects: orgSubjects(url) });
  const { contexts } = source;
  if (contexts.length === 0)
    throw new RangeError("contexts is empty: name at least one, or leave it out for repository");
  const possible = contextsOf(url.kind);
  for (const context of contexts) {
    const named = JSON.stringify(typeof context === "object" ? context.branch : context);
    if (typeof context === "string" && !possible.includes(context))
      throw new RangeError(`${named} is none of the contexts of this host: ${possible.join(", ")}`);
    const trouble = typeof context === "object" ? branchProblem(context.branch, url.kind) : null;
    if (trouble !== null) throw new RangeError(`${named} ${trouble.problem}; ${trouble.remedy}`);
  }
  return trustPolicy({ ...trust, subjects: repoSubjects(url, contexts) });
}
