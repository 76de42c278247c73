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
} from "../../subject";
import {
  admission,
  admitted,
  admittedBy,
  example,
  hostsFor,
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
  const odd = oddForm(value, url, repository, context === "repository");
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

/** Forms of the repository's own URL that some workspaces have, without the one that most have. */
function oddForm(value: SubjectValue, url: string, repository: EntryUrl, own: boolean): string | null {
  const shown = quote(value.value);
  if (url.includes("#")) return `${shown} has a fragment, which only a URL typed by hand has`;
  const { parameters } = dialects[repository.kind];
  if (url.includes("?") && !parameters.some((name) => new RegExp(`[?&]${name}=`).test(url)))
    return `${shown} has a query, which only a URL typed by hand has`;
  // Where hosts clone by URLs of another family, all of these end so.
  if (url.endsWith(".git") && url !== `${repository.url}.git`) return null;
  const ends = /\.git$/.test(url) ? ".git" : url.endsWith("/") ? "a slash" : null;
  if (!own || ends === null || admitted(value, repository.url) || !admitted(value, url)) return null;
  return `${shown} ends in ${ends}: workspaces opened on ${quote(repository.url)} are denied`;
}

/** Does the document admit nothing of the repository but its own URLs? */
function isBare(value: SubjectValue, repository: EntryUrl): boolean {
  return (
    repoSubjects(repository, ["repository"]).exact.includes(value.start) &&
    !exampleSubjects(repository, "branches").some((sub) => admitted(value, sub)) &&
    !hasInner(value, repository)
  );
}

/** Does some value of the document name something inside of the repository? */
function hasInner({ view }: SubjectValue, { url }: EntryUrl): boolean {
  return view.logins.some((login) =>
    login.conditions.some(
      (c) =>
        c.claim === "sub" &&
        !c.negated &&
        c.values.some((v) => /^[/?][^/]|^\$\{\?\}/.test(v.startsWith(url) ? v.slice(url.length) : "")),
    ),
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
  const { more } = value;
  const shown = quote(value.value);
  const reach = reachOf(value);
  switch (reach.kind) {
    case "no-url":
      return [{ rule: "T56", message: `${shown} does not begin like a URL that a workspace presents` }];
    case "before-path":
      return [
        {
          rule: "T53",
          message: `${shown} has a wildcard before the repository's path: another host, another organization or a longer path with the same end matches`,
        },
      ];
    case "host":
      return [{ rule: "T55", message: `${shown} admits every repository of the host, whoever owns it` }];
    case "cut-name":
      return [
        {
          rule: "T52",
          message: `${shown} admits every name that begins with ${quote(reach.name)}, such as ${quote(`${reach.name}-evil`)}, which anybody can register`,
        },
      ];
    case "organization":
      return organization(value, reach.url);
    case "repository": {
      const { repository, group, rest } = reach;
      const anything = rest === "/" && !more && value.pattern.includes("many");
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
  }
}

/** A `?` that is meant to begin a query, and is a wildcard, is T27's: here it counts as what is meant. */
function reachOf(value: SubjectValue) {
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
