import type { Correction } from "../model/correction";
import type { Context, HostKind, SubjectSet } from "../model/accessModel";
import { branchForms, dialects, fill, fillAll, type ContextWord } from "./hosts";
import { isGuarded } from "./traversal";
import type { EntryUrl } from "./url";

/**
 * The forms of `sub` that workspaces of a repository present: the URL that the user opened, as typed. Its own URLs and
 * those of named branches are whole subjects, the rest are prefixes; on a short form of the URL the path never goes on.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/public-api-server/pkg/apiv1/identityprovider.go
 */
export function repoSubjects(repo: EntryUrl, contexts: readonly Context[]): SubjectSet {
  const dialect = dialects[repo.kind];
  const parts = dialect.parts(repo.base, repo.segments);
  const exact: string[] = [];
  const prefixes: string[] = [];
  for (const context of contexts) {
    if (typeof context === "object") {
      exact.push(...branchForms(dialect, parts, context.branch));
      continue;
    }
    if (context === "repository" || context === "all") exact.push(...fillAll(dialect.repository, parts));
    if (context !== "repository") prefixes.push(...fillAll(dialect.prefixes[context] ?? [], parts));
  }
  // Nobody has a subject that begins with what the guard refuses, such as a..git of a repository a. and its clone URL.
  const met = isGuarded(parts.U) ? prefixes : prefixes.filter((prefix) => !isGuarded(prefix));
  return { exact: sortedOnce(exact), prefixes: withoutCovered(sortedOnce(met)) };
}

/** Sorted, each once. Sorts the list itself. */
function sortedOnce(texts: string[]): readonly string[] {
  // As the tables have them, most are in order.
  if (texts.every((text, i) => i === 0 || (texts[i - 1] ?? "") < text)) return texts;
  texts.sort();
  return texts.some((text, i) => text === texts[i + 1]) ? [...new Set(texts)] : texts;
}

/** The forms of `sub` that workspaces of any repository of an organization present. */
export function orgSubjects(org: EntryUrl): SubjectSet {
  const dialect = dialects[org.kind];
  const parts = dialect.parts(org.base, org.segments);
  return { exact: [], prefixes: dialect.orgPrefixes.map((row) => fill(row, parts)).sort() };
}

/** The clone URL of a repository as its host's API gives it: the claim `repository`. */
export function cloneUrl({ kind, base, segments }: EntryUrl): string {
  return fill(dialects[kind].cloneUrl, dialects[kind].parts(base, segments));
}

/** The contexts that a kind of host can express, in the order of the documentation. */
export function contextsOf(kind: EntryUrl["kind"]): readonly ContextWord[] {
  return ["repository", ...(Object.keys(dialects[kind].prefixes) as ContextWord[])];
}

/** Can a kind of host express the context? */
export function hasContext(kind: EntryUrl["kind"], context: ContextWord): boolean {
  return context === "repository" || Object.hasOwn(dialects[kind].prefixes, context);
}

function withoutCovered(prefixes: readonly string[]): readonly string[] {
  if (prefixes.length < 2) return prefixes;
  return prefixes.filter((p) => !prefixes.some((other) => other !== p && p.startsWith(other)));
}

/** Why no workspace can be opened on a branch of this name on this kind of host; null for one that can. */
export function branchProblem(branch: string, kind: HostKind): Correction | null {
  const trouble = refProblem(branch);
  if (trouble !== null)
    return {
      problem: `is not the name of a branch: ${trouble}`,
      remedy: "write the branch as git branch prints it, or branches for all of them",
    };
  const { unopened } = dialects[kind];
  if (unopened?.name.test(branch) !== true) return null;
  return {
    problem: `is a branch that no workspace can be opened on: ${unopened.why}`,
    remedy:
      "rename the branch, or leave it out; the default branch is also what contexts: [repository] opens",
  };
}

/**
 * Why git would refuse a branch name; null for a name that it accepts.
 * @see https://git-scm.com/docs/git-check-ref-format
 */
function refProblem(branch: string): string | null {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(branch))
    return "git allows no space, control character or any of ~^:?*[\\";
  if (/^[0-9a-f]{40}$/i.test(branch)) return "this is the id of a commit, for which the context is commits";
  if (branch.startsWith("refs/")) return "a branch is named without refs/heads/";
  if (branch.includes("..") || branch.includes("@{") || branch === "@") return "git allows no .. or @{";
  if (/^[/-]|\/$|\/\/|\.$/.test(branch))
    return "git allows no - or / at the beginning, and no / or . at the end";
  if (branch.split("/").some((s) => s.startsWith(".") || s.endsWith(".lock"))) {
    return "git allows no part that begins with . or ends with .lock";
  }
  if (/[\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/.test(branch) || !branch.isWellFormed()) {
    return "it holds an invisible character";
  }
  return null;
}
