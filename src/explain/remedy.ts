import { isIPv6 } from "node:net";
import { nearest, quote } from "../diagnostics";
import type { AccessModel, Context, Entry, Installation, ManifestOrigin, Role } from "../model/accessModel";
import { issuerProblem, issuersOf } from "../model/issuer";
import type { Failure } from "../policy";
import {
  contextsOf,
  isClaimKey,
  parseEntryUrl,
  parseSubject,
  repoSubjects,
  uuid,
  type EntryUrl,
  type OnaSubject,
  type ParsedSubject,
} from "../subject";
import type { LoginAttempt, RoleVerdict } from "./verdict";

/** Where the first of these keys stands that is written, or else what they belong to, as `file:line`. */
export type Place = (origin: ManifestOrigin, ...keys: readonly string[]) => string;

/** What the remedies for a login speak of; `homes` are the roles for its repository, letter case aside. */
export type RemedySource = Readonly<ReturnType<typeof remedySource>>;

/** Gathers what the remedies for a login need. */
export function remedySource(
  model: AccessModel,
  installation: Installation,
  attempt: LoginAttempt,
  place: Place,
) {
  const { sub } = attempt.claims;
  const subject: ParsedSubject =
    sub === undefined ? { kind: "other", problem: "there is none" } : parseSubject(sub, model.hosts);
  const repository = repositoryOf(subject, model);
  const rank = ({ entry }: Role) => (entry.kind === "repo" ? 0 : 1);
  const homes = model.accounts
    .flatMap((account) => account.roles)
    .filter((role) => role.installation === installation.name)
    .filter((role) => relationOf(role, { subject, repository }) !== "other")
    .sort((a, b) => rank(a) - rank(b));
  return { ...{ model, installation, attempt, place }, subject, repository, homes };
}

/** The repository of a subject; of a list of claims what `repository` says, or else `context`. */
function repositoryOf(subject: ParsedSubject, { hosts }: AccessModel): EntryUrl | null {
  if (subject.kind === "repository") return subject.repository;
  if (subject.kind !== "claims") return null;
  const { repository, context } = subject.claims;
  const parsed = parseSubject(repository ?? context ?? "", hosts);
  return parsed.kind === "repository" ? parsed.repository : null;
}

/** Is a role for a workspace's repository, organization or project, would it be but for `letters`, or for an `other`? */
export function relationOf(
  { entry, projects }: Pick<Role, "entry" | "projects">,
  { subject, repository }: { readonly subject: ParsedSubject; readonly repository: EntryUrl | null },
): "same" | "letters" | "other" {
  if (subject.kind === "ona")
    return subject.ona.bearer === "project" && projects.includes(subject.ona.id) ? "same" : "other";
  if (repository === null) return "other";
  const covers = (a: string, b: string) => (entry.kind === "org" ? b.startsWith(`${a}/`) : a === b);
  if (covers(entry.url, repository.url)) return "same";
  return covers(entry.url.toLowerCase(), repository.url.toLowerCase()) ? "letters" : "other";
}

/**
 * The smallest change that would admit a login that a role refuses: of the manifest, as what to write and where, or of
 * the login. Where several things stand against it, each has its part, unless the role is for somebody else.
 */
export function remedy(verdict: RoleVerdict, source: RemedySource): string {
  const isAboutSubject = ({ key }: Failure) => key.endsWith(":sub");
  const subject = verdict.failures.some(isAboutSubject) ? [subjectRemedy(verdict, source)] : [];
  if (subject.length > 0 && relationOf(verdict.role, source) === "other") return subject.join("");
  const others = verdict.failures.filter((failure) => !isAboutSubject(failure));
  return [
    ...subject,
    ...others.map((failure) => failureRemedy(failure, verdict.role, source)),
    ...verdict.unknown.map(unknownRemedy),
  ].join("; and ");
}

function failureRemedy({ key, actual, expected }: Failure, role: Role, source: RemedySource): string {
  const { origin } = role.entry;
  if (key === "exp") return "get a new token: this one has expired";
  if (key === "iat") return "set the clock, or --now: the token is from the future";
  if (key.endsWith(":aud")) return audienceRemedy(source);
  if (key === "aws:CurrentTime")
    return `the entry expired on ${expected.join().slice(0, 10)}: write a later date as expires: at ${source.place(origin, "expires")}`;
  const address = actual ?? "";
  const blocks = [...role.sourceCidrs, `${address}/${isIPv6(address) ? 128 : 32}`];
  const list = blocks.map((block) => (block.includes(":") ? JSON.stringify(block) : block)).join(", ");
  return `log in from ${expected.join(" or ")}, or write sourceCidrs: [${list}] at ${source.place(origin, "sourceCidrs")}`;
}

