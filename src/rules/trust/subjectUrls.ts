import { quote } from "../../diagnostics";
import type { Context } from "../../model/accessModel";
import { escapePattern, literalStart, spelled } from "../../policy";
import {
  cloneUrl,
  dialects,
  exampleSubjects,
  forkLinks,
  isDisguised,
  leavesPath,
  opensElsewhere,
  parseSubject,
  repoSubjects,
  subjectReach,
  traversals,
  traversalsOfLength,
  type EntryUrl,
  type SubjectReach,
} from "../../subject";
import { on } from "./trustView";
import {
  admission,
  admitted,
  admittedBy,
  example,
  hostsFor,
  looseReach,
  type Reading,
  type SubjectValue,
} from "./subjectValues";

/** A whole subject: the URL that a workspace was opened on. */
export function judgeUrl(value: SubjectValue): readonly Reading[] {
  const { start: url } = value;
  const shown = quote(value.value);
  if (isDisguised(url))
    return [
      {
        rule: "T59",
        message: `${shown} opens another path than it shows, by dot segments or characters that URL parsers drop`,
        remedy: "write the URL that it opens",
      },
    ];
  const parsed = parseSubject(url, hostsFor(value));
  const wrong = spelling(value, url);
  if (wrong !== null) return [{ rule: "T56", message: wrong }];
  if (parsed.kind !== "repository")
    return [{ rule: "T56", message: `${shown} is not a URL that a workspace of a repository presents` }];
  const { repository, context } = parsed;
  const odd = oddForm(value, repository, context === "repository");
  return [
    ...(odd === null ? [] : [{ rule: "T56", message: odd }]),
    admission(value, "repo", repository.url, {
      contexts: context === "pull-requests" ? ["pull-requests"] : [],
      bare: isBare(value, repository),
    }),
  ];
}

