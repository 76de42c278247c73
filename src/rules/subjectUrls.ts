import { quote } from "../diagnostics";
import { literalStart, spelled } from "../policy";
import {
  cloneUrl,
  dialects,
  exampleSubjects,
  isDisguised,
  leavesPath,
  opensElsewhere,
  parseSubject,
  repoSubjects,
  subjectReach,
  traversals,
  traversalsOfLength,
  type EntryUrl,
} from "../subject";
import {
  admitted,
  admittedBy,
  example,
  hostsFor,
  type Audience,
  type GrammarFinding,
  type SubjectValue,
} from "./subjectValues";

/** Kinds of hosts that have the branch in the query. */
const branchInQuery: ReadonlySet<string> = new Set(["azure-devops", "bitbucket-server"]);

/** A whole subject: the URL that a workspace was opened on. */
export function judgeUrl(value: SubjectValue): readonly GrammarFinding[] {
  const { start: url } = value;
  const shown = quote(value.value);
  if (isDisguised(url))
    return [
      {
        rule: "T59",
        message: `${shown} opens another path than it says, by dot segments or dropped characters`,
        remedy: "write the URL that it opens",
      },
    ];
  const parsed = parseSubject(url, hostsFor(value));
  const wrong = spelling(value, url);
  if (wrong !== null) return [{ rule: "T56", message: wrong }];
  if (parsed.kind !== "repository")
    return [{ rule: "T56", message: `${shown} is no URL that a workspace of a repository presents` }];
  const { repository, context } = parsed;
  const known: GrammarFinding[] = [];
  const odd = oddForm(value, url, repository, context === "repository");
  if (odd !== null) known.push({ rule: "T56", message: odd });
  if (context === "pull-requests")
    known.push({
      rule: "T58",
      message: `${shown} is a pull request: whoever opened it writes the code that runs with the role`,
      remedy: "take it out",
    });
  return [...known, ...bare(value, repository), ...audience(value, { kind: "repository", repository })];
}

