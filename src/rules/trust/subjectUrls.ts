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
import { on } from "./trustView";
import {
  admission,
  admitted,
  admittedBy,
  hostsFor,
  looseReach,
  say,
  type Reading,
  type SubjectValue,
} from "./subjectValues";

/** A whole subject: the URL that a workspace was opened on. */
export function judgeUrl(value: SubjectValue): readonly Reading[] {
  if (isDisguised(value.start))
    return say(
      "T59",
      "opens another path than it shows, by dot segments or characters that URL parsers drop",
      { remedy: "write the URL that it opens" },
    );
  const wrong = spelling(value);
  if (wrong !== null) return say("T56", wrong);
  const parsed = parseSubject(value.start, hostsFor(value));
  if (parsed.kind !== "repository")
    return say("T56", "is not a URL that a workspace of a repository presents");
  const { repository, context } = parsed;
  const odd = oddForm(value, repository, context === "repository");
  return [
    ...(odd === null ? [] : say("T56", odd)),
    admission(value, "repo", repository.url, {
      contexts: context === "pull-requests" ? ["pull-requests"] : [],
      bare: isBare(value, repository),
    }),
  ];
}

/** What is wrong with the beginning of a URL: no host would be compared as equal; null: nothing. */
function spelling({ start, view }: SubjectValue): string | null {
  if (!start.startsWith("https://")) return "does not begin with https://, as every URL in sub does";
  if (/^https:\/\/[^/?#]*[A-Z]/.test(start))
    return "has capitals in its host name, and IAM compares letter case";
  const declared = view.surroundings.accounts
    .flatMap((account) => account.roles.map((role) => role.entry.url))
    .find(
      (u) =>
        start.toLowerCase().startsWith(u.toLowerCase()) &&
        !start.startsWith(u) &&
        /^($|[/.?])/.test(start.slice(u.length)),
    );
  return declared === undefined ? null : `differs from ${quote(declared)} in letter case, which IAM compares`;
}

/** What only some workspaces of a repository present, without what most of them do; null: nothing. */
function oddForm(value: SubjectValue, { kind, url }: EntryUrl, isOwnUrl: boolean): string | null {
  const { start } = value;
  const isQueried = dialects[kind].parameters.some((name) => new RegExp(`[?&]${name}=`).test(start));
  const part = start.includes("#") ? "fragment" : start.includes("?") && !isQueried ? "query" : null;
  if (part !== null) return `has a ${part}: workspaces opened on any other URL are denied`;
  // Of another family of the host's URLs, one says nothing about this one: its letter case may differ.
  const isAlone = isOwnUrl && start.startsWith(url) && !admitted(value, url) && admitted(value, start);
  return isAlone ? `does not admit ${quote(url)}: workspaces opened on it are denied` : null;
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
  const wrong = start.startsWith("https://") ? spelling(value) : null;
  if (wrong !== null) return say("T56", wrong);
  const readings = judgeReach(value);
  const opened = opensElsewhere(start);
  if (opened === null) return readings;
  const message = `in fact admits what begins with ${quote(opened)}: URL parsers remove dot segments`;
  return [
    ...say("T59", message, { remedy: `if you mean ${quote(opened)}, begin it with that` }),
    // The guard's way out would be told a second time.
    ...readings.filter((reading) => !("rule" in reading && reading.rule === "T59")),
  ];
}

/** Whom a pattern lets in, by where its first wildcard stands. */
function judgeReach(value: SubjectValue): readonly Reading[] {
  const { start, more } = value;
  // A `?` that is meant to begin a query, and is a wildcard, is T27's: here it counts as what is meant.
  const reach = subjectReach(beginsQuery(value) ? `${start}?` : start, more, hostsFor(value));
  const loose = looseReach(reach);
  if (loose !== null) return loose;
  if (reach.kind === "organization") return organization(value, reach.url);
  if (reach.kind !== "repository") return [];
  const { repository, group, rest } = reach;
  const anything = rest === "/" && !more && value.pattern.includes("many");
  const missesItself = anything && !admitted(value, repository.url);
  if (group && missesItself) return organization(value, repository.url);
  const forms = ["", ".git", "/"].map((end) => quote(escapePattern(repository.url + end)));
  return [
    ...(missesItself
      ? say(
          "T51",
          `does not admit ${quote(repository.url)}: workspaces opened on the repository itself are denied`,
          { remedy: `add ${forms.join(", ")} to the list` },
        )
      : []),
    ...branches(value, repository),
    ...unguarded(value),
    admission(value, "repo", repository.url, {
      hostKind: repository.kind,
      contexts: forkContexts(value, repository),
    }),
  ];
}

/** Is the first wildcard a `?` with a parameter's name and `=` behind it? No host has a `=` in names: nothing else fits. */
function beginsQuery({ pattern, start }: SubjectValue): boolean {
  const at = Array.from(start).length;
  return pattern[at] === "one" && /^[A-Za-z_]+=/.test(literalStart(pattern.slice(at + 1)));
}

function organization(value: SubjectValue, url: string): readonly Reading[] {
  return [...unguarded(value), admission(value, "org", url, { contexts: ["all"] })];
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
  const examples = exampleSubjects(repository, "branches");
  if (query === undefined || /[?#]/.test(value.start) || examples.some((sub) => admitted(value, sub)))
    return [];
  const meant = (["commits", "pull-requests", "tags"] as const)
    .flatMap((context) => (prefixes[context] ?? []).map((row) => row.replace("{U}", () => repository.url)))
    .some((prefix) => value.start.startsWith(prefix));
  if (meant) return [];
  const [branch = cloneUrl(repository)] = examples;
  return say("T60", `admits no branch: on this host the branch is in the query, as in ${quote(branch)}`);
}

/** Does the value let in a subject that begins like the repository and opens another? */
function unguarded(value: SubjectValue): readonly Reading[] {
  const { start, pattern } = value;
  if (/[?#]/.test(start)) return [];
  const runs = [...traversals(start).map((run) => spelled(pattern, run, "a")), ...narrowWaysOut(value)];
  const found = runs.find((sub) => leavesPath(sub, start) && admittedBy(value, sub));
  if (found === undefined) return [];
  return say("T59", `also admits ${quote(found)}, which opens ${quote(new URL(found).pathname)}`);
}

/** Ways out through a run of `?`, which admits texts of one length. */
function narrowWaysOut({ pattern, start }: SubjectValue): readonly string[] {
  const from = Array.from(start).length;
  const end = pattern.findIndex((token, i) => i >= from && token !== "one");
  const to = end < 0 ? pattern.length : end;
  const rest = spelled(pattern.slice(to), "", "a");
  return traversalsOfLength(start, to - from).map((run) => `${start}${run}${rest}`);
}
