import { quote } from "../../diagnostics";
import type { Context } from "../../model/accessModel";
import type { Admission } from "../../model/roleAccess";
import { coversPattern, escapePattern, patternOf, type Pattern } from "../../policy";
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
import type {
  FormFinding,
  JudgedRole,
  TrustCondition,
  TrustedIssuer,
  TrustStatement,
  TrustView,
} from "../judgedRole";
import { rulesOf, type Rule } from "../rule";
import { admits, hasWildcard, isWithin, namedSubjects, on, patternIn } from "./trustView";

/** Whom the subjects of a trust policy admit, read as Gitpod makes them, and what is odd about their form. */
export function readSubjects(view: TrustView): Pick<JudgedRole, "admissions" | "forms"> {
  const values = subjectValues(view);
  const readings = [
    ...values.flatMap((value) => judgeSubject(value).map((reading) => [value, reading] as const)),
    ...judgeMixture(values),
  ].map(([{ login, condition, value }, reading]) => {
    const [origin, where, shown] = [condition.origin, `${login.name}: `, quote(value)];
    return "rule" in reading
      ? { ...reading, message: `${where}${shown} ${reading.message}`, origin }
      : { ...reading, where, origin, by: () => shown, owners: [] };
  });
  return {
    forms: readings.filter((one) => "rule" in one),
    admissions: readings.flatMap((one) => ("rule" in one ? [] : [one])),
  };
}

/** What one value says: whom it admits, or what is odd about its form. */
type Reading = Admission | Form;

/** What one value says to a rule about forms; the message continues the value in quotes. */
type Form = Omit<FormFinding, "origin">;

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
interface SubjectValue {
  readonly view: TrustView;
  readonly login: TrustStatement;
  readonly issuer: TrustedIssuer;
  readonly condition: TrustCondition;
  /** As written. */
  readonly value: string;
  readonly pattern: Pattern;
  /** The same with escapes read and wildcards as marks. */
  readonly text: string;
  /** What of it stands before the first wildcard. */
  readonly start: string;
  /** What begins with it; empty where there is none. */
  readonly rest: string;
}

/** Stand for wildcards: no subject holds them, since no policy can. */
const [manyMark, oneMark] = ["\ue000", "\ue001"];
const wildcardMark: RegExp = /[\ue000\ue001]/;
/** Does something else than wildcards stand in a text? */
const isMore = (text: string): boolean => /[^\ue000\ue001]/.test(text);

/** The values of a document that Gitpod's grammar is about; those that are never compared as patterns are left out. */
function subjectValues(view: TrustView): readonly SubjectValue[] {
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
            const text = pattern
              .map((t) => (t === "many" ? manyMark : t === "one" ? oneMark : t.literal))
              .join("");
            const [start = ""] = text.split(wildcardMark, 1);
            const rest = text.slice(start.length);
            if (start === "" && rest !== "" && !isMore(rest)) return [];
            return [{ view, login, issuer, condition, value, pattern, text, start, rest }];
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

/** The source control hosts that are known, and the one that a URL names. */
function hostsFor({ view }: SubjectValue, url: string) {
  const { hosts } = view.surroundings;
  const known = hosts.length > 0 ? hosts : scmHosts({});
  return [...known, scmHostOf(url, known)];
}

/** What is said by where a first wildcard stands. @param rest - what begins with it */
function judgeReach(
  value: SubjectValue,
  start: string,
  rest: string,
  organization: (url: string) => readonly Reading[],
  repository: (reach: SubjectReach & { readonly kind: "repository" }) => readonly Reading[],
): readonly Reading[] {
  const reach = subjectReach(start, isMore(rest), hostsFor(value, start));
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
      return organization(reach.url);
    case "repository":
      return repository(reach);
  }
}