/** What decides a condition whose outcome is not known. */
function unknownRemedy({ key, expected }: Failure): string {
  return key === "aws:SourceIp"
    ? `pass --source-ip: a login from ${expected.join(" or ")} is admitted`
    : `pass the token by --token -, or its claims: the audience ${expected.join()} is admitted`;
}

function audienceRemedy({ installation, attempt, place }: RemedySource): string {
  const { aud = [], azp } = attempt.claims;
  const audiences = [aud].flat();
  const wanted = installation.audience;
  if (azp !== undefined && azp !== wanted && audiences.includes(wanted))
    return `ask for the token with --audience ${wanted} before any other: AWS compares only the first`;
  const found = azp ?? audiences[0] ?? "";
  const change = /^[A-Za-z0-9._:/-]{1,255}$/.test(found)
    ? `, or, if ${found} is right, write audience: ${found} at ${place(installation.origin, "audience")}`
    : "";
  return `ask for the token with --audience ${wanted}${change}`;
}

/** The URL that a workspace was opened on, and what it means; null where the subject does not hold it. */
interface Opened {
  readonly typed: string;
  readonly context: Context | null;
}

/** What to change where a role refuses the subject. */
function subjectRemedy(verdict: RoleVerdict, source: RemedySource): string {
  const { installation, subject, attempt, place } = source;
  const open = openOwn(verdict.role.entry);
  switch (subject.kind) {
    case "snapshot":
      return `${open}: the workspace of a snapshot does not say which repository it is of`;
    case "no-context":
      return `${open} in a new workspace: this one does not say what it was opened on`;
    case "other":
      return `${open}: this workspace's subject is not the URL of a repository (${subject.problem})`;
    case "ona":
      return onaRemedy(verdict.role, subject.ona, source);
    case "claims":
      return claimsProblem(subject.claims, source) ?? repositoryRemedy(verdict, source, null);
    case "repository": {
      const typed = attempt.claims.sub ?? "";
      if (installation.subject !== null) {
        const id = installation.organizationId === null ? "" : " and organizationId:";
        return `the subject is a URL: have Gitpod configure ${installation.subject.join(",")} for the organization, or take subject:${id} out at ${place(installation.origin, "subject")}`;
      }
      if (!subject.disguised) return repositoryRemedy(verdict, source, { typed, context: subject.context });
      // The guard of every pattern refuses it, wherever it leads.
      const held = ["..", "%2e", "%2E"].find((part) => typed.includes(part)) ?? "a control character";
      const { url } = subject.repository;
      const elsewhere = url === verdict.role.entry.url ? "" : `this URL opens ${url}, and `;
      return `${open}: ${elsewhere}the role refuses any URL that holds ${held}`;
    }
  }
}

/** What to change where a role refuses a token of Ona. */
function onaRemedy(role: Role, found: OnaSubject, { installation, homes, place }: RemedySource): string {
  const { version, organizationId, bearer, id } = found;
  const own = `project ${role.projects.join(" or ")}`;
  const write = (line: string, origin: ManifestOrigin, ...keys: readonly string[]) =>
    `write ${line} at ${place(origin, ...keys)}`;
  if (installation.ona === null)
    return write("kind: ona and organizationId", installation.origin, "kind", "issuer", "host");
  if (organizationId !== installation.organizationId)
    return `this is a token of another organization${uuid.test(organizationId) ? `; if it is the right one, ${write(`organizationId: ${organizationId}`, installation.origin, "organizationId")}` : ""}`;
  if (bearer === "environment without a project")
    return `start the environment from ${own}: this one was started without a project`;
  if (bearer !== "project")
    return `this is the token of a ${bearer}: run ona idp token in an environment of ${own}`;
  if (role.projects.includes(id))
    return `the organization's tokens are of version ${version.slice(1)}: ${write(`subject: ${version}`, installation.origin, "subject", "kind")}, or both while that changes`;
  if (!uuid.test(id)) return `this role is for ${own}`;
  const [home] = homes;
  if (home !== undefined) return `this role is for ${own}; for project ${id} there is ${home.name}`;
  const list = [...role.projects, id].join(", ");
  return `this role is for ${own}, not for project ${id}; if that is to get in, ${write(`project: [${list}]`, role.entry.origin, "project")}`;
}

