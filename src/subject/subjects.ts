import type { Context, HostKind, SubjectSet } from "../model/accessModel";
import { dialects, type ContextWord } from "./hosts";

/** An entry as its subjects see it. */
export type SubjectSource =
  | { readonly kind: "org"; readonly url: string; readonly hostKind: HostKind }
  | {
      readonly kind: "repo";
      readonly url: string;
      readonly hostKind: HostKind;
      readonly contexts: readonly Context[];
    };

/**
 * The forms of `sub` that workspaces of an entry present: the URL that the user opened, as typed.
 * A repository without `all` admits whole subjects for its own URL and named branches, and prefixes for the rest; an
 * organization admits one prefix. No prefix is ever built on a short form of the URL.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/public-api-server/pkg/apiv1/identityprovider.go
 */
export function subjectsOf(source: SubjectSource): SubjectSet {
  if (source.kind === "org") return { exact: [], prefixes: [`${source.url}/`] };
  const dialect = dialects[source.hostKind];
  if (!dialect) throw new Error(`no dialect for ${source.hostKind}`);
  const exact = new Set<string>();
  const prefixes = new Set<string>();
  for (const context of source.contexts) {
    if (typeof context === "object") {
      for (const end of dialect.branch(context.branch)) exact.add(source.url + end);
    } else if (context === "repository" || context === "all") {
      for (const end of ["", ...dialect.repositorySuffixes]) exact.add(source.url + end);
      if (context === "all") prefixes.add(`${source.url}/`);
    } else {
      for (const end of dialect.prefixes[context] ?? []) prefixes.add(source.url + end);
    }
  }
  const whole = prefixes.has(`${source.url}/`) ? [`${source.url}/`] : [...prefixes];
  return { exact: [...exact].sort(), prefixes: whole.sort() };
}

/** The contexts that a kind of host can express, in the order of the documentation. */
export function contextsOf(kind: HostKind): readonly ContextWord[] {
  const prefixes = Object.keys(dialects[kind]?.prefixes ?? {}) as ContextWord[];
  return ["repository", ...prefixes, "all"];
}

/**
 * Why git would refuse a branch name; null for a name that it accepts.
 * @see https://git-scm.com/docs/git-check-ref-format
 */
export function branchProblem(branch: string): string | null {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0020\u007f~^:?*[\\]/.test(branch))
    return "git allows no space, control character or any of ~^:?*[\\";
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
