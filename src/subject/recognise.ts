import type { Context, HostKind, OnaVersion, ScmHost, SubjectSet } from "../model/accessModel";
import { orgClaimSubjects, repoClaimSubjects, type ClaimList } from "./claims";
import { onaSubjects, parseOnaSubject } from "./ona";
import { dialects, fillAll, hostKinds, knownHosts } from "./hosts";
import { decoded, parseSubject } from "./parseSubject";
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
  readonly ona: OnaProjects | null;
  /** Empty for an organization. */
  readonly contexts: readonly Context[];
  readonly subjects: SubjectSet;
  /** Other spellings of what the policy admits, which the entry admits and the policy does not. */
  readonly added: SubjectSet;
  /** How many of the literals the entry says wholly, and how many of these in the same words. */
  readonly said: number;
  readonly verbatim: number;
}

/** Projects of Ona, and the versions of their subjects. */
export interface OnaProjects {
  readonly organizationId: string;
  readonly versions: readonly OnaVersion[];
  readonly projects: readonly string[];
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

/**
 * The hosts that literals may be on: known ones as they are, and for another every kind and prefix that it may have,
 * the likeliest first. Nothing in a URL tells them apart.
 */
export function possibleHosts(literals: readonly SubjectLiteral[]): readonly ScmHost[] {
  const hosts = new Map<string, ScmHost>();
  for (const { text } of literals) {
    const [, host = "", path = ""] = /(?:^|:)https:\/\/([a-z0-9.-]+(?::[0-9]+)?)\/([^?#]*)/.exec(text) ?? [];
    if (host === "") continue;
    const known = Object.hasOwn(knownHosts, host) ? knownHosts[host] : undefined;
    const segments = path.split("/").filter((s) => s !== "");
    for (
      let length = 0;
      length <= (known === undefined ? Math.min(maxPrefix, segments.length) : 0);
      length++
    ) {
      const name = [host, ...segments.slice(0, length)].join("/");
      for (const kind of known === undefined ? selfHosted : [known])
        hosts.set(`${name} ${kind}`, { name, kind });
    }
  }
  return [...hosts.values()];
}

/**
 * The organization or repository of a host whose entry says best what is admitted; null where none admits only that.
 * Entries are made and compared: one counts where each of its contexts is admitted, other spellings of it aside.
 */
export function recognise(
  admitted: AdmittedSubjects,
  host: ScmHost,
  hosts: readonly ScmHost[] = [host],
): Recognised | null {
  const found: Recognised[] = [];
  // What is on no page of the host says nothing about an entry there.
  const literals = admitted.literals.filter(({ text }) => text.includes(`https://${host.name}/`));
  const near: AdmittedSubjects = { ...admitted, literals };
  for (const [claims, own] of byClaimList(literals)) {
    for (const { kind, url } of candidates(own, host, hosts)) {
      const contexts = kind === "repo" ? contextsIn(url, claims, near) : [];
      const subjects =
        kind === "repo" && contexts.length === 0 ? null : subjectsOf(kind, url, contexts, claims);
      if (subjects === null || !isAdmissible(subjects, near, weightOf(url, contexts))) continue;
      const added = addedTo(subjects, near);
      const said = literals.filter((literal) => isSaid(literal, subjects)).length;
      const verbatim = literals.filter((literal) => isVerbatim(literal, subjects)).length;
      found.push({ kind, url, host, claims, ona: null, contexts, subjects, added, said, verbatim });
    }
  }
  return found.sort(byFit)[0] ?? null;
}

const unknownRepository: EntryUrl = Object.freeze({
  ...{ url: "https://github.com/OWNER/REPOSITORY", kind: "github", base: "https://github.com" },
  segments: ["OWNER", "REPOSITORY"],
});

/** The projects of Ona whose environments are admitted; null where none are, or not all of one. */
export function recogniseOna(admitted: AdmittedSubjects): Recognised | null {
  const { literals } = admitted;
  // What the wildcard cuts short is no project's id.
  const named = literals.flatMap(({ text, open }) => parseOnaSubject(open ? `${text}\n` : text) ?? []);
  const whole = named.filter(({ bearer, id }) => bearer === "project" && uuid.test(id));
  const organizationId = whole.find((subject) => uuid.test(subject.organizationId))?.organizationId;
  if (organizationId === undefined) return null;
  const own = whole.filter((subject) => subject.organizationId === organizationId);
  const versions = (["v2", "v3"] as const).filter((version) => own.some((s) => s.version === version));
  const projects = [...new Set(own.map(({ id }) => id))]
    .filter((id) => versions.every((version) => own.some((s) => s.id === id && s.version === version)))
    .sort();
  const subjects = onaSubjects(organizationId, projects, versions);
  const { exact, prefixes } = subjects;
  const excludes =
    exact.some((s) => admitted.excludes(s, false)) || prefixes.some((p) => admitted.excludes(p, true));
  if (projects.length === 0 || excludes) return null;
  return {
    ...{ kind: "repo", url: unknownRepository, host: { name: "github.com", kind: "github" }, claims: null },
    ...{ ona: { organizationId, versions, projects }, contexts: ["repository"], subjects },
    added: addedTo(subjects, admitted),
    said: literals.filter((literal) => isSaid(literal, subjects)).length,
    verbatim: literals.filter((literal) => isVerbatim(literal, subjects)).length,
  };
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Orders entries by what they say of a policy, and then by how few forms they need; repositories come first. */
export function byFit(a: Recognised, b: Recognised): number {
  const size = ({ subjects }: Recognised): number => subjects.exact.length + subjects.prefixes.length;
  const rank = ({ kind }: Recognised): number => (kind === "repo" ? 0 : 1);
  return b.said - a.said || b.verbatim - a.verbatim || size(a) - size(b) || rank(a) - rank(b);
}

function isVerbatim({ text, open }: SubjectLiteral, { exact, prefixes }: SubjectSet): boolean {
  return (open ? prefixes : exact).includes(text);
}

/** Does a subject set admit all of what a literal stands for? */
export function isSaid({ text, open }: SubjectLiteral, { exact, prefixes }: SubjectSet): boolean {
  if (!open && exact.includes(text)) return true;
  return prefixes.some((prefix) => text.startsWith(prefix)) && (open || !isGuarded(text));
}

/** The list of claims that a subject is made of; null for one that is a URL, undefined for anything else. */
function claimListOf(text: string): ClaimList | null | undefined {
  if (text.startsWith("https://")) return null;
  const parsed = parseSubject(text, []);
  if (parsed.kind !== "claims") return undefined;
  const keys = Object.keys(parsed.claims);
  if (!keys.every((key) => key === "org_id" || key === "repository" || key === "context")) return undefined;
  return { keys, organizationId: parsed.claims["org_id"] ?? null };
}

/** Literals by the list of claims that they are made of. */
function byClaimList(
  literals: readonly SubjectLiteral[],
): readonly (readonly [ClaimList | null, readonly SubjectLiteral[]])[] {
  const lists = grouped(literals, ({ text }) => {
    const list = claimListOf(text);
    return list === undefined ? [] : [JSON.stringify(list)];
  });
  return [...lists].map(([list, own]) => [JSON.parse(list) as ClaimList | null, own]);
}

interface Candidate {
  readonly kind: "org" | "repo";
  readonly url: EntryUrl;
}

/** Everything on a host that the beginnings of the literals' paths name, repositories first. */
function candidates(
  literals: readonly SubjectLiteral[],
  host: ScmHost,
  hosts: readonly ScmHost[],
): readonly Candidate[] {
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
  const found = new Map<string, Candidate>();
  for (const kind of ["repo", "org"] as const)
    for (const text of urls) {
      const result = parseEntryUrl(text, kind, hosts);
      if (result.ok && result.entry.base === `https://${host.name}`)
        found.set(`${kind} ${result.entry.url}`, { kind, url: result.entry });
    }
  return [...found.values()];
}

/** The contexts of a repository that are admitted, without those that others include. */
function contextsIn(url: EntryUrl, claims: ClaimList | null, admitted: AdmittedSubjects): readonly Context[] {
  if (claims !== null) return ["repository"];
  const named = admitted.literals.flatMap(({ text, open }) =>
    open || !text.startsWith(url.url) ? [] : branchesOf(text, url),
  );
  const branches = [...new Map(named.map((context) => [JSON.stringify(context), context])).values()];
  const possible = [...branches, ...contextsOf(url.kind)].filter((c) =>
    isAdmissible(repoSubjects(url, [c]), admitted, weightOf(url, [c])),
  );
  return possible.reduce<readonly Context[]>((kept, context) => {
    const others = kept.filter((c) => c !== context);
    return others.length > 0 && sameSubjects(repoSubjects(url, others), repoSubjects(url, kept))
      ? others
      : kept;
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

function sameSubjects(a: SubjectSet, b: SubjectSet): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function subjectsOf(
  kind: Candidate["kind"],
  url: EntryUrl,
  contexts: readonly Context[],
  claims: ClaimList | null,
): SubjectSet | null {
  if (claims !== null)
    return kind === "repo" ? repoClaimSubjects(url, claims) : orgClaimSubjects(url, claims);
  return kind === "repo" ? repoSubjects(url, contexts) : orgSubjects(url);
}

/** Subjects of an entry by what they say of it. */
interface Weight {
  /** May be admitted without the rest of their context being meant. */
  readonly lesser: SubjectSet;
  /** Prefixes that open what others of their context open. */
  readonly spare: readonly string[];
}

function weightOf({ kind, base, segments }: EntryUrl, contexts: readonly Context[]): Weight {
  const { lesser = [], spare = [], parts, spellBranch } = dialects[kind];
  const own = parts(base, segments);
  const isBranch = (row: string): boolean => row.includes("{b}");
  const branches = contexts.flatMap((c) => (typeof c === "string" ? [] : [spellBranch(c.branch)]));
  return {
    lesser: {
      exact: branches.flatMap((b) => fillAll(lesser.filter(isBranch), { ...own, ...b })),
      prefixes: fillAll(
        lesser.filter((row) => !isBranch(row)),
        own,
      ),
    },
    spare: fillAll(spare, own),
  };
}

/**
 * Are these admitted, other spellings of the same aside? Whole subjects are spellings of one thing; a prefix that is
 * not admitted must stand beside one that a value of the policy is made of. What says less vouches for nothing, and what
 * is spare need not be admitted.
 */
function isAdmissible(
  { exact, prefixes }: SubjectSet,
  admitted: AdmittedSubjects,
  { lesser, spare }: Weight,
): boolean {
  if (exact.some((s) => admitted.excludes(s, false)) || prefixes.some((p) => admitted.excludes(p, true)))
    return false;
  const isVouched = exact.some((s) => !lesser.exact.includes(s) && admitted.admits(s));
  if (!isVouched && !exact.every((s) => admitted.admits(s))) return false;
  const needed = prefixes.filter((p) => !spare.includes(p));
  if (needed.every((p) => admitted.covers(p))) return true;
  return needed.some(
    (p) =>
      !lesser.prefixes.includes(p) &&
      admitted.covers(p) &&
      admitted.literals.some(({ text, open }) => open && text === p),
  );
}

function addedTo({ exact, prefixes }: SubjectSet, admitted: AdmittedSubjects): SubjectSet {
  return {
    exact: exact.filter((s) => !admitted.admits(s)),
    prefixes: prefixes.filter((p) => !admitted.covers(p)),
  };
}
