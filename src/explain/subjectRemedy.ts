import type { Context, Entry } from "../model/accessModel";
import { contextsOf, parseEntryUrl, repoSubjects, type EntryUrl } from "../subject";
import { claimListRemedy, claimsProblem } from "./claimsRemedy";
import { contextsLine, repoLine, yamlScalar } from "./lines";
import { relationOf } from "./relation";
import type { RemedySource } from "./source";
import type { RoleVerdict } from "./verdict";

/** The URL that a workspace was opened on, and what it means; null where the subject does not hold it. */
interface Opened {
  readonly typed: string;
  readonly context: Context | null;
}

/** Is the role for another repository or organization than the workspace's, as far as that says its own? */
export function isElsewhere({ role }: RoleVerdict, { repository }: RemedySource): boolean {
  return relationOf(role.entry, repository?.url ?? null) === "other";
}

/** What to change where a role refuses the subject. */
export function subjectRemedy(verdict: RoleVerdict, source: RemedySource): string {
  const { installation, subject, attempt } = source;
  const { entry } = verdict.role;
  switch (subject.kind) {
    case "snapshot":
      return `${openOwn(entry)}: the workspace of a snapshot does not say which repository it is of`;
    case "no-context":
      return `${openOwn(entry)} in a new workspace: this one does not say what it was opened on`;
    case "other":
      return `${openOwn(entry)}: of this one's subject, ${subject.problem}`;
    case "claims":
      return claimsProblem(subject.claims, source) ?? repositoryRemedy(verdict, source, null);
    case "repository":
      if (installation.subject !== null) return claimListRemedy(source);
      if (subject.disguised) return disguisedRemedy(entry, subject.repository.url, attempt.claims.sub ?? "");
      return repositoryRemedy(verdict, source, { typed: attempt.claims.sub ?? "", context: subject.context });
  }
}

/** Of a URL that the guard of every pattern refuses, wherever it leads. */
function disguisedRemedy(entry: Entry, opens: string, typed: string): string {
  const held = ["..", "%2e", "%2E"].find((part) => typed.includes(part)) ?? "a control character";
  const elsewhere = opens === entry.url ? "" : `this URL opens ${opens}, and `;
  return `${openOwn(entry)}: ${elsewhere}the role refuses any URL that holds ${held}`;
}

function repositoryRemedy(
  { role, account }: RoleVerdict,
  source: RemedySource,
  opened: Opened | null,
): string {
  const { entry } = role;
  const { repository, place } = source;
  if (repository === null) return `${openOwn(entry)}: the subject names no repository`;
  const { url } = repository;
  const at = place(entry.origin);
  switch (relationOf(entry, url)) {
    case "same":
      return entry.kind === "org" || opened === null
        ? `open ${url} itself`
        : contextRemedy(entry, repository, opened, at);
    case "letters": {
      const refused = entry.kind === "repo" && opened !== null && !admits(repository, entry.contexts, opened);
      const contexts = refused ? ` and ${contextsLine(wider(entry, repository, opened))}` : "";
      const line = `url: ${yamlScalar(url.slice(0, entry.url.length))}${contexts}`;
      return `open it with the letters of ${entry.url}, or write ${line} at ${at}: AWS tells upper from lower case`;
    }
    case "other":
      return elsewhereRemedy(entry, source, opened, account.name);
  }
}

function contextRemedy(entry: Entry, repository: EntryUrl, opened: Opened, at: string): string {
  const spelling = admittedSpelling(entry, repository, opened);
  if (spelling !== null) return `open it as ${spelling}: of this branch, that spelling is admitted`;
  const contexts = wider(entry, repository, opened);
  const added = contexts.at(-1);
  if (contexts.length === entry.contexts.length || added === undefined)
    return `${openOwn(entry)}: no context admits a URL of this form`;
  const forks = added === "pull-requests" || added === "commits" || added === "all";
  const warning = forks ? ", which lets the code of forks have the role (rule T58)" : "";
  return `${openOwn(entry)}, or write ${contextsLine(contexts)} at ${at}${warning}`;
}

/** The URL by which an entry admits the branch that was opened; null where it does not admit the branch. */
function admittedSpelling(entry: Entry, repository: EntryUrl, { context }: Opened): string | null {
  if (typeof context !== "object" || context === null) return null;
  const forms = repoSubjects(repository, [context]).exact;
  return forms.find((typed) => admits(repository, entry.contexts, { typed, context })) ?? null;
}

/** The contexts of an entry, and behind them the narrowest that admits a URL, where there is one. */
function wider(entry: Entry, repository: EntryUrl, opened: Opened): readonly Context[] {
  const missing = narrowest(repository, opened);
  return missing === null ? entry.contexts : [...entry.contexts, missing];
}

function narrowest(repository: EntryUrl, opened: Opened): Context | null {
  const candidates = [...(opened.context === null ? [] : [opened.context]), ...contextsOf(repository.kind)];
  return candidates.find((context) => admits(repository, [context], opened)) ?? null;
}

/** Would a role with these contexts admit the URL? Remedies are tried before they are given. */
function admits(repository: EntryUrl, contexts: readonly Context[], { typed }: Opened): boolean {
  const { exact, prefixes } = repoSubjects(repository, contexts);
  return exact.includes(typed) || prefixes.some((p) => typed.startsWith(p));
}

function elsewhereRemedy(entry: Entry, source: RemedySource, opened: Opened | null, account: string): string {
  const { model, installation, repository, homes } = source;
  if (repository === null) return `${openOwn(entry)}: the subject names no repository`;
  const { url } = repository;
  if (url === `${entry.url}.git`)
    return `${openOwn(entry)}: on this host .git is part of the name, so that this is another repository`;
  const own = `this role is for ${entry.url}`;
  const [home] = homes;
  if (home) return `${own}; for ${url} there is ${home.name}`;
  const reason = `${own}, not for ${url}${mayBeFork(entry.url, repository) ? ", which may be a fork" : ""}`;
  const context = opened === null ? "repository" : narrowest(repository, opened);
  if (context === null || !parseEntryUrl(url, "repo", model.hosts).ok) return reason;
  const line = repoLine(url, [context], model, installation, account);
  return `${reason}; if that is to get in, add to repos: in ${installation.origin.file} the line ${line}`;
}

/** The same name elsewhere on the same host. */
function mayBeFork(url: string, { base, segments }: EntryUrl): boolean {
  return url.startsWith(`${base}/`) && url.endsWith(`/${segments.at(-1) ?? ""}`);
}

/** What somebody opens who wants in as the entry is. */
function openOwn({ kind, url, contexts }: Entry): string {
  if (kind === "org") return `open a repository of ${url}`;
  const whole = contexts.includes("repository") || contexts.includes("all");
  return whole ? `open ${url} itself` : `open ${url} on one of its ${contextsLine(contexts)}`;
}
