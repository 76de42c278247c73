import type { Context, Installation, Role, ScmHost } from "../model/accessModel";
import {
  contextsOf,
  onaVersionOf,
  parseOnaSubject,
  parseSubject,
  repoSubjects,
  subjectReach,
  type EntryUrl,
} from "../subject";
import { escapePattern, literalStart, patternOf } from "../policy";
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
 * @param all - the role's other subjects too: of a context that it admits wholly, some may be its word
 */
export function subjectsWords(
  subjects: Subjects,
  hosts: readonly ScmHost[],
  all: Subjects = subjects,
): readonly string[] {
  const left = new Set(textsOf(subjects));
  const words = new Set<string>();
  for (const whole of [subjects, all])
    for (const repository of repositoriesOf(subjects, hosts)) {
      const contexts = [...contextsOf(repository.kind)].sort(
        (a, b) => Number(b === "all") - Number(a === "all"),
      );
      for (const context of contexts) {
        const { exact, prefixes } = repoSubjects(repository, [context]);
        const forms = textsOf({ exact, like: prefixes.map((prefix) => `${escapePattern(prefix)}*`) });
        const has = new Set(textsOf(whole));
        if (!forms.some((form) => left.has(form)) || !forms.every((form) => has.has(form))) continue;
        forms.forEach((form) => left.delete(form));
        words.add(`${contextWord(context)} ${shortName(repository.url)}`);
      }
    }
  for (const text of subjects.like) {
    const project = onaProjectOf(text);
    const bare = `is ${text.replace(/:\*$/, "")}`;
    if (project === null || (onaVersionOf(text) === "v3" && !left.delete(bare))) continue;
    left.delete(`like ${text}`);
    words.add(`environments of Ona project ${project}`);
  }
  for (const text of subjects.like) if (left.has(`like ${text}`)) words.add(patternWords(text, hosts));
  for (const text of subjects.exact) if (left.has(`is ${text}`)) words.add(exactWords(text, hosts));
  return [...words];
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
  const found = new Map<string, EntryUrl>();
  const add = (repository: EntryUrl) => found.set(repository.url, repository);
  for (const text of exact) {
    const parsed = parseSubject(text, hosts);
    if (parsed.kind === "repository") add(parsed.repository);
  }
  for (const text of like) {
    const reach = reachOf(text, hosts);
    if (reach?.kind === "repository") add(reach.repository);
  }
  return [...found.values()];
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
  if (
    parsed.kind === "claims" &&
    parsed.claims["repository"] !== undefined &&
    parsed.claims["context"] === undefined
  )
    return `any workspace of ${shortName(parsed.claims["repository"]).replace(/\.git$/, "")}`;
  if (parsed.kind === "repository" && typeof parsed.context === "object" && parsed.context !== null)
    return `${contextWord(parsed.context)} ${shortName(parsed.repository.url)}`;
  return `workspaces whose sub is ${text}`;
}
