import type { Export, Login, Snippet } from "../model/accessModel";
import { shellPieces } from "./quoting";
import { Unquoted } from "./unquoted";

/** What `gp idp login aws` asks for by itself. Older installations do not know its `--audience`. */
const defaultAudience = "sts.amazonaws.com";

/** All that a template sees. Text is {@link Unquoted}; null says "none". */
export interface SnippetContext {
  readonly url: Unquoted;
  readonly installation: Unquoted;
  readonly task: Unquoted;
  readonly audience: Unquoted;
  /** True where the login must name the audience. */
  readonly customAudience: boolean;
  /** True where an export takes one field of a JSON value. */
  readonly hasKeys: boolean;
  readonly hasExports: boolean;
  readonly logins: readonly LoginContext[];
  readonly commands: readonly CommandContext[];
}

/** One login, and what is read with it. */
export interface LoginContext {
  readonly account: Unquoted;
  readonly roleArn: Unquoted;
  readonly profile: Unquoted;
  readonly region: Unquoted;
  readonly durationSeconds: number;
  /** True for the login that the shell of the task itself uses: the `default` profile's, or the only one. */
  readonly main: boolean;
  readonly trusts: readonly Unquoted[];
  readonly exports: readonly ExportContext[];
}

/** One environment variable, and where its value comes from. */
export interface ExportContext {
  readonly variable: Unquoted;
  readonly secret: boolean;
  readonly id: Unquoted;
  readonly region: Unquoted;
  readonly key: Unquoted | null;
}

/** A shell command in pieces that fit on a line each; joined, they are the command. */
export interface CommandContext {
  readonly pieces: readonly Unquoted[];
}

/**
 * What a snippet means, for a template.
 * @throws RangeError for a variable or id that no valid model holds: they would run code or read a local file
 */
export function snippetContext(snippet: Snippet): SnippetContext {
  const exports = snippet.logins.flatMap((login) => login.exports);
  exports.forEach(assertHarmless);
  return {
    url: new Unquoted(snippet.url),
    installation: new Unquoted(snippet.installation),
    task: new Unquoted(snippet.task),
    audience: new Unquoted(snippet.audience),
    customAudience: snippet.audience !== defaultAudience,
    hasKeys: exports.some((e) => e.key !== null),
    hasExports: exports.length > 0,
    logins: snippet.logins.map((login) => loginContext(login, isMain(login, snippet.logins))),
    commands: snippet.commands.map((command) => ({ pieces: shellPieces(command).map(unquoted) })),
  };
}

function isMain(login: Login, all: readonly Login[]): boolean {
  return login.profile === "default" || all.length === 1;
}

function loginContext(login: Login, main: boolean): LoginContext {
  return {
    account: new Unquoted(login.account),
    roleArn: new Unquoted(login.roleArn),
    profile: new Unquoted(login.profile),
    region: new Unquoted(login.region),
    durationSeconds: login.durationSeconds,
    main,
    trusts: login.trusts.map(unquoted),
    exports: login.exports.map(exportContext),
  };
}

function exportContext(source: Export): ExportContext {
  return {
    variable: new Unquoted(source.variable),
    secret: source.source === "secret",
    id: new Unquoted(source.id),
    region: new Unquoted(source.region),
    key: source.key === null ? null : new Unquoted(source.key),
  };
}

function unquoted(text: string): Unquoted {
  return new Unquoted(text);
}

/** The AWS CLI replaces an argument such as `file:///etc/passwd` by what is there; `export` evaluates `a[$(b)]`. */
function assertHarmless(source: Export): void {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(source.variable))
    throw new RangeError("not a variable that a snippet may set");
  if (/^[a-z]+:\/\//i.test(source.id)) throw new RangeError("not an id of a secret or parameter");
}