/** What is wrong with the beginning of a URL: no host would be compared as equal; null: nothing. */
function spelling(value: SubjectValue, start: string): string | null {
  const shown = quote(value.value);
  if (!start.startsWith("https://"))
    return `${shown} does not begin with https://, as every subject does that is a URL`;
  const host = /^https:\/\/([^/?#]*)/.exec(start)?.[1] ?? "";
  if (/[A-Z]/.test(host)) return `${shown} has capitals in its host, and IAM compares letter case`;
  const declared = value.view.subject.context.accounts
    .flatMap((account) => account.roles.map((role) => role.entry.url))
    .find(
      (u) =>
        start.toLowerCase().startsWith(u.toLowerCase()) &&
        !start.startsWith(u) &&
        /^($|[/.?])/.test(start.slice(u.length)),
    );
  return declared === undefined
    ? null
    : `${shown} is written in other letter case than ${quote(declared)}, and IAM compares it`;
}

/** Forms of the repository's own URL that some workspaces have, without the one that most have. */
function oddForm(value: SubjectValue, url: string, repository: EntryUrl, own: boolean): string | null {
  const shown = quote(value.value);
  if (url.includes("#")) return `${shown} has a fragment, which only a URL has that somebody typed so`;
  if (url.includes("?") && /^git(hub|lab)$/.test(repository.kind))
    return `${shown} has a query, which only a URL has that somebody typed so`;
  // Bitbucket Server clones by URLs of another family, all of which end so.
  if (repository.kind === "bitbucket-server" && url.endsWith(".git")) return null;
  const ends = /\.git$/.test(url) ? ".git" : url.endsWith("/") ? "a slash" : null;
  if (!own || ends === null || admitted(value, repository.url) || !admitted(value, url)) return null;
  return `${shown} ends in ${ends}: workspaces opened on ${quote(repository.url)} are denied`;
}

/** A repository of which the document lets in nothing but its own URLs. */
function bare(value: SubjectValue, repository: EntryUrl): readonly GrammarFinding[] {
  const own = repoSubjects(repository, ["repository"]).exact;
  if (!own.includes(value.start)) return [];
  if (
    exampleSubjects(repository, "branches").some((sub) => admitted(value, sub)) ||
    hasInner(value, repository)
  )
    return [];
  const message = `only workspaces opened on ${quote(repository.url)} itself are admitted: those opened on a branch are denied`;
  return [{ rule: "T50", message }];
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

/** What is true of everybody whom a value lets in, whatever its form. */
export function audience(value: SubjectValue, who: Audience): readonly GrammarFinding[] {
  const url = who.kind === "repository" ? who.repository.url : who.url;
  const owner: GrammarFinding = {
    rule: "T66",
    message: `whoever takes over the name ${quote(url)} after a rename gets the role`,
  };
  return [owner, ...openSignup(value, who)];
}

/** On an installation with open signup, a subject without the organization is anybody's. */
export function openSignup({ issuer }: SubjectValue, who: Audience): readonly GrammarFinding[] {
  if (!issuer.openSignup) return [];
  const anybody = `anybody can get a workspace at ${quote(issuer.providerName)}, and sub does not name the organization: `;
  return who.kind === "repository"
    ? [
        {
          rule: "T57",
          message: `${anybody}whoever may read ${quote(who.repository.url)} gets this role; if it is public, that is everybody`,
        },
      ]
    : [
        {
          rule: "T57",
          severity: "error",
          message: `${anybody}whoever may read any repository below ${quote(who.url)} gets this role, and everybody may read a public one`,
        },
      ];
}

/** A subject with wildcards. */
export function judgePattern(value: SubjectValue): readonly GrammarFinding[] {
  const { start } = value;
  const shown = quote(value.value);
  const wrong = start.startsWith("https://") ? spelling(value, start) : null;
  if (wrong !== null) return [{ rule: "T56", message: wrong }];
  const opened = opensElsewhere(start);
  if (opened === null) return judgeReach(value);
  const disguised: GrammarFinding = {
    rule: "T59",
    message: `${shown} is about what begins like ${quote(opened)}, not like it says: URL parsers take dot segments out`,
    remedy: `begin it with ${quote(opened)}, if that is what is meant`,
  };
  // The guard's way out would be told a second time.
  return [disguised, ...judgeReach(value).filter(({ rule }) => rule !== "T59")];
}

/** Whom a pattern lets in, by where its first wildcard stands. */
function judgeReach(value: SubjectValue): readonly GrammarFinding[] {
  const { more } = value;
  const shown = quote(value.value);
  const reach = reachOf(value);
  switch (reach.kind) {
    case "no-url":
      return [{ rule: "T56", message: `${shown} begins like no URL that a workspace presents` }];
    case "before-path":
      return [
        {
          rule: "T53",
          message: `${shown} has a wildcard before the repository's path: somebody else's host or organization matches, or a longer path that only ends so`,
        },
      ];
    case "host":
      return [{ rule: "T55", message: `${shown} lets in every repository of the host, whoever owns it` }];
    case "cut-name":
      return [
        {
          rule: "T52",
          message: `${shown} lets in every name that begins like ${quote(reach.name)}, e.g. ${quote(`${reach.name}-evil`)}, which anybody may take`,
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
        ...forks(value, repository),
        ...branches(value, repository),
        ...unguarded(value),
        ...audience(value, { kind: "repository", repository }),
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

function organization(value: SubjectValue, url: string): readonly GrammarFinding[] {
  return [
    {
      rule: "T54",
      message: `any repository below ${quote(url)}, present and future, gets this role, and so does whoever may create one there, or open a pull request of a fork`,
      remedy: "name the repositories instead",
    },
    ...unguarded(value),
    ...audience(value, { kind: "organization", url }),
  ];
}

function missesItself(value: SubjectValue, { url }: EntryUrl): GrammarFinding {
  return {
    rule: "T51",
    message: `${quote(value.value)} does not let in ${quote(url)}: workspaces opened on the repository itself are denied`,
    remedy: `add a statement with StringEquals and ${quote(url)}, ${quote(`${url}.git`)}, ${quote(`${url}/`)}`,
  };
}

/** Contexts in which a fork's code runs. */
function forks(value: SubjectValue, repository: EntryUrl): readonly GrammarFinding[] {
  const wide = (["commits", "pull-requests"] as const).filter((context) =>
    exampleSubjects(repository, context).some((sub) => admittedBy(value, sub)),
  );
  if (wide.length === 0) return [];
  return [
    {
      rule: "T58",
      message: `${quote(value.value)} lets in ${wide.join(" and ")}, which can run the code of a fork that nobody has reviewed`,
      remedy: `name the branches, as in ${quote(exampleSubjects(repository, "branches")[0] ?? repository.url)}`,
    },
  ];
}

/** On hosts with the branch in the query, a pattern of paths misses them. */
function branches(value: SubjectValue, repository: EntryUrl): readonly GrammarFinding[] {
  if (!branchInQuery.has(repository.kind)) return [];
  if (exampleSubjects(repository, "branches").some((sub) => admitted(value, sub))) return [];
  const { prefixes } = dialects[repository.kind];
  const meant = (["commits", "pull-requests", "tags"] as const)
    .flatMap((context) => (prefixes[context] ?? []).map((row) => row.replace("{U}", () => repository.url)))
    .some((prefix) => value.start.startsWith(prefix));
  if (meant) return [];
  const [branch = cloneUrl(repository)] = exampleSubjects(repository, "branches");
  return [
    {
      rule: "T60",
      message: `${quote(value.value)} lets in no branch: on this host they are in the query, as in ${quote(branch)}`,
    },
  ];
}

/** Does the value let in a subject that begins like the repository and opens another? */
function unguarded(value: SubjectValue): readonly GrammarFinding[] {
  const { start } = value;
  if (/[?#]/.test(start)) return [];
  const runs = [...traversals(start).map((run) => example(value, run)), ...narrowWaysOut(value)];
  const found = runs.find((sub) => leavesPath(sub, start) && admittedBy(value, sub));
  if (found === undefined) return [];
  return [
    {
      rule: "T59",
      message: `${quote(value.value)} also lets in ${quote(found)}, which opens ${quote(new URL(found).pathname)}`,
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
