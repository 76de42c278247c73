import { quote } from "../diagnostics";
import type { Installation, Login, Snippet } from "../model/accessModel";
import { snippetFile } from "../model/names";
import type { AccountSettings } from "./accounts";
import { none } from "./none";
import { below, type Problems } from "./problems";
import type { ResolvedRole } from "./roles";

const defaultTask = "aws";
/** What file systems take, less the end that a temporary file has. */
const longestFileName = 200;

/** The snippets of all roles: one for each URL on each installation, sorted by installation and URL. */
export function resolveSnippets(
  roles: readonly ResolvedRole[],
  installations: ReadonlyMap<string, Installation>,
  accounts: ReadonlyMap<string, AccountSettings>,
  problems: Problems,
): readonly Snippet[] {
  const groups = new Map<string, ResolvedRole[]>();
  for (const resolved of roles) {
    const key = `${resolved.role.installation} ${resolved.role.entry.url}`;
    const group = groups.get(key);
    if (group) group.push(resolved);
    else groups.set(key, [resolved]);
  }
  const snippets = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) => resolveSnippet(group, installations, accounts, problems));
  checkPaths(snippets, roles, problems);
  return snippets;
}

function resolveSnippet(
  group: readonly ResolvedRole[],
  installations: ReadonlyMap<string, Installation>,
  accounts: ReadonlyMap<string, AccountSettings>,
  problems: Problems,
): readonly Snippet[] {
  const roles = group.length < 2 ? group : [...group].sort(byAccountAndName);
  const [first] = roles;
  const installation = first && installations.get(first.role.installation);
  if (!first || !installation) return [];
  const logins = roles.map((resolved) => login(resolved, roles.length > 1, accounts));
  if (roles.length > 1) {
    checkFiles(roles, problems);
    checkTasks(roles, first, problems);
  }
  checkLogins(roles, logins, problems);
  return [
    {
      installation: installation.name,
      audience: installation.audience,
      kind: first.role.entry.kind,
      url: first.role.entry.url,
      file: snippetFile(installation.name, first.role.entry.url),
      task: first.entry.settings.snippet.task ?? defaultTask,
      commands: roles.length < 2 ? (first.entry.settings.snippet.commands ?? none) : commandsOf(roles),
      logins: logins.length < 2 ? logins : logins.sort((a, b) => (a.profile < b.profile ? -1 : 1)),
    },
  ];
}

/** The commands of all roles; what several of them have is run once. */
function commandsOf(roles: readonly ResolvedRole[]): readonly string[] {
  const commands = new Map<string, readonly string[]>();
  for (const { entry } of roles) {
    const own = entry.settings.snippet.commands;
    if (own !== undefined) commands.set(JSON.stringify(own), own);
  }
  return [...commands.values()].flat();
}

function login(
  { role, entry, exports }: ResolvedRole,
  several: boolean,
  accounts: ReadonlyMap<string, AccountSettings>,
): Login {
  return {
    account: role.account,
    roleArn: role.arn,
    profile: entry.settings.snippet.profile ?? (several ? role.account : "default"),
    region: accounts.get(role.account)?.region ?? "",
    durationSeconds: role.sessionDuration,
    trusts: role.subjects.exact.concat(role.subjects.prefixes.map((p) => `${p}*`)),
    exports,
  };
}

