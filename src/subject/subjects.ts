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
  return { exact: sortedTexts(exact), prefixes: withoutCovered(sortedTexts(met)) };
}

/** Sorted, each once. */
function sortedTexts(texts: readonly string[]): readonly string[] {
  // Most are in order.
  const isSorted = texts.every((text, i) => i === 0 || (texts[i - 1] ?? "") < text);
  return isSorted ? [...texts] : [...new Set(texts)].sort();
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

function withoutCovered(prefixes: readonly string[]): readonly string[] {
  if (prefixes.length < 2) return prefixes;
  return prefixes.filter((p) => !prefixes.some((other) => other !== p && p.startsWith(other)));
}

/**
 * Why git would refuse a branch name: the first that it matches.
 * @see https://git-scm.com/docs/git-check-ref-format
 */
const wrongRefs: readonly (readonly [pattern: RegExp, why: string])[] = Object.freeze([
  // eslint-disable-next-line no-control-regex
  [/[\u0000-\u0020\u007f~^:?*[\\]/, "git allows no space, control character or any of ~^:?*[\\"],
  [/^[0-9a-f]{40}$/i, "this is the id of a commit, for which the context is commits"],
  [/^refs\//, "a branch is named without refs/heads/"],
  [/\.\.|@\{|^@$/, "git allows no .. or @{"],
  [/^[/-]|\/$|\/\/|\.$/, "git allows no - or / at the beginning, and no / or . at the end"],
  [/(^|\/)\.|\.lock(\/|$)/, "git allows no part that begins with . or ends with .lock"],
  [/[\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\p{Cs}]/u, "it holds an invisible character"],
]);

/** Why no workspace can be opened on a branch of this name on this kind of host; null for one that can. */
export function branchProblem(branch: string, kind: HostKind): Correction | null {
  const [, wrong] = wrongRefs.find(([pattern]) => pattern.test(branch)) ?? [];
  if (wrong !== undefined)
    return {
      problem: `is not the name of a branch: ${wrong}`,
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
