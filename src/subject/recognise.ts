import type { Context, HostKind, OnaVersion, ScmHost, SubjectSet } from "../model/accessModel";
import { isClaimKey, orgClaimSubjects, repoClaimSubjects, type ClaimList } from "./claims";
import { onaSubjects, parseOnaSubject, uuid } from "./ona";
import { branchForms, dialects, fillAll, hostKinds, knownHosts } from "./hosts";
import { claimsOf, decoded } from "./parseSubject";
import { branchProblem, contextsOf, orgSubjects, repoSubjects } from "./subjects";
import { isGuarded } from "./traversal";
import { parseEntryUrl, type EntryUrl } from "./url";

/** A value that a policy compares subjects with: all of it, or what stands before its first wildcard. */
export interface SubjectLiteral {
  readonly text: string;
  /** True where a wildcard follows. */
  readonly open: boolean;
}

/** The subjects that a policy which somebody wrote by hand admits, as questions. */
export interface AdmittedSubjects {
  readonly literals: readonly SubjectLiteral[];
  admits(subject: string): boolean;
  /** Is every subject admitted that begins so, but for those that the guard of patterns refuses? */
  covers(prefix: string): boolean;
  /** Does the policy except this subject, or some that begin with this prefix, beyond the guard? */
  excludes(text: string, open: boolean): boolean;
}

/** The entry of a manifest that says best what a policy admits. */
export interface Recognised {
  readonly kind: "org" | "repo";
  readonly url: EntryUrl;
  readonly host: ScmHost;
  /** Null where subjects are the URLs that workspaces were opened on. */
  readonly claims: ClaimList | null;
  /** Null where subjects are not those of Ona; else `url` stands for the repository, which no subject names. */
  readonly ona: {
    readonly organizationId: string;
    readonly versions: readonly OnaVersion[];
    readonly projects: readonly string[];
  } | null;
  /** Empty for an organization. */
  readonly contexts: readonly Context[];
  readonly subjects: SubjectSet;
  /** Other spellings of what the policy admits, which the entry admits and the policy does not. */
  readonly added: SubjectSet;
  /** How many of the literals the entry says wholly, and how many of these in the same words. */
  readonly said: number;
  readonly verbatim: number;
}

/** Kinds that a self-hosted host may have. */
const selfHosted: readonly HostKind[] = Object.freeze(hostKinds.filter((kind) => dialects[kind].selfHosted));
/** Path segments that a host's own prefix may have, where nobody says. */
const maxPrefix = 2;
/** Segments of a path that are tried: GitLab's groups nest no deeper. */
const maxDepth = 22;