/** What is wrong with the beginning of a URL: no host would be compared as equal; null: nothing. */
function spelling(value: SubjectValue, start: string): string | null {
  const shown = quote(value.value);
  if (!start.startsWith("https://")) return `${shown} does not begin with https://, as every URL in sub does`;
  const host = /^https:\/\/([^/?#]*)/.exec(start)?.[1] ?? "";
  if (/[A-Z]/.test(host)) return `${shown} has capitals in its host name, and IAM compares letter case`;
  const declared = value.view.surroundings.accounts
    .flatMap((account) => account.roles.map((role) => role.entry.url))
    .find(
      (u) =>
        start.toLowerCase().startsWith(u.toLowerCase()) &&
        !start.startsWith(u) &&
        /^($|[/.?])/.test(start.slice(u.length)),
    );
  return declared === undefined
    ? null
    : `${shown} differs from ${quote(declared)} in letter case, which IAM compares`;
}

/** What only some workspaces of a repository present, without what most of them do; null: nothing. */
function oddForm(value: SubjectValue, repository: EntryUrl, isOwnUrl: boolean): string | null {
  const { start: url } = value;
  const shown = quote(value.value);
  const isQueried = dialects[repository.kind].parameters.some((name) => new RegExp(`[?&]${name}=`).test(url));
  if (url.includes("#") || (url.includes("?") && !isQueried))
    return `${shown} has a ${url.includes("#") ? "fragment" : "query"}: workspaces opened on any other URL are denied`;
  // Of another family of the host's URLs, one says nothing about this one: its letter case may differ.
  const isAlone = isOwnUrl && url.startsWith(repository.url) && !admitted(value, repository.url);
  return isAlone && admitted(value, url)
    ? `${shown} does not admit ${quote(repository.url)}: workspaces opened on it are denied`
    : null;
}

/** Does the document admit nothing of the repository but its own URLs? */
function isBare(value: SubjectValue, repository: EntryUrl): boolean {
  const { url } = repository;
  const values = value.view.logins.flatMap((login) =>
    on(login, "sub").flatMap((c) => (c.negated ? [] : c.values)),
  );
  return (
    repoSubjects(repository, ["repository"]).exact.includes(value.start) &&
    !exampleSubjects(repository, "branches").some((sub) => admitted(value, sub)) &&
    !values.some((v) => v.startsWith(url) && /^([/?][^/]|\$\{\?\})/.test(v.slice(url.length)))
  );
}

/** A subject with wildcards. */
export function judgePattern(value: SubjectValue): readonly Reading[] {
  const { start } = value;
  const shown = quote(value.value);
  const wrong = start.startsWith("https://") ? spelling(value, start) : null;
  if (wrong !== null) return [{ rule: "T56", message: wrong }];
  const opened = opensElsewhere(start);
  if (opened === null) return judgeReach(value);
  const disguised: Reading = {
    rule: "T59",
    message: `${shown} in fact admits what begins with ${quote(opened)}: URL parsers remove dot segments`,
    remedy: `if you mean ${quote(opened)}, begin it with that`,
  };
  // The guard's way out would be told a second time.
  return [
    disguised,
    ...judgeReach(value).filter((reading) => !("rule" in reading) || reading.rule !== "T59"),
  ];
}

/** Whom a pattern lets in, by where its first wildcard stands. */
function judgeReach(value: SubjectValue): readonly Reading[] {
  const reach = reachOf(value);
  const loose = looseReach(value, reach);
  if (loose !== null) return [loose];
  if (reach.kind === "organization") return organization(value, reach.url);
  if (reach.kind !== "repository") return [];
  const { repository, group, rest } = reach;
  const anything = rest === "/" && !value.more && value.pattern.includes("many");
  const whole = anything && !admitted(value, repository.url);
  if (group && whole) return organization(value, repository.url);
  return [
    ...(whole ? [missesItself(value, repository)] : []),
    ...branches(value, repository),
    ...unguarded(value),
    admission(value, "repo", repository.url, {
      hostKind: repository.kind,
      contexts: forkContexts(value, repository),
    }),
  ];
}

/** A `?` that is meant to begin a query, and is a wildcard, is T27's: here it counts as what is meant. */
function reachOf(value: SubjectValue): SubjectReach {
  const { start, more } = value;
  return subjectReach(beginsQuery(value) ? `${start}?` : start, more, hostsFor(value));
}

/** Is the first wildcard a `?` with a parameter's name and `=` behind it? No host has a `=` in names: nothing else fits. */
function beginsQuery({ pattern, start }: SubjectValue): boolean {
  const at = Array.from(start).length;
  if (pattern[at] !== "one") return false;
  return /^[A-Za-z_]+=/.test(literalStart(pattern.slice(at + 1)));
}

function organization(value: SubjectValue, url: string): readonly Reading[] {
  return [...unguarded(value), admission(value, "org", url, { contexts: ["all"] })];
}

function missesItself(value: SubjectValue, { url }: EntryUrl): Reading {
  return {
    rule: "T51",
    message: `${quote(value.value)} does not admit ${quote(url)}: workspaces opened on the repository itself are denied`,
    remedy: `add ${["", ".git", "/"].map((end) => quote(escapePattern(url + end))).join(", ")} to the list`,
  };
}

/** Contexts of the value in which a fork's code runs, in everyday use or by a link made for it. */
function forkContexts(value: SubjectValue, repository: EntryUrl): readonly Context[] {
  const isAdmitted = (subjects: readonly string[]): boolean => subjects.some((sub) => admittedBy(value, sub));
  return [
    ...(["commits", "pull-requests"] as const).filter((c) => isAdmitted(exampleSubjects(repository, c))),
    ...dialects[repository.kind].forksByLink.filter((c) => isAdmitted(forkLinks(repository, c))),
  ];
}

/** On hosts with the branch in the query, a pattern of paths misses them. */
function branches(value: SubjectValue, repository: EntryUrl): readonly Reading[] {
  const { prefixes, query } = dialects[repository.kind];
  if (query === undefined || /[?#]/.test(value.start)) return [];
  if (exampleSubjects(repository, "branches").some((sub) => admitted(value, sub))) return [];
  const meant = (["commits", "pull-requests", "tags"] as const)
    .flatMap((context) => (prefixes[context] ?? []).map((row) => row.replace("{U}", () => repository.url)))
    .some((prefix) => value.start.startsWith(prefix));
  if (meant) return [];
  const [branch = cloneUrl(repository)] = exampleSubjects(repository, "branches");
  return [
    {
      rule: "T60",
      message: `${quote(value.value)} admits no branch: on this host the branch is in the query, as in ${quote(branch)}`,
    },
  ];
}

/** Does the value let in a subject that begins like the repository and opens another? */
function unguarded(value: SubjectValue): readonly Reading[] {
  const { start } = value;
  if (/[?#]/.test(start)) return [];
  const runs = [...traversals(start).map((run) => example(value, run)), ...narrowWaysOut(value)];
  const found = runs.find((sub) => leavesPath(sub, start) && admittedBy(value, sub));
  if (found === undefined) return [];
  return [
    {
      rule: "T59",
      message: `${quote(value.value)} also admits ${quote(found)}, which opens ${quote(new URL(found).pathname)}`,
    },
  ];
}

/** Ways out through a run of `?`, which admits texts of one length. */
function narrowWaysOut({ pattern, start }: SubjectValue): readonly string[] {
  const from = Array.from(start).length;
  const end = pattern.findIndex((token, i) => i >= from && token !== "one");
  const to = end < 0 ? pattern.length : end;
  const rest = spelled(pattern.slice(to), "", "a");
  return traversalsOfLength(start, to - from).map((run) => `${start}${run}${rest}`);
}
