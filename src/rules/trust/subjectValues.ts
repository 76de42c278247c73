import { quote } from "../../diagnostics";
import type { Context, ScmHost } from "../../model/accessModel";
import type { Admission } from "../../model/roleAccess";
import {
  coversPattern,
  escapePattern,
  literalStart,
  patternOf,
  patternsMeet,
  spelled,
  type Pattern,
} from "../../policy";
import {
  claimsOf,
  cloneUrl,
  dialects,
  exampleSubjects,
  forkLinks,
  hasDotGit,
  isDisguised,
  leavesPath,
  onaBearers,
  onaVersionOf,
  opensElsewhere,
  parseOnaSubject,
  parseSubject,
  repoSubjects,
  scmHostOf,
  scmHosts,
  subjectReach,
  traversals,
  traversalsOfLength,
  type EntryUrl,
  type SubjectReach,
} from "../../subject";
import type { FormFinding, TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import { admits, hasWildcard, isOpen, isWithin, namedSubjects, on, patternIn } from "./trustView";

/** What one value says: whom it admits, or what is odd about its form. */
type Reading = Admission | Form;

/** What one value says to a rule about forms; the message continues the value in quotes. */
export type Form = Omit<FormFinding, "origin">;

/** What a value says to one rule. @param message - continues the value in quotes */
function say(rule: string, message: string, more: Partial<Form> = {}): readonly Form[] {
  return [{ rule, message, ...more }];
}

/** Whom a value admits: workspaces of a repository, or of whatever is below a URL. */
function admission(
  { issuer }: SubjectValue,
  kind: Admission["kind"],
  url: string | null,
  more: Partial<Admission> = {},
): Admission {
  const openTo = issuer.openSignup ? issuer.providerName : null;
  return { kind, url, hostKind: null, contexts: [], bare: false, openTo, ...more };
}

/** One value that a statement lets in as `sub` of one of Gitpod's issuers. */
export interface SubjectValue {
  readonly view: TrustView;
  readonly login: TrustStatement;
  readonly issuer: TrustedIssuer;
  readonly condition: TrustCondition;
  /** As written. */
  readonly value: string;
  readonly pattern: Pattern;
  /** What stands before the first wildcard, escapes read. */
  readonly start: string;
  /** Has it a wildcard? */
  readonly open: boolean;
  /** Does anything but wildcards follow the first wildcard? */
  readonly more: boolean;
}

/** The values of a document that Gitpod's grammar is about; those that are never compared as patterns are left out. */
export function subjectValues(view: TrustView): readonly SubjectValue[] {
  return view.open.flatMap((login) =>
    login.issuers
      .filter((issuer) => issuer.foreign === null)
      .flatMap((issuer) =>
        narrowest(view, login, issuer).flatMap((condition) =>
          condition.values.flatMap((value): readonly SubjectValue[] => {
            const pattern = patternIn(condition, value);
            // Other rules say enough of these: T38, T65, T25 and T35, T24.
            if (pattern === null || !isWritable(value)) return [];
            if (!condition.base.endsWith("like") && hasWildcard(value)) return [];
            const open = isOpen(pattern);
            const first = pattern.findIndex((token) => typeof token === "string");
            const more = open && pattern.slice(first).some((token) => typeof token === "object");
            const start = literalStart(pattern);
            if (open && start === "" && !more) return [];
            return [{ view, login, issuer, condition, value, pattern, start, open, more }];
          }),
        ),
      ),
  );
}

/** Does IAM take every character of it? */
export function isWritable(text: string): boolean {
  return /^[\t\n\r\u0020-\u00ff]*$/.test(text);
}

/** Of the conditions on `sub` that are demanded together, those that no other one of them makes narrower. */
function narrowest(view: TrustView, login: TrustStatement, issuer: TrustedIssuer): readonly TrustCondition[] {
  const prefix = issuer.providerName.toLowerCase();
  const all = namedSubjects(view, login).filter((c) => c.prefix === prefix);
  const within = (narrow: TrustCondition, wide: TrustCondition): boolean =>
    narrow.binding && isWithin(narrow, wide);
  return all.filter(
    (wide, i) =>
      !all.some((narrow, j) => j !== i && within(narrow, wide) && (j < i || !within(wide, narrow))),
  );
}

/** Does the whole document let in this subject, by any of its statements? */
function admitted({ view, issuer }: SubjectValue, sub: string): boolean {
  return view.logins.some(
    (login) =>
      login.issuers.some((i) => i.principal === issuer.principal) && admits(view, login, issuer, sub),
  );
}

/** Does this value let in this subject, and nothing else of its statement, nor a Deny, keep it out? */
function admittedBy({ view, login, issuer, pattern }: SubjectValue, sub: string): boolean {
  const whole = patternOf(escapePattern(sub), true);
  return whole !== null && coversPattern(pattern, whole) && admits(view, login, issuer, sub);
}

/** The source control hosts that are known, and the one that this value names. */
function hostsFor({ view, start }: SubjectValue): readonly ScmHost[] {
  const { hosts } = view.surroundings;
  const known = hosts.length > 0 ? hosts : scmHosts({});
  const own = scmHostOf(start, known);
  return known.some((h) => h.name === own.name) ? known : [...known, own];
}

/** The value in words, wildcards as they are: what {@link SubjectValue.start} is for one without any. */
function marked({ pattern }: SubjectValue): string {
  return pattern.map((t) => (t === "many" ? manyMark : t === "one" ? oneMark : t.literal)).join("");
}

/** Stand for wildcards in {@link marked} text: no subject holds them, since no policy can. */
const manyMark = "\ue000";
const oneMark = "\ue001";
const wildcardMark: RegExp = /[\ue000\ue001]/;

/** What a pattern says whose first wildcard is not inside of one repository; null where it is, or in an organization. */
function looseReach(reach: SubjectReach): readonly Form[] | null {
  switch (reach.kind) {
    case "no-url":
      return say("T56", "does not begin like a URL that a workspace presents");
    case "before-path":
      return say(
        "T53",
        "has a wildcard before the repository's path: another host, another organization or a longer path with the same end matches",
      );
    case "host":
      return say("T55", "admits every repository of the host, whoever owns it");
    case "cut-name":
      return say(
        "T52",
        `admits every name that begins with ${quote(reach.name)}, such as ${quote(`${reach.name}-evil`)}, which anybody can register`,
      );
    case "organization":
    case "repository":
      return null;
  }
}

/** Subjects that say nothing of a repository: everybody has them who has a workspace. */
const anonymous: readonly string[] = Object.freeze([
  ...["no-context", "deleted-normalizedContextURL", "snapshot/01234567-89ab-4cde-8f01-23456789abcd"],
]);

/** What one value says. */
export function judgeSubject(value: SubjectValue): readonly Reading[] {
  const nameless = anonymousOf(value);
  if (nameless !== null) return say("T61", `admits ${quote(nameless)}, which names no repository`);
  return judgeOna(value) ?? judgeClaims(value) ?? (value.open ? judgePattern(value) : judgeUrl(value));
}

function anonymousOf(value: SubjectValue): string | null {
  // Any snapshot counts, not the one of the example alone.
  const snapshot = patternOf("snapshot/*", true);
  if (value.start.startsWith("snapshot/") && snapshot !== null && patternsMeet(value.pattern, snapshot))
    return value.open ? "snapshot/…" : value.start;
  return anonymous.find((subject) => admittedBy(value, subject)) ?? null;
}

/** A whole subject: the URL that a workspace was opened on. */
function judgeUrl(value: SubjectValue): readonly Reading[] {
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
function judgePattern(value: SubjectValue): readonly Reading[] {
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

/** A subject that is a list of claims; null for what is none. */
function judgeClaims(value: SubjectValue): readonly Reading[] | null {
  const pairs = claimsOf(marked(value));
  if (pairs === null) return null;
  const wrong = influenced(pairs);
  if (wrong !== null) return say("T62", wrong);
  const at = pairs.findIndex(([key]) => key === "repository");
  const wild = pairs.findIndex(([, text]) => wildcardMark.test(text));
  if (wild >= 0 && (at < 0 || wild < at))
    return say("T53", "has a wildcard before the repository: any claims that end like it match");
  const [, repository] = pairs[at] ?? [];
  const isNamed = pairs.some(([key]) => key === "org_id");
  if (repository !== undefined) return judgeRepository(value, repository, isNamed);
  // Every repository of an organization of Gitpod's.
  return pairs.every(([key]) => key === "org_id") ? [admission(value, "org", null, { openTo: null })] : [];
}

/** What callers choose or change; null where there is nothing of the kind. */
function influenced(pairs: readonly (readonly [key: string, value: string])[]): string | null {
  if (pairs.some(([key]) => key === "scope"))
    return "has the claim scope, which whoever asks for the token chooses";
  const [empty] = pairs.find(([, text]) => text === "") ?? [];
  if (empty !== undefined)
    return `has no value for ${empty}: a token without the claim matches, or none does`;
  const context = pairs.findIndex(([key]) => key === "context");
  if (context < 0 || !pairs.slice(context).some(([, text]) => wildcardMark.test(text))) return null;
  return "has a wildcard in or after context, a URL that somebody types: dot segments and further claims fit into it";
}

/** The claim `repository` is the clone URL: the host's answer, not what somebody typed. */
function judgeRepository(value: SubjectValue, text: string, isNamed: boolean): readonly Reading[] {
  const mark = text.search(wildcardMark);
  // A whole clone URL is complete, as if a slash followed it.
  const start = mark < 0 ? `${text}/` : text.slice(0, mark);
  const reach = subjectReach(start, mark >= 0 && mark < text.length - 1, hostsFor({ ...value, start }));
  const loose = looseReach(reach);
  if (loose !== null) return loose;
  const open = isNamed ? { openTo: null } : {};
  if (reach.kind === "organization") return [admission(value, "org", reach.url, open)];
  if (reach.kind !== "repository") return [];
  const { repository, group } = reach;
  if (mark >= 0 && group) return [admission(value, "org", repository.url, open)];
  const lacksGit = hasDotGit(repository.kind) && mark < 0 && !text.endsWith(".git");
  const message = "has a repository without .git, which every clone URL on this host has";
  return [...(lacksGit ? say("T56", message) : []), admission(value, "repo", repository.url, open)];
}

/** Fields that whoever creates an environment chooses, and that may hold colons. */
const chosenField = /(?:^|:)(creator_name|creator_email|creator_idp_claims|context_url|git\.remote_uri):/;

/** A subject of Ona, of its version 2 or 3; null for what is none. */
function judgeOna(value: SubjectValue): readonly Reading[] | null {
  const version = onaVersionOf(value.start);
  const noForm = say("T70", "is a form that no token of Ona has");
  if (version === null) return value.issuer.isOna ? noForm : null;
  const text = marked(value);
  const [, organization = "", rest = ""] = /^\w+:([^:/]*)[:/]?(.*)$/s.exec(text) ?? [];
  if (organization === "" || wildcardMark.test(organization))
    return say("T53", "has a wildcard before the project: other organizations match");
  if (/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].match(/[A-F]/))
    return say("T70", "has an id in capitals: Ona's are in lower case, and IAM compares letter case");
  const project = admission(value, "repo", null, { isProject: true, openTo: null });
  const wild = rest.search(wildcardMark);
  if (wild < 0) {
    const whole = parseOnaSubject(value.start);
    if (whole === null) return noForm;
    return whole.bearer === "project" ? [project] : [];
  }
  const before = rest.slice(0, wild);
  const bearers = onaBearers[version];
  const among = Object.keys(bearers).filter((key) => `${key}:`.startsWith(before));
  if (among.length > 0)
    return say("T69", `admits every ${among.map((key) => bearers[key]).join(", ")} of the organization`);
  const key = before.slice(0, before.indexOf(":"));
  if (!Object.hasOwn(bearers, key)) return noForm;
  if (!/[:/]$/.test(before)) return say("T52", `admits every name that begins like ${quote(before)}`);
  const [, field] = chosenField.exec(before) ?? [];
  if (field !== undefined)
    return say("T70", `has a wildcard after ${field}, whose value a user chooses: anything fits into it`);
  const isWhole =
    version === "v2" || !text.endsWith(`:${manyMark}`) || admitted(value, value.start.replace(/:$/, ""));
  const bare =
    "refuses environments whose subject ends with the project's id, as all do unless the organization appends fields";
  return [...(bearers[key] === "project" ? [project] : []), ...(isWhole ? [] : say("T63", bare))];
}

/** The first value of another version than the first one of its document, and what is odd about it. */
export function judgeMixture(values: readonly SubjectValue[]): readonly (readonly [SubjectValue, Form])[] {
  const versions = values.map(({ start }) => onaVersionOf(start));
  const other = values.find(
    ({ issuer }, i) => issuer.providerName === values[0]?.issuer.providerName && versions[i] !== versions[0],
  );
  if (other === undefined) return [];
  const message =
    "is of another version than other subjects of the document, and an issuer presents only one";
  // Whoever changes the version at Ona has both for a while.
  const isMove = versions[0] !== null && onaVersionOf(other.start) !== null;
  return say("T63", message, isMove ? { severity: "info" } : {}).map((form) => [other, form]);
}
