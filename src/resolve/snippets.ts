import { below, quote } from "../diagnostics";
import type { Login, Snippet, TaskFormat } from "../model/accessModel";
import { snippetFile } from "../model/names";
import type { EffectiveEntry, Scope } from "./entries";
import type { Problems } from "./problems";
import type { ResolvedRole } from "./roles";

/** What a task is where its entries do not say. */
const defaults = Object.freeze({ task: "aws", after: "", renew: false });
/** Seconds of a session that an AWS CLI or SDK asks for by itself. */
const renewedSession = 3600;
/** What file systems take, less the end that a temporary file has. */
const longestFileName = 200;

/** The snippets of all roles: one for each URL on each installation, sorted by installation and URL. */
export function resolveSnippets(roles: readonly ResolvedRole[], scope: Scope): readonly Snippet[] {
  const groups = new Map<string, ResolvedRole[]>();
  for (const resolved of roles) {
    const key = `${resolved.role.installation} ${resolved.role.entry.url}`;
    const group = groups.get(key);
    if (group) group.push(resolved);
    else groups.set(key, [resolved]);
  }
  const snippets = [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, [first, ...others]]) => (first ? (resolveSnippet(first, others, scope) ?? []) : []));
  checkPaths(snippets, roles, scope.problems);
  return snippets;
}

function resolveSnippet(
  first: ResolvedRole,
  others: readonly ResolvedRole[],
  scope: Scope,
): Snippet | undefined {
  const installation = scope.installations.get(first.role.installation);
  if (!installation) return undefined;
  const roles = [first, ...others];
  checkFiles(first, others, scope.problems);
  if (others.length > 0) checkShared(roles, first);
  const format = installation.ona === null ? "gitpod.yml" : "automations.yaml";
  for (const resolved of roles) checkTask(resolved, format);
  const { task = defaults.task, after = null, renew = false } = first.entry.settings.snippet;
  const { kind, url } = first.role.entry;
  const commands = new Map(
    roles.map(({ entry: { settings } }) => {
      const { commands: own = [] } = settings.snippet;
      return [JSON.stringify(own), own];
    }),
  );
  return {
    format,
    kind,
    url,
    task,
    after,
    renew,
    installation: installation.name,
    audience: installation.audience,
    file: snippetFile(installation.name, url, format),
    // What several roles have is run once.
    commands: [...commands.values()].flat(),
    logins: loginsOf(roles, first, scope),
  };
}

/** The logins of all roles: no two on one profile, and no variable twice, whose later value would hide the earlier. */
function loginsOf(roles: readonly ResolvedRole[], first: ResolvedRole, scope: Scope): readonly Login[] {
  const profiles = new Map<string, EffectiveEntry>();
  const setBy = new Map<string, ResolvedRole>();
  return roles.map((resolved) => {
    const { role, entry, exports } = resolved;
    const derived = role.account === first.role.account ? "default" : role.account;
    const { profile = derived } = entry.settings.snippet;
    const earlier = profiles.get(profile);
    if (earlier !== undefined)
      entry.settings
        .place("snippet")
        .below("profile")
        .refuse("R08", {
          problem: `two roles of one snippet would log in to the profile ${quote(profile)}`,
          remedy:
            earlier === entry
              ? "leave profile out: the first account then has the profile default, each other one of its own name"
              : `give this entry a profile of its own: snippet: { profile: ${role.name.replace(/[^\w.-]/g, "_")} }`,
        });
    profiles.set(profile, entry);
    return {
      account: role.account,
      roleArn: role.arn,
      profile,
      region: scope.accounts.get(role.account)?.region ?? "",
      durationSeconds: role.sessionDuration,
      exports: exports.filter(({ variable }) => isFirst(variable, resolved, setBy)),
    };
  });
}

