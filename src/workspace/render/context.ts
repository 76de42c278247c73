import type { Export, Login, Snippet } from "../../model/accessModel";
import { Unquoted } from "./quoting";

/** What `gp idp login aws` and `ona idp login aws` ask for by themselves. Older installations do not know the flags for anything else. */
const gpDefaults = Object.freeze({ audience: "sts.amazonaws.com", durationSeconds: 3600 });

/** All that a template sees. Text is {@link Unquoted}, but for the commands; null says "none". */
export interface SnippetContext {
  readonly url: Unquoted;
  readonly installation: Unquoted;
  readonly task: Unquoted;
  /** Name of the task that runs before a snapshot, on Ona. */
  readonly snapshotTask: Unquoted;
  readonly after: Unquoted | null;
  readonly renew: boolean;
  readonly audience: Unquoted;
  /** True where the login must name the audience. */
  readonly customAudience: boolean;
  readonly hasExports: boolean;
  readonly logins: readonly LoginContext[];
  /** The ARNs to name where the login fails: a terminal takes a line of no more than 4,095 bytes. */
  readonly namedRoles: readonly Unquoted[];
  /** How many roles there are besides; 0: none. */
  readonly moreRoles: number;
  /** The user's shell code, a line each: it runs as it is. */
  readonly commandLines: readonly string[];
}

/** One login, and what is read with it. */
export interface LoginContext {
  readonly account: Unquoted;
  readonly roleArn: Unquoted;
  readonly profile: Unquoted;
  readonly region: Unquoted;
  readonly durationSeconds: number;
  /** True where the login must name the duration. */
  readonly customDuration: boolean;
  /** True outside of the partition `aws`: the global STS does not know the role. */
  readonly ownSts: boolean;
  readonly exports: readonly ExportContext[];
}

/** One environment variable, and where its value comes from. */
export interface ExportContext {
  readonly variable: Unquoted;
  readonly secret: boolean;
  readonly id: Unquoted;
  readonly region: Unquoted;
  /** A filter of jq that gives one field of a JSON secret, and fails where there is none; null: the whole value. */
  readonly field: Unquoted | null;
}

/** What a snippet means, for a template. */
export function snippetContext(snippet: Snippet): SnippetContext {
  const hasExports = snippet.logins.some((login) => login.exports.length > 0);
  return {
    url: new Unquoted(snippet.url),
    installation: new Unquoted(snippet.installation),
    task: new Unquoted(snippet.task),
    snapshotTask: new Unquoted(`${snippet.task}-snapshot`),
    after: snippet.after === null ? null : new Unquoted(snippet.after),
    renew: snippet.renew,
    audience: new Unquoted(snippet.audience),
    customAudience: snippet.audience !== gpDefaults.audience,
    hasExports,
    logins: snippet.logins.map(loginContext),
    namedRoles: snippet.logins.slice(0, 3).map(({ roleArn }) => new Unquoted(roleArn)),
    moreRoles: Math.max(0, snippet.logins.length - 3),
    commandLines: snippet.commands.flatMap(commandLines),
  };
}

function loginContext(login: Login): LoginContext {
  return {
    account: new Unquoted(login.account),
    roleArn: new Unquoted(login.roleArn),
    profile: new Unquoted(login.profile),
    region: new Unquoted(login.region),
    durationSeconds: login.durationSeconds,
    customDuration: login.durationSeconds !== gpDefaults.durationSeconds,
    ownSts: !login.roleArn.startsWith("arn:aws:"),
    exports: login.exports.map(exportContext),
  };
}

function exportContext({ variable, source, id, region, key }: Export): ExportContext {
  return {
    variable: new Unquoted(variable),
    secret: source === "secret",
    id: new Unquoted(id),
    region: new Unquoted(region),
    field: key === null ? null : new Unquoted(fieldFilter(key)),
  };
}

/** `// empty` would fail too, but jq would not say why. */
function fieldFilter(key: string): string {
  return `.[${JSON.stringify(key)}] // error(${JSON.stringify(`no ${key} in it`)})`;
}

/** Indents a command that is one line. The lines of another may be in quotes, or a here-document. */
function commandLines(command: string): readonly string[] {
  const lines = command.replace(/\n+$/, "").split("\n");
  return lines.length === 1 ? lines.map((line) => `  ${line}`) : lines;
}