/** Literals by the hosts of the URLs in them, with their ports, in order of these. */
export function literalsByAuthority(
  literals: readonly SubjectLiteral[],
): ReadonlyMap<string, readonly SubjectLiteral[]> {
  const found = grouped(literals, ({ text }) =>
    [...text.matchAll(/(?:^|:)https:\/\/([a-z0-9.-]+(?::[0-9]+)?)\//g)].map(([, name = ""]) => name),
  );
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Literals by each of their keys. */
function grouped(
  literals: readonly SubjectLiteral[],
  keysOf: (literal: SubjectLiteral) => readonly string[],
): ReadonlyMap<string, readonly SubjectLiteral[]> {
  const found = new Map<string, SubjectLiteral[]>();
  for (const literal of literals)
    for (const key of new Set(keysOf(literal))) found.set(key, [...(found.get(key) ?? []), literal]);
  return found;
}

/** The hosts that literals may be on: a known one, or else every kind and prefix, as no URL tells; likeliest first. */
export function possibleHosts(literals: readonly SubjectLiteral[]): readonly ScmHost[] {
  const hosts = literals.flatMap(({ text }) => {
    const [, host = "", path = ""] = /(?:^|:)https:\/\/([a-z0-9.-]+(?::[0-9]+)?)\/([^?#]*)/.exec(text) ?? [];
    if (host === "") return [];
    const known = Object.hasOwn(knownHosts, host) ? knownHosts[host] : undefined;
    if (known !== undefined) return [{ name: host, kind: known }];
    const folders = path.split("/").filter(Boolean).slice(0, maxPrefix);
    const names = ["", ...folders].map((_, length) => [host, ...folders.slice(0, length)].join("/"));
    return names.flatMap((name) => selfHosted.map((kind) => ({ name, kind })));
  });
  return [...new Map(hosts.map((host) => [`${host.name} ${host.kind}`, host])).values()];
}

/**
 * The organization or repository of a host whose entry says best what is admitted; null where none admits only that.
 * Entries are made and compared: one counts where each of its contexts is admitted, other spellings of it aside.
 */
export function recognise(admitted: AdmittedSubjects, host: ScmHost): Recognised | null {
  // What is on no page of the host says nothing about an entry there.
  const literals = admitted.literals.filter(({ text }) => text.includes(`https://${host.name}/`));
  const near: AdmittedSubjects = { ...admitted, literals };
  const found = byClaimList(literals).flatMap(([claims, own]) =>
    candidates(own, host).flatMap(({ kind, url }): readonly Recognised[] => {
      const contexts = kind === "repo" ? contextsIn(url, claims, near) : [];
      const subjects = subjectsOf(kind, url, contexts, claims);
      if (subjects === null || !isAdmissible(subjects, near, url, contexts)) return [];
      return [{ kind, url, host, claims, ona: null, contexts, ...fit(subjects, near) }];
    }),
  );
  return found.sort(byFit)[0] ?? null;
}

const unknownRepository: EntryUrl = Object.freeze({
  ...{ url: "https://github.com/OWNER/REPOSITORY", kind: "github", base: "https://github.com" },
  segments: ["OWNER", "REPOSITORY"],
});

/** The projects of Ona whose environments are admitted; null where none are, or not all of one. */
export function recogniseOna(admitted: AdmittedSubjects): Recognised | null {
  // What the wildcard cuts short is no project's id.
  const named = admitted.literals.flatMap(
    ({ text, open }) => parseOnaSubject(open ? `${text}\n` : text) ?? [],
  );
  const whole = named.filter(({ bearer, id }) => bearer === "project" && uuid.test(id));
  const organizationId = whole.find((subject) => uuid.test(subject.organizationId))?.organizationId;
  if (organizationId === undefined) return null;
  const own = whole.filter((subject) => subject.organizationId === organizationId);
  const versions = (["v2", "v3"] as const).filter((version) => own.some((s) => s.version === version));
  const projects = [...new Set(own.map(({ id }) => id))]
    .filter((id) => versions.every((version) => own.some((s) => s.id === id && s.version === version)))
    .sort();
  const subjects = onaSubjects(organizationId, projects, versions);
  if (projects.length === 0 || isExcepted(subjects, admitted)) return null;
  return {
    ...{ kind: "repo", url: unknownRepository, host: { name: "github.com", kind: "github" }, claims: null },
    ...{ ona: { organizationId, versions, projects }, contexts: ["repository"], ...fit(subjects, admitted) },
  };
}

/** How much of a policy an entry's subjects say, and what they add to it. */
function fit(subjects: SubjectSet, admitted: AdmittedSubjects) {
  const { exact, prefixes } = subjects;
  const { literals } = admitted;
  return {
    subjects,
    added: {
      exact: exact.filter((s) => !admitted.admits(s)),
      prefixes: prefixes.filter((p) => !admitted.covers(p)),
    },
    said: literals.filter((literal) => isSaid(literal, subjects)).length,
    verbatim: literals.filter(({ text, open }) => (open ? prefixes : exact).includes(text)).length,
  };
}

/** Orders entries by what they say of a policy, and then by how few forms they need; repositories come first. */
export function byFit(a: Recognised, b: Recognised): number {
  const size = ({ subjects }: Recognised): number => subjects.exact.length + subjects.prefixes.length;
  const rank = ({ kind }: Recognised): number => (kind === "repo" ? 0 : 1);
  return b.said - a.said || b.verbatim - a.verbatim || size(a) - size(b) || rank(a) - rank(b);
}

/** Does a subject set admit all of what a literal stands for? */
export function isSaid({ text, open }: SubjectLiteral, { exact, prefixes }: SubjectSet): boolean {
  if (!open && exact.includes(text)) return true;
  return prefixes.some((prefix) => text.startsWith(prefix)) && (open || !isGuarded(text));
}

/** Literals by the list of claims that they are made of; null for those that are URLs. What is neither is left out. */
function byClaimList(
  literals: readonly SubjectLiteral[],
): readonly (readonly [ClaimList | null, readonly SubjectLiteral[]])[] {
  const lists = grouped(literals, ({ text }) => {
    if (text.startsWith("https://")) return ["null"];
    const claims = Object.fromEntries(claimsOf(text) ?? []);
    const keys = Object.keys(claims);
    if (keys.length === 0 || !keys.every(isClaimKey)) return [];
    return [JSON.stringify({ keys, organizationId: claims["org_id"] ?? null } satisfies ClaimList)];
  });
  return [...lists].map(([list, own]) => [JSON.parse(list) as ClaimList | null, own]);
}

type Candidate = Pick<Recognised, "kind" | "url">;

/** Everything on a host that the beginnings of the literals' paths name, repositories first. */
function candidates(literals: readonly SubjectLiteral[], host: ScmHost): readonly Candidate[] {
  const base = `https://${host.name}/`;
  const urls = new Set<string>();
  for (const { text, open } of literals) {
    for (let at = text.indexOf(base); at >= 0; at = text.indexOf(base, at + 1)) {
      const rest = text.slice(at + base.length);
      const path = rest.replace(/[?#].*$/s, "");
      const segments = path.split("/");
      for (let depth = 1; depth <= Math.min(segments.length, maxDepth); depth++) {
        const url = base + segments.slice(0, depth).join("/");
        // Of shop-*, nobody means a repository that is called shop-.
        if (!(open && path === rest && depth === segments.length && /[-_.]$/.test(url)))
          urls.add(url).add(url.replace(/\.git$/, ""));
      }
    }
  }
  const found = (["repo", "org"] as const).flatMap((kind) =>
    [...urls].flatMap((text) => {
      const result = parseEntryUrl(text, kind, [host]);
      return result.ok ? [{ kind, url: result.entry }] : [];
    }),
  );
  return [...new Map(found.map((one) => [`${one.kind} ${one.url.url}`, one])).values()];
}

/** The contexts of a repository that are admitted, without those that others include. */
function contextsIn(url: EntryUrl, claims: ClaimList | null, admitted: AdmittedSubjects): readonly Context[] {
  if (claims !== null) return ["repository"];
  const named = admitted.literals.flatMap(({ text, open }) =>
    open || !text.startsWith(url.url) ? [] : branchesOf(text, url),
  );
  const branches = [...new Map(named.map((context) => [JSON.stringify(context), context])).values()];
  const possible = [...branches, ...contextsOf(url.kind)].filter((c) =>
    isAdmissible(repoSubjects(url, [c]), admitted, url, [c]),
  );
  const meaning = (contexts: readonly Context[]) => JSON.stringify(repoSubjects(url, contexts));
  return possible.reduce<readonly Context[]>((kept, context) => {
    const others = kept.filter((c) => c !== context);
    return others.length > 0 && meaning(others) === meaning(kept) ? others : kept;
  }, possible);
}

/** The branches that a subject may name: the host's rows, read backwards. */
function branchesOf(text: string, entry: EntryUrl): readonly Context[] {
  const { kind, base, segments } = entry;
  const { branch: rows, parts } = dialects[kind];
  const forms = fillAll(rows, { ...parts(base, segments), b: "\n", "b/": "\n" });
  return forms.flatMap((form): readonly Context[] => {
    const [before = "", after = ""] = form.split("\n");
    if (!text.startsWith(before) || !text.endsWith(after)) return [];
    const branch = decoded(text.slice(before.length, text.length - after.length));
    if (branch === null || branch === "" || branchProblem(branch, kind) !== null) return [];
    return repoSubjects(entry, [{ branch }]).exact.includes(text) ? [{ branch }] : [];
  });
}

/** The subjects of an entry; null for one that has none. */
function subjectsOf(
  kind: Candidate["kind"],
  url: EntryUrl,
  contexts: readonly Context[],
  claims: ClaimList | null,
): SubjectSet | null {
  if (kind === "org") return claims === null ? orgSubjects(url) : orgClaimSubjects(url, claims);
  if (contexts.length === 0) return null;
  return claims === null ? repoSubjects(url, contexts) : repoClaimSubjects(url, claims);
}

/** Does a policy except some of these subjects? */
function isExcepted({ exact, prefixes }: SubjectSet, admitted: AdmittedSubjects): boolean {
  return exact.some((s) => admitted.excludes(s, false)) || prefixes.some((p) => admitted.excludes(p, true));
}

/**
 * Are these admitted, other spellings of the same aside? Whole subjects are spellings of one thing; a prefix that is
 * not admitted must stand beside one that a value of the policy is made of. What says less vouches for nothing, and what
 * is spare need not be admitted.
 */
function isAdmissible(
  subjects: SubjectSet,
  admitted: AdmittedSubjects,
  { kind, base, segments }: EntryUrl,
  contexts: readonly Context[],
): boolean {
  if (isExcepted(subjects, admitted)) return false;
  const { lesser = [], spare = [], parts } = dialects[kind];
  const own = parts(base, segments);
  const lesserRows = (ofBranch: boolean) => lesser.filter((row) => row.includes("{b}") === ofBranch);
  const lesserExact = contexts.flatMap((c) =>
    typeof c === "string" ? [] : branchForms(dialects[kind], own, c.branch, lesserRows(true)),
  );
  const isVouched = subjects.exact.some((s) => !lesserExact.includes(s) && admitted.admits(s));
  if (!isVouched && !subjects.exact.every((s) => admitted.admits(s))) return false;
  const spares = fillAll(spare, own);
  const needed = subjects.prefixes.filter((p) => !spares.includes(p));
  if (needed.every((p) => admitted.covers(p))) return true;
  const lesserPrefixes = fillAll(lesserRows(false), own);
  return needed.some(
    (p) =>
      !lesserPrefixes.includes(p) &&
      admitted.covers(p) &&
      admitted.literals.some(({ text, open }) => open && text === p),
  );
}
