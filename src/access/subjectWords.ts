import type { Context, Installation, Role, ScmHost, SubjectSet } from "../model/accessModel";
import {
  cloneUrl,
  contextsOf,
  onaVersionOf,
  orgSubjects,
  parseOnaSubject,
  parseSubject,
  repoSubjects,
  subjectReach,
  type EntryUrl,
} from "../subject";
import { escapePattern, literalStart, patternOf, patternsMeet } from "../policy";
import type { Subjects } from "./accessRole";

/** What workspaces of a context were opened on, in front of the repository's name. */
const contextWords: Readonly<Record<Exclude<Context, object>, string>> = Object.freeze({
  repository: "repository",
  branches: "branches of",
  tags: "tags of",
  commits: "commits of",
  issues: "issues of",
  "pull-requests": "pull requests of",
  all: "everything of",
});

function contextWord(context: Context): string {
  return typeof context === "string" ? contextWords[context] : `branch ${context.branch} of`;
}

/** `acme/app`: the path of an entry's URL, as people name it. */
function shortName(url: string): string {
  return url.replace(/^https:\/\/[^/]*\//, "");
}

/** Subjects as a policy compares them. */
export function comparedSubjects({ exact, prefixes }: SubjectSet): Subjects {
  return { exact, like: prefixes.map((prefix) => `${escapePattern(prefix)}*`) };
}

/** Who gets in by a role that a manifest declares, one item for each of its contexts. */
export function admitsWords({ entry, projects }: Role, installation: Installation): readonly string[] {
  const name = shortName(entry.url);
  const on = ` on ${installation.name}`;
  if (installation.ona !== null)
    return projects.map((project) => `environments of Ona project ${project}, ${name}${on}`);
  if (entry.kind === "org") return [`any repository of ${name}${on}`];
  if (installation.subject !== null) return [`any workspace of ${name}${on}`];
  return entry.contexts.map((context) => `${contextWord(context)} ${name}${on}`);
}

/**
 * Who has these subjects, in words; what no words are known for stands there as it is.
 * @param installation - whose they are; null: nobody knows
 * @param all - the role's other subjects too: of a context that it admits wholly, some may be its word
 */
export function subjectsWords(
  subjects: Subjects,
  hosts: readonly ScmHost[],
  installation: string | null,
  all: Subjects = subjects,
): readonly string[] {
  const left = new Set(textsOf(subjects));
  const words = new Set<string>();
  for (const whole of [subjects, all].map((s) => new Set(textsOf(s))))
    for (const repository of repositoriesOf(subjects, hosts))
      for (const context of ["all" as const, ...contextsOf(repository.kind)]) {
        const forms = textsOf(comparedSubjects(repoSubjects(repository, [context])));
        if (!forms.some((form) => left.has(form)) || !forms.every((form) => whole.has(form))) continue;
        forms.forEach((form) => left.delete(form));
        words.add(`${contextWord(context)} ${shortName(repository.url)}`);
      }
  for (const text of subjects.like) {
    const project = onaProjectOf(text);
    if (project === null || (onaVersionOf(text) === "v3" && !left.delete(`is ${text.replace(/:\*$/, "")}`)))
      continue;
    left.delete(`like ${text}`);
    words.add(`environments of Ona project ${project}`);
  }
  for (const text of subjects.like) if (left.delete(`like ${text}`)) words.add(patternWords(text, hosts));
  for (const text of subjects.exact) if (left.delete(`is ${text}`)) words.add(exactWords(text, hosts));
  const on = installation === null ? "" : ` on ${installation}`;
  return [...words].map((text) => (text.startsWith("workspaces whose sub is") ? text : `${text}${on}`));
}

/** The project of a pattern that ends where its environments begin; null for any other. */
function onaProjectOf(text: string): string | null {
  const found = /^[^*?$]*[:/]\*$/.test(text) ? parseOnaSubject(text.replace("*", "\n")) : null;
  return found?.bearer === "project" && found.id !== "\n" ? found.id : null;
}

function textsOf({ exact, like }: Subjects): readonly string[] {
  return [...exact.map((text) => `is ${text}`), ...like.map((text) => `like ${text}`)];
}

function repositoriesOf({ exact, like }: Subjects, hosts: readonly ScmHost[]): readonly EntryUrl[] {
  const found = [
    ...exact.map((text) => parseSubject(text, hosts)),
    ...like.map((text) => reachOf(text, hosts)),
  ].flatMap((one) => (one?.kind === "repository" ? [one.repository] : []));
  return [...new Map(found.map((repository) => [repository.url, repository])).values()];
}

function reachOf(text: string, hosts: readonly ScmHost[]) {
  const pattern = patternOf(text, true);
  if (pattern === null) return null;
  const start = literalStart(pattern);
  return start === "" ? null : subjectReach(start, text.replace(/[*?]+$/, "").length > start.length, hosts);
}

function patternWords(text: string, hosts: readonly ScmHost[]): string {
  if (/^[*?]*\*[*?]*$/.test(text)) return "anybody";
  const reach = reachOf(text, hosts);
  return reach?.kind === "organization" && text === `${escapePattern(reach.url)}/*`
    ? `any repository of ${shortName(reach.url)}`
    : `workspaces whose sub is like ${text}`;
}

function exactWords(text: string, hosts: readonly ScmHost[]): string {
  const parsed = parseSubject(text, hosts);
  if (parsed.kind === "claims") {
    const { repository, context } = parsed.claims;
    if (repository !== undefined && context === undefined)
      return `any workspace of ${shortName(repository).replace(/\.git$/, "")}`;
  }
  if (parsed.kind === "repository" && typeof parsed.context === "object" && parsed.context !== null)
    return `${contextWord(parsed.context)} ${shortName(parsed.repository.url)}`;
  return `workspaces whose sub is ${text}`;
}

/** May a subject among these be one of a repository, or of an organization's? Those of Ona name neither. */
export function mayAdmit(subjects: Subjects, kind: "org" | "repo", url: EntryUrl): boolean {
  const isRepo = kind === "repo";
  const own = comparedSubjects(isRepo ? repoSubjects(url, ["all"]) : orgSubjects(url));
  const claim = `repository:${escapePattern(isRepo ? cloneUrl(url) : `${url.url}/`)}*`;
  const asked = patternsOf({
    exact: own.exact,
    like: [...own.like, claim, `org_id:${"?".repeat(36)}:${claim}`],
  });
  return patternsOf(subjects).some((one) => asked.some((p) => one === null || (p && patternsMeet(one, p))));
}

function patternsOf({ exact, like }: Subjects) {
  return [...exact.map((text) => patternOf(text, false)), ...like.map((text) => patternOf(text, true))];
}