function repositoryRemedy(verdict: RoleVerdict, source: RemedySource, opened: Opened | null): string {
  const { entry } = verdict.role;
  const { repository, place } = source;
  if (repository === null) return `${openOwn(entry)}: the subject names no repository`;
  const { url } = repository;
  const relation = relationOf(verdict.role, source);
  if (relation === "other") return elsewhereRemedy(verdict, source, repository, opened);
  const opensPart = entry.kind === "repo" && opened !== null;
  if (relation === "same")
    return opensPart ? contextRemedy(entry, repository, opened, place) : `open ${url} itself`;
  const isRefused = opensPart && !admits(repository, entry.contexts, opened);
  const added = isRefused ? narrowest(repository, opened) : null;
  const contexts = added === null ? "" : ` and ${contextsLine([...entry.contexts, added])}`;
  const line = `url: ${yamlScalar(url.slice(0, entry.url.length))}${contexts}`;
  return `open it with the letters of ${entry.url}, or write ${line} at ${place(entry.origin, "url")}: AWS tells upper from lower case`;
}

function contextRemedy(entry: Entry, repository: EntryUrl, opened: Opened, place: Place): string {
  const { context } = opened;
  const forms =
    typeof context === "object" && context !== null ? repoSubjects(repository, [context]).exact : [];
  const spelling = forms.find((typed) => admits(repository, entry.contexts, { typed, context }));
  if (spelling !== undefined) return `open it as ${spelling}: the role admits the branch by that URL`;
  const added = narrowest(repository, opened);
  if (added === null) return `${openOwn(entry)}: no context admits a URL of this form`;
  const forks = added === "pull-requests" || added === "commits" || added === "all";
  const warning = forks ? ", which also admits the code of forks (rule T58)" : "";
  return `${openOwn(entry)}, or write ${contextsLine([...entry.contexts, added])} at ${place(entry.origin, "contexts")}${warning}`;
}

/** The narrowest context that admits a URL; null where none does. */
function narrowest(repository: EntryUrl, opened: Opened): Context | null {
  const candidates = [...(opened.context === null ? [] : [opened.context]), ...contextsOf(repository.kind)];
  return candidates.find((context) => admits(repository, [context], opened)) ?? null;
}

/** Would a role with these contexts admit the URL? Remedies are tried before they are given. */
function admits(repository: EntryUrl, contexts: readonly Context[], { typed }: Opened): boolean {
  const { exact, prefixes } = repoSubjects(repository, contexts);
  return exact.includes(typed) || prefixes.some((p) => typed.startsWith(p));
}

function elsewhereRemedy(
  { role: { entry }, account }: RoleVerdict,
  { model, installation, homes }: RemedySource,
  repository: EntryUrl,
  opened: Opened | null,
): string {
  const { url, base, segments } = repository;
  const own = `this role is for ${entry.url}`;
  const [home] = homes;
  if (home) return `${own}; for ${url} there is ${home.name}`;
  const isNamesake = entry.url.startsWith(`${base}/`) && entry.url.endsWith(`/${segments.at(-1) ?? ""}`);
  const reason = `${own}, not for ${url}${isNamesake ? ", which may be a fork" : ""}`;
  const context = opened === null ? "repository" : narrowest(repository, opened);
  if (context === null || !parseEntryUrl(url, "repo", model.hosts).ok) return reason;
  // A manifest of several installations or accounts demands their names.
  const keys = [
    `url: ${yamlScalar(url)}`,
    ...(model.installations.length > 1 ? [`installations: [${installation.name}]`] : []),
    ...(model.accounts.length > 1 ? [`accounts: [${account.name}]`] : []),
    ...(context === "repository" ? [] : [contextsLine([context])]),
  ];
  const line = keys.length === 1 ? `- ${keys.join("")}` : `- { ${keys.join(", ")} }`;
  return `${reason}; if that is to get in, add to repos: in ${installation.origin.file} the line ${line}`;
}

