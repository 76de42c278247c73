import { below, quote } from "../diagnostics";
import type { Installation, Login, Snippet, TaskFormat } from "../model/accessModel";
import { snippetFile } from "../model/names";
import type { AccountSettings } from "./accounts";
import type { Problems } from "./problems";
import type { EffectiveEntry } from "./entries";
import type { ResolvedRole } from "./roles";

const defaultTask = "aws";
/** Seconds of a session that an AWS CLI or SDK asks for by itself. */
const renewedSession = 3600;
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
  roles: readonly ResolvedRole[],
  installations: ReadonlyMap<string, Installation>,
  accounts: ReadonlyMap<string, AccountSettings>,
  problems: Problems,
): readonly Snippet[] {
  const [first] = roles;
  const installation = first && installations.get(first.role.installation);
  if (!first || !installation) return [];
  checkFiles(roles, problems);
  checkShared(roles, first, problems);
  const format = installation.ona === null ? "gitpod.yml" : "automations.yaml";
  roles.forEach((resolved) => {
    checkRenewal(resolved, problems);
    checkAfter(resolved, format, problems);
  });
  const { snippet } = first.entry.settings;
  return [
    {
      installation: installation.name,
      format,
      audience: installation.audience,
      kind: first.role.entry.kind,
      url: first.role.entry.url,
      file: snippetFile(installation.name, first.role.entry.url, format),
      task: snippet.task ?? defaultTask,
      after: snippet.after ?? null,
      renew: snippet.renew ?? false,
      commands: commandsOf(roles),
      logins: loginsOf(roles, accounts, problems),
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

/** The logins of all roles: no two on one profile, and no variable twice, whose later value would hide the earlier. */
function loginsOf(
  roles: readonly ResolvedRole[],
  accounts: ReadonlyMap<string, AccountSettings>,
  problems: Problems,
): readonly Login[] {
  const profiles = new Map<string, EffectiveEntry>();
  const setBy = new Map<string, ResolvedRole>();
  return roles.map((resolved) => {
    const { role, entry, exports } = resolved;
    const derived = role.account === roles[0]?.role.account ? "default" : role.account;
    const profile = entry.settings.snippet.profile ?? derived;
    const earlier = profiles.get(profile);
    if (earlier !== undefined)
      problems.add(
        "R08",
        below(entry.settings.origin("snippet"), "profile"),
        `two roles of one snippet would log in to the profile ${quote(profile)}`,
        earlier === entry
          ? "leave profile out: the first account then has the profile default, each other one of its own name"
          : `give this entry a profile of its own: snippet: { profile: ${role.name.replace(/[^\w.-]/g, "_")} }`,
      );
    profiles.set(profile, entry);
    return {
      account: role.account,
      roleArn: role.arn,
      profile,
      region: accounts.get(role.account)?.region ?? "",
      durationSeconds: role.sessionDuration,
      exports: exports.filter(({ variable }) => isFirst(variable, resolved, setBy, problems)),
    };
  });
}

/** Whether a role sets a variable: of an entry's accounts the first does. */
function isFirst(
  variable: string,
  resolved: ResolvedRole,
  setBy: Map<string, ResolvedRole>,
  problems: Problems,
): boolean {
  const earlier = setBy.get(variable);
  if (earlier === undefined) setBy.set(variable, resolved);
  else if (earlier === resolved || earlier.entry !== resolved.entry)
    problems.add(
      "R06",
      resolved.entry.settings.origin("grants"),
      `the snippet would set ${variable} more than once`,
      "choose another name for one of them",
    );
  return earlier === undefined;
}

/** A snippet is one task: what its entries say of it must agree. */
function checkShared(roles: readonly ResolvedRole[], first: ResolvedRole, problems: Problems): void {
  for (const [key, fallback] of [
    ["task", defaultTask],
    ["after", ""],
    ["renew", false],
  ] as const) {
    const values = new Set(roles.map((r) => String(r.entry.settings.snippet[key] ?? fallback)));
    if (values.size > 1)
      problems.add(
        "R08",
        below(first.entry.settings.origin("snippet"), key),
        `entries of ${quote(first.role.entry.url)} differ in snippet.${key}: ${[...values].sort().map(quote).join(", ")}`,
        `write the same ${key} for all of them: they share one snippet`,
      );
  }
}

/** AWS CLI and SDKs that log in by themselves ask for an hour, which nobody can change. */
function checkRenewal({ role, entry }: ResolvedRole, problems: Problems): void {
  if (entry.settings.snippet.renew !== true || role.sessionDuration === renewedSession) return;
  problems.add(
    "R08",
    below(entry.settings.origin("snippet"), "renew"),
    "with renew, AWS CLI and SDKs log in again for one hour at a time, and sessionDuration is another",
    "leave renew out, or write sessionDuration: 1h",
  );
}

/** Ona's tasks go by their keys. */
function checkAfter({ entry }: ResolvedRole, format: TaskFormat, problems: Problems): void {
  const { after } = entry.settings.snippet;
  if (after === undefined || format === "gitpod.yml" || /^[\w-]+$/.test(after)) return;
  problems.add(
    "R08",
    below(entry.settings.origin("snippet"), "after"),
    `${quote(after)} cannot stand in dependsOn: on Ona, the name of a task has letters, digits, _ and - alone`,
    "rename that task",
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

/** Two snippets at one path, or one where another needs a folder; file systems may not tell case apart. */
function checkPaths(snippets: readonly Snippet[], roles: readonly ResolvedRole[], problems: Problems): void {
  const files = new Map<string, Snippet>();
  const folders = new Map<string, Snippet>();
  for (const snippet of snippets) {
    const refuse = (code: "R03" | "R07", message: string, remedy: string): void => {
      const origin = roles.find((r) => r.role.entry.url === snippet.url)?.role.entry.origin;
      if (origin) problems.add(code, below(origin, "url"), message, remedy);
    };
    const file = snippet.file.toLowerCase();
    const parts = file.split("/");
    const above = parts.slice(1).map((_, i) => parts.slice(0, i + 1).join("/"));
    if (parts.some((part) => part.length > longestFileName))
      refuse(
        "R03",
        `a part of ${quote(snippet.url)} is longer than a file name can be, and the snippet is named after it`,
        "look at the URL: no source control host has names of this length",
      );
    const clash = [file, ...above].map((f) => files.get(f)).find((found) => found) ?? folders.get(file);
    if (clash)
      refuse(
        "R07",
        `the snippets of ${quote(clash.url)} and ${quote(snippet.url)} would be one file`,
        "keep one of the two entries",
      );
    files.set(file, snippet);
    for (const folder of above) folders.set(folder, snippet);
  }
}