function judgeSubject(value: SubjectValue): readonly Reading[] {
  const nameless = anonymousOf(value);
  if (nameless !== null) return say("T61", `admits ${quote(nameless)}, which names no repository`);
  return judgeOna(value) ?? judgeClaims(value) ?? (value.rest === "" ? judgeUrl(value) : judgePattern(value));
}

/** A subject that the value admits and that says nothing of a repository: everybody has it who has a workspace. */
function anonymousOf(value: SubjectValue): string | null {
  // Any snapshot counts, not the one of the example alone.
  if (value.start.startsWith("snapshot/")) return value.rest === "" ? value.start : "snapshot/…";
  const snapshot = "snapshot/01234567-89ab-4cde-8f01-23456789abcd";
  const anonymous = ["no-context", "deleted-normalizedContextURL", snapshot];
  return anonymous.find((subject) => admittedBy(value, subject)) ?? null;
}

/** A whole subject: the URL that a workspace was opened on. */
function judgeUrl(value: SubjectValue): readonly Reading[] {
  const { start } = value;
  if (isDisguised(start))
    return say(
      "T59",
      "opens another path than it shows, by dot segments or characters that URL parsers drop",
      { remedy: "write the URL that it opens" },
    );
  const wrong = spelling(value);
  if (wrong !== null) return say("T56", wrong);
  const parsed = parseSubject(start, hostsFor(value, start));
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
  const own = repoSubjects(repository, ["repository"]).exact;
  const values = value.view.logins.flatMap((login) =>
    on(login, "sub").flatMap((c) => (c.negated ? [] : c.values)),
  );
  return (
    own.includes(value.start) &&
    values.every((v) => own.includes(v) || !v.startsWith(repository.url)) &&
    !exampleSubjects(repository, "branches").some((sub) => admitted(value, sub))
  );
}

/** A subject with wildcards. */
function judgePattern(value: SubjectValue): readonly Reading[] {
  const { start, rest } = value;
  const wrong = start.startsWith("https://") ? spelling(value) : null;
  if (wrong !== null) return say("T56", wrong);
  // A `?` with a parameter's name and `=` behind it is T27's: here it begins the query that is meant.
  const meant = /^\ue001[A-Za-z_]+=/.test(rest) ? `${start}?` : start;
  const organization = (url: string): readonly Reading[] => [
    ...unguarded(value),
    admission(value, "org", url, { contexts: ["all"] }),
  ];
  const readings = judgeReach(value, meant, rest, organization, ({ repository, group, rest: below }) => {
    const anything = below === "/" && !isMore(rest) && rest.includes(manyMark);
    const missesItself = anything && !admitted(value, repository.url);
    if (group && missesItself) return organization(repository.url);
    const contexts = forkContexts(value, repository);
    return [
      ...(missesItself ? itselfMissing(repository) : []),
      ...(anything || contexts.length === 0 ? branchesMissing(value, repository) : []),
      ...unguarded(value),
      admission(value, "repo", repository.url, { hostKind: repository.kind, contexts }),
    ];
  });
  const opened = opensElsewhere(start);
  if (opened === null) return readings;
  const message = `in fact admits what begins with ${quote(opened)}: URL parsers remove dot segments`;
  return [
    ...say("T59", message, { remedy: `if you mean ${quote(opened)}, begin it with that` }),
    // The guard's way out would be told a second time.
    ...readings.filter((reading) => !("rule" in reading && reading.rule === "T59")),
  ];
}