/** Whether a role sets a variable: of an entry's accounts the first does. */
function isFirst(variable: string, resolved: ResolvedRole, setBy: Map<string, ResolvedRole>): boolean {
  const earlier = setBy.get(variable);
  if (earlier === undefined) setBy.set(variable, resolved);
  else if (earlier === resolved || earlier.entry !== resolved.entry)
    resolved.entry.settings.place("grants").refuse("R06", {
      problem: `the snippet would set ${variable} more than once`,
      remedy: "choose another name for one of them",
    });
  return earlier === undefined;
}

/** A snippet is one task: what its entries say of it must agree. */
function checkShared(roles: readonly ResolvedRole[], first: ResolvedRole): void {
  for (const key of ["task", "after", "renew"] as const) {
    const values = new Set(roles.map((r) => String(r.entry.settings.snippet[key] ?? defaults[key])));
    if (values.size > 1)
      first.entry.settings
        .place("snippet")
        .below(key)
        .refuse("R08", {
          problem: `entries of ${quote(first.role.entry.url)} differ in snippet.${key}: ${[...values].sort().map(quote).join(", ")}`,
          remedy: `write the same ${key} for all of them: they share one snippet`,
        });
  }
}

function checkTask({ role, entry: { settings } }: ResolvedRole, format: TaskFormat): void {
  const { renew, after } = settings.snippet;
  // AWS CLI and SDKs that log in by themselves ask for an hour, which nobody can change.
  if (renew === true && role.sessionDuration !== renewedSession)
    settings.place("snippet").below("renew").refuse("R08", {
      problem:
        "with renew, AWS CLI and SDKs log in again for one hour at a time, and sessionDuration is another",
      remedy: "leave renew out, or write sessionDuration: 1h",
    });
  // Ona's tasks go by their keys.
  if (after !== undefined && format === "automations.yaml" && !/^[\w-]+$/.test(after))
    settings
      .place("snippet")
      .below("after")
      .refuse("R08", {
        problem: `${quote(after)} cannot stand in dependsOn: on Ona, the name of a task has letters, digits, _ and - alone`,
        remedy: "rename that task",
      });
}

/** One file's entries alone make a snippet: another team's commands would run beside its logins and variables. */
function checkFiles(first: ResolvedRole, others: readonly ResolvedRole[], problems: Problems): void {
  const stranger = others.find((r) => r.role.entry.origin.file !== first.role.entry.origin.file);
  if (stranger === undefined) return;
  const [own, included] = first.role.entry.mainManifest ? [first, stranger] : [stranger, first];
  problems.at(below(included.role.entry.origin, "url")).refuse("R08", {
    problem: `${quote(included.role.entry.url)} has an entry in ${quote(own.role.entry.origin.file)} too, and the two would share a snippet`,
    remedy: "keep all entries of a repository in one file",
  });
}

/** Two snippets at one path, or one where another needs a folder; file systems may not tell case apart. */
function checkPaths(snippets: readonly Snippet[], roles: readonly ResolvedRole[], problems: Problems): void {
  const files = new Map<string, Snippet>();
  const folders = new Map<string, Snippet>();
  for (const snippet of snippets) {
    const file = snippet.file.toLowerCase();
    let clash = files.get(file);
    for (let end = file.indexOf("/"); end >= 0; end = file.indexOf("/", end + 1)) {
      const folder = file.slice(0, end);
      clash ??= files.get(folder);
      folders.set(folder, snippet);
    }
    clash ??= folders.get(file);
    const isLong =
      file.length > longestFileName && file.split("/").some((part) => part.length > longestFileName);
    const entry =
      clash || isLong ? roles.find((r) => r.role.entry.url === snippet.url)?.role.entry : undefined;
    const place = entry && problems.at(below(entry.origin, "url"));
    if (isLong)
      place?.refuse("R03", {
        problem: `a part of ${quote(snippet.url)} is longer than a file name can be, and the snippet is named after it`,
        remedy: "look at the URL: no source control host has names of this length",
      });
    if (clash)
      place?.refuse("R07", {
        problem: `the snippets of ${quote(clash.url)} and ${quote(snippet.url)} would be one file`,
        remedy: "keep one of the two entries",
      });
    files.set(file, snippet);
  }
}
