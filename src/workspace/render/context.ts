import type { Export, Login, Snippet } from "../../model/accessModel";
import { Unquoted } from "./quoting";

/** What `gp idp login aws` and `ona idp login aws` ask for by themselves. Older installations do not know the flags for anything else. */
const gpDefaults = Object.freeze({ audience: "sts.amazonaws.com", durationSeconds: 3600 });

/** All that a template sees of a snippet. Text is {@link Unquoted}, but for the commands; null says "none". */
export function snippetContext({ logins, task, after, audience, ...snippet }: Snippet) {
  return {
    url: new Unquoted(snippet.url),
    installation: new Unquoted(snippet.installation),
    task: new Unquoted(task),
    /** Name of the task that runs before a snapshot, on Ona. */
    snapshotTask: new Unquoted(`${task}-snapshot`),
    after: after === null ? null : new Unquoted(after),
    renew: snippet.renew,
    audience: new Unquoted(audience),
    /** True where the login must name the audience. */
    customAudience: audience !== gpDefaults.audience,
    hasExports: logins.some(({ exports }) => exports.length > 0),
    logins: logins.map(loginContext),
    /** The ARNs to name where the login fails: a terminal takes a line of no more than 4,095 bytes. */
    namedRoles: logins.slice(0, 3).map(({ roleArn }) => new Unquoted(roleArn)),
    /** How many roles there are besides; 0: none. */
    moreRoles: Math.max(0, logins.length - 3),
    /** The user's shell code, a line each: it runs as it is. */
    commandLines: snippet.commands.flatMap(commandLines),
  };
}

/** One login, and what is read with it. */
function loginContext({ account, roleArn, profile, region, durationSeconds, exports }: Login) {
  return {
    account: new Unquoted(account),
    roleArn: new Unquoted(roleArn),
    profile: new Unquoted(profile),
    region: new Unquoted(region),
    durationSeconds,
    /** True where the login must name the duration. */
    customDuration: durationSeconds !== gpDefaults.durationSeconds,
    /** True outside of the partition `aws`: the global STS does not know the role. */
    ownSts: !roleArn.startsWith("arn:aws:"),
    exports: exports.map(exportContext),
  };
}

/** One environment variable, and where its value comes from. */
function exportContext({ variable, source, id, region, key }: Export) {
  return {
    variable: new Unquoted(variable),
    secret: source === "secret",
    id: new Unquoted(id),
    region: new Unquoted(region),
    /** A filter of jq that gives one field of a JSON secret, and fails where there is none; null: the whole value. */
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