function itselfMissing({ url }: EntryUrl): readonly Form[] {
  const forms = ["", ".git", "/"].map((end) => quote(escapePattern(url + end)));
  return say("T51", `does not admit ${quote(url)}: workspaces opened on the repository itself are denied`, {
    remedy: `add ${forms.join(", ")} to the list`,
  });
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
function branchesMissing(value: SubjectValue, repository: EntryUrl): readonly Form[] {
  const examples = exampleSubjects(repository, "branches");
  const isOfPaths = dialects[repository.kind].query !== undefined && !/[?#]/.test(value.start);
  if (!isOfPaths || examples.some((sub) => admitted(value, sub))) return [];
  const [branch = cloneUrl(repository)] = examples;
  return say("T60", `admits no branch: on this host the branch is in the query, as in ${quote(branch)}`);
}

/** Does the value let in a subject that begins like the repository and opens another? */
function unguarded(value: SubjectValue): readonly Form[] {
  const { start, text, rest } = value;
  if (/[?#]/.test(start)) return [];
  const example = (marked: string, run: string): string =>
    marked
      .replace(manyMark, () => run)
      .replaceAll(manyMark, "")
      .replaceAll(oneMark, "a");
  // A run of `?` has room for ways out of one length.
  const [places = ""] = /^\ue001*/.exec(rest) ?? [];
  const end = example(rest.slice(places.length), "");
  const runs = [
    ...traversals(start).map((run) => example(text, run)),
    ...traversalsOfLength(start, places.length).map((run) => `${start}${run}${end}`),
  ];
  const found = runs.find((sub) => leavesPath(sub, start) && admittedBy(value, sub));
  if (found === undefined) return [];
  return say("T59", `also admits ${quote(found)}, which opens ${quote(new URL(found).pathname)}`);
}

/** A subject that is a list of claims; null for what is none. */
function judgeClaims(value: SubjectValue): readonly Reading[] | null {
  const pairs = claimsOf(value.text);
  if (pairs === null) return null;
  const wrong = influenced(pairs);
  if (wrong !== null) return say("T62", wrong);
  const at = pairs.findIndex(([key]) => key === "repository");
  const wild = pairs.findIndex(([, text]) => wildcardMark.test(text));
  if (wild >= 0 && (at < 0 || wild < at))
    return say("T53", "has a wildcard before the repository: any claims that end like it match");
  const [, repository] = pairs[at] ?? [];
  const open = pairs.some(([key]) => key === "org_id") ? { openTo: null } : {};
  if (repository !== undefined) return judgeRepository(value, repository, open);
  // Every repository of an organization of Gitpod's.
  return pairs.every(([key]) => key === "org_id") ? [admission(value, "org", null, open)] : [];
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
function judgeRepository(value: SubjectValue, text: string, open: Partial<Admission>): readonly Reading[] {
  const [start = ""] = text.split(wildcardMark, 1);
  const rest = text.slice(start.length);
  const organization = (url: string) => [admission(value, "org", url, open)];
  // A whole clone URL is complete, as if a slash followed it.
  return judgeReach(value, rest === "" ? `${text}/` : start, rest, organization, ({ repository, group }) => {
    if (rest !== "" && group) return organization(repository.url);
    const lacksGit = hasDotGit(repository.kind) && rest === "" && !text.endsWith(".git");
    const message = "has a repository without .git, which every clone URL on this host has";
    return [...(lacksGit ? say("T56", message) : []), admission(value, "repo", repository.url, open)];
  });
}

/** Fields that whoever creates an environment chooses, and that may hold colons. */
const chosenField = /(?:^|:)(creator_name|creator_email|creator_idp_claims|context_url|git\.remote_uri):/;

/** A subject of Ona, of its version 2 or 3; null for what is none. */
function judgeOna(value: SubjectValue): readonly Reading[] | null {
  const { text, start } = value;
  const version = onaVersionOf(start);
  const noForm = say("T70", "is a form that no token of Ona has");
  if (version === null) return value.issuer.isOna ? noForm : null;
  const [, organization = "", bearer = ""] = /^\w+:([^:/]*)[:/]?(.*)$/s.exec(text) ?? [];
  if (organization === "" || wildcardMark.test(organization))
    return say("T53", "has a wildcard before the project: other organizations match");
  if (/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].match(/[A-F]/))
    return say("T70", "has an id in capitals: Ona's are in lower case, and IAM compares letter case");
  const project = admission(value, "repo", null, { isProject: true, openTo: null });
  if (value.rest === "") {
    const whole = parseOnaSubject(start);
    if (whole === null) return noForm;
    return whole.bearer === "project" ? [project] : [];
  }
  const [before = ""] = bearer.split(wildcardMark, 1);
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
    version === "v2" || !text.endsWith(`:${manyMark}`) || admitted(value, start.replace(/:$/, ""));
  const bare =
    "refuses environments whose subject ends with the project's id, as all do unless the organization appends fields";
  return [...(bearers[key] === "project" ? [project] : []), ...(isWhole ? [] : say("T63", bare))];
}

/** The first subject of Ona's of another version than the first one of its document: whoever changes it has both for a while. */
function judgeMixture(values: readonly SubjectValue[]): readonly (readonly [SubjectValue, Form])[] {
  const [first, ...others] = values.filter(({ start }) => onaVersionOf(start) !== null);
  const other = others.find(({ start }) => onaVersionOf(start) !== onaVersionOf(first?.start ?? ""));
  const message =
    "is of another version than other subjects of the document, and an issuer presents only one";
  return say("T63", message, { severity: "info" }).flatMap((form) =>
    other === undefined ? [] : [[other, form]],
  );
}

/** Rules about what a subject looks like: other ones than Gitpod presents admit nobody, or strangers. */
export const subjectRules: readonly Rule[] = rulesOf({
  T51: {
    severity: "warning",
    title: "everything below the repository, but not the repository itself",
    remedy: "add the URL to the list, bare, with .git and with a slash at its end",
  },
  T52: {
    severity: "error",
    title: "a wildcard inside a name",
    remedy: "end the name with a slash before the wildcard, or write it in full",
  },
  T53: {
    severity: "error",
    title: "a wildcard before the path of the repository",
    remedy: "write https://, host, owner and repository in full, and the wildcard after them",
  },
  T55: {
    severity: "error",
    title: "a whole host",
    remedy: "name the organization or, better, the repository",
  },
  T56: {
    severity: "warning",
    title: "a subject that no workspace presents, or only some do",
    why: "subjects are compared character by character: the other forms are denied",
    remedy: "write the URL as the host shows it, with https://: bare, with .git and with a slash at its end",
  },
  T59: {
    severity: "error",
    title: "a pattern without the guard against dot segments",
    why: "a URL that begins with the repository can open another one: anybody who may open workspaces gets in, without access to the repository",
    remedy: String.raw`add "StringNotLike" on the same key with "*..*", "*%2e*", "*%2E*", "*\t*", "*\n*" and "*\r*"`,
  },
  T60: {
    severity: "warning",
    title: "a pattern of paths on a host that keeps the branch in the query",
    remedy: "add the forms of branches, with the question mark as ${?}",
  },
  T61: {
    severity: "error",
    title: "subjects that name no repository",
    why: "workspaces without a context, or from a snapshot, present the same subject whoever opened them",
    remedy: "name the repository: https://HOST/OWNER/REPOSITORY",
  },
  T62: {
    severity: "error",
    title: "claims in sub that callers choose, or that say nothing",
    remedy: "have Gitpod build sub from org_id and repository, and write both in full",
  },
  T63: {
    severity: "warning",
    title: "subjects of several versions, or of version 3 without the bare form",
    remedy: "list both forms, the one that ends with the id and the one with :*",
  },
  T69: {
    severity: "warning",
    title: "a whole Ona organization",
    remedy: "name the projects: organization_id:ORGANIZATION:project_id:PROJECT, bare and with :*",
  },
  T70: {
    severity: "error",
    title: "an Ona subject that a user chooses part of, or that no token has",
    remedy: "copy sub from ona idp token --audience sts.amazonaws.com --decode",
  },
}).map((rule) => ({
  ...rule,
  // The reading of subjects has found what there is to say.
  trust: (_, { forms }) => forms.filter((form) => form.rule === rule.id),
}));