function byAccountAndName({ role: a }: ResolvedRole, { role: b }: ResolvedRole): number {
  if (a.account !== b.account) return a.account < b.account ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

/** A snippet is one task. */
function checkTasks(roles: readonly ResolvedRole[], first: ResolvedRole, problems: Problems): void {
  const tasks = new Set(roles.map((r) => r.entry.settings.snippet.task ?? defaultTask));
  if (tasks.size < 2) return;
  problems.add(
    "R08",
    below(first.entry.settings.origin("snippet"), "task"),
    `entries of ${quote(first.role.entry.url)} name different tasks: ${[...tasks].sort().map(quote).join(", ")}`,
    "write the same task for all of them: they share one snippet",
  );
}

/** One file's entries alone make a snippet: another team's commands would run beside its logins and variables. */
function checkFiles(roles: readonly ResolvedRole[], problems: Problems): void {
  const [first, ...others] = roles;
  const stranger = others.find((r) => r.role.entry.origin.file !== first?.role.entry.origin.file);
  if (!first || !stranger) return;
  const [own, included] = first.role.entry.mainManifest ? [first, stranger] : [stranger, first];
  problems.add(
    "R08",
    below(included.role.entry.origin, "url"),
    `${quote(included.role.entry.url)} has an entry in ${quote(own.role.entry.origin.file)} too, and the two would share a snippet`,
    "keep all entries of a repository in one file",
  );
}

/** No two roles on one profile, and no variable twice: the later would silently replace the earlier. */
function checkLogins(roles: readonly ResolvedRole[], logins: readonly Login[], problems: Problems): void {
  if (logins.length < 2 && (logins[0]?.exports.length ?? 0) < 2) return;
  const profiles = new Set<string>();
  const variables = new Set<string>();
  logins.forEach((one, i) => {
    const settings = roles[i]?.entry.settings;
    if (!settings) return;
    if (profiles.has(one.profile)) {
      problems.add(
        "R08",
        below(settings.origin("snippet"), "profile"),
        `two roles of one snippet would log in to the profile ${quote(one.profile)}`,
        "leave profile out: each account then has a profile of its own name",
      );
    }
    profiles.add(one.profile);
    for (const { variable } of one.exports) {
      if (variables.has(variable)) {
        problems.add(
          "R06",
          settings.origin("grants"),
          `the snippet would set ${variable} more than once`,
          "choose another name for one of them; in several accounts, write an entry for each",
        );
      }
      variables.add(variable);
    }
  });
}

/** The folders above a file, the uppermost first. */
function foldersOf(file: string): readonly string[] {
  const folders: string[] = [];
  for (let end = file.indexOf("/"); end >= 0; end = file.indexOf("/", end + 1))
    folders.push(file.slice(0, end));
  return folders;
}

function longestPart(file: string): number {
  return file.length <= longestFileName
    ? file.length
    : Math.max(...file.split("/").map((part) => part.length));
}

/** Two snippets at one path, or one where another needs a folder; file systems may not tell case apart. */
function checkPaths(snippets: readonly Snippet[], roles: readonly ResolvedRole[], problems: Problems): void {
  const files = new Map<string, Snippet>();
  const folders = new Map<string, Snippet>();
  let folder: string | null = null;
  let above: readonly string[] = [];
  for (const snippet of snippets) {
    const file = snippet.file.toLowerCase();
    const own = file.slice(0, file.lastIndexOf("/"));
    // One folder's snippets follow each other.
    if (own !== folder) above = foldersOf(file);
    folder = own;
    if (longestPart(file) > longestFileName) {
      const origin = roles.find((r) => r.role.entry.url === snippet.url)?.role.entry.origin;
      if (origin) {
        problems.add(
          "R03",
          below(origin, "url"),
          `a part of ${quote(snippet.url)} is longer than a file name can be, and the snippet is named after it`,
          "look at the URL: no source control host has names of this length",
        );
      }
    }
    const clash =
      files.get(file) ?? folders.get(file) ?? above.map((f) => files.get(f)).find((s) => s !== undefined);
    if (clash) {
      const origin = roles.find((r) => r.role.entry.url === snippet.url)?.role.entry.origin;
      if (origin) {
        problems.add(
          "R07",
          below(origin, "url"),
          `the snippets of ${quote(clash.url)} and ${quote(snippet.url)} would be one file`,
          "keep one of the two entries",
        );
      }
    }
    files.set(file, snippet);
    for (const folder of above) folders.set(folder, snippet);
  }
}