/** What somebody opens who wants in as the entry is. */
function openOwn({ kind, url, contexts }: Entry): string {
  if (kind === "org") return `open a repository of ${url}`;
  const whole = contexts.includes("repository") || contexts.includes("all");
  return whole ? `open ${url} itself` : `open ${url} on one of its ${contextsLine(contexts)}`;
}

/** What is wrong with a list of claims, short of its repository, and what to do about it; null where nothing is. */
function claimsProblem(
  claims: Readonly<Record<string, string>>,
  { installation, attempt, place }: RemedySource,
): string | null {
  const { origin } = installation;
  const { org_id: org } = claims;
  const keys = Object.keys(claims);
  if (installation.subject === null || keys.join() !== installation.subject.join()) {
    const madeOf = `the subject is made of the claims ${keys.join(", ")}`;
    if (!keys.every(isClaimKey) || keys.join() === "org_id")
      return `${madeOf}: have Gitpod configure org_id,repository for the organization`;
    const id = org !== undefined && uuid.test(org) ? org : "with the organization's UUID";
    return `${madeOf}: write subject: [${keys.join(", ")}]${org === undefined ? "" : ` and organizationId: ${id}`} at ${place(origin, "subject")}`;
  }
  const empty = keys.find((k) => claims[k] === "");
  if (empty !== undefined)
    return `the claim ${empty} is empty: open the workspace on a repository, in an organization`;
  // A former issuer may have an organization of its own.
  const former = installation.formerIssuers.find(({ issuer }) => issuer === attempt.issuer);
  const { organizationId } = former ?? installation;
  if (organizationId === null || org === organizationId) return null;
  const start = `start the workspace in the Gitpod organization ${organizationId}`;
  if (org === undefined || !uuid.test(org)) return start;
  const id = `organizationId: ${org}`;
  const write =
    former === undefined
      ? `${id} at ${place(origin, "organizationId")}`
      : `under formerIssuers: - { issuer: ${former.issuer}, ${id} } at ${place(origin, "formerIssuers")}`;
  return `${start}; if this one is right, write ${write}`;
}

/**
 * What there is to say of a token whose issuer is none of the installations looked at: which comes near, and what to
 * write.
 * @param named - the only installation that was looked at. @default - all of them
 */
export function issuerRemedy(
  model: AccessModel,
  issuer: string,
  place: Place,
  named?: Installation,
): readonly string[] {
  const other = model.installations.find((i) => issuersOf(i).some((known) => known.issuer === issuer));
  if (other && named)
    return [
      `the token is not of ${named.name}: its issuer is that of ${other.name}`,
      `leave --installation out, or write --installation ${other.name}`,
    ];
  const known = `no installation of the manifest has the issuer ${quote(issuer)}`;
  const problem = issuerProblem(issuer);
  if (problem !== null)
    return [
      `${known}, and AWS cannot trust one that ${problem.problem}`,
      "get a new token with gp idp token",
    ];
  const near = nearInstallation(named ? [named] : model.installations, issuer);
  if (near === undefined) return [known, "if it is yours, declare it under installations"];
  return [
    `${known}; ${near.name} comes near, with ${quote(near.issuer)}`,
    `if that issuer is yours, write issuer: ${issuer} at ${place(near.origin, "issuer", "host")}, in place of host: or issuer:, or list it in formerIssuers while both issue tokens`,
  ];
}

/** The installation whose issuer differs in `api.` or `services.` alone, or is nearest by its letters. */
function nearInstallation(all: readonly Installation[], issuer: string): Installation | undefined {
  const bare = (s: string) => s.toLowerCase().replace(/^https?:\/\/((api|services)\.)?|\/+$/g, "");
  const issuers = all.map((i) => i.issuer);
  const near = issuers.find((known) => bare(known) === bare(issuer)) ?? nearest(issuer, issuers);
  return all.find((i) => i.issuer === near);
}

/** Text as a YAML scalar: plain where no parser could take it for something else. */
export function yamlScalar(text: string): string {
  const plain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain || /^https:\/\/[\w./~-]+$/.test(text) ? text : JSON.stringify(text);
}

/** `contexts: [repository, { branch: main }]` */
export function contextsLine(contexts: readonly Context[]): string {
  const items = contexts.map((c) => (typeof c === "object" ? `{ branch: ${yamlScalar(c.branch)} }` : c));
  return `contexts: [${items.join(", ")}]`;
}
