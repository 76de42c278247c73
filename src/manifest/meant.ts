import { dump } from "js-yaml";
import type { Path } from "../diagnostics/diagnostic";
import { nearest } from "../diagnostics/nearest";
import { isVisible, pathText } from "../diagnostics/quote";
import type { ExaminedFile } from "./examinedFile";
import { contextWords, repoSchema } from "./entrySchema";
import { accountSchema, installationSchema } from "./accountSchema";
import { grantKeys, grantSchema } from "./grantSchema";
import { manifestSchema } from "./schema";

/*
 * What somebody meant who wrote a key or a value that is not allowed: tables of the words that people bring along
 * from git, from AWS and from other tools.
 */

/** The remedy that offers what was meant, e.g. ``did you mean `sessionDuration: 1h`?``. */
export function didYouMean(yaml: string): string {
  return `did you mean ${/^[\w.-]+$/.test(yaml) ? yaml : `\`${yaml}\``}?`;
}

/** What is to be written instead of an unknown key. */
export interface MeantKey {
  readonly key: string;
  /** The key, with its value where that is short. */
  readonly yaml: string;
}

interface Synonym {
  /** Where somebody may write it, as {@link pathText} has it. */
  readonly below: RegExp;
  readonly keys: RegExp;
  readonly means: (value: unknown, key: string) => Readonly<Record<string, unknown>>;
}

const settings = /^((orgs|repos)\[\d+\]|defaults)$/;
const entry = /^(orgs|repos)\[\d+\]$/;
const grant = /(^grantSets\.[^.]+|grants)\[\d+\]$/;
const account = /^accounts\.[^.]+$/;
const installation = /^installations\.[^.]+$/;
const acceptance = /accept\[\d+\]$/;

const renamed = (below: RegExp, keys: RegExp, key: string): Synonym => ({
  ...{ below, keys, means: (value) => ({ [key]: value }) },
});
const listed = (below: RegExp, keys: RegExp, key: string): Synonym => ({
  ...{ below, keys, means: (value) => ({ [key]: list(value) }) },
});

const synonyms: readonly Synonym[] = Object.freeze([
  {
    below: settings,
    keys: /^(session|duration|ttl|session_?length|(max_?)?session_?duration)$/i,
    means: (value) => ({ sessionDuration: meantDuration(value) ?? value }),
  },
  {
    below: entry,
    keys: /^(repo|repository|org|organi[sz]ation|link|uri|git)$/i,
    means: (value) => ({ url: (typeof value === "string" && meantUrl(value)) || value }),
  },
  {
    below: settings,
    keys: /^branch(es)?$/i,
    means: (value) => ({
      contexts: value === true ? ["branches"] : list(value).map((branch) => ({ branch })),
    }),
  },
  listed(settings, /^accounts?$/i, "accounts"),
  listed(settings, /^installations?$/i, "installations"),
  listed(settings, /^(managed_?)?polic(y|ies)(_?arns?)?$/i, "managedPolicies"),
  listed(settings, /^(source_?)?(cidrs?|ips?|ip_?ranges?)$/i, "sourceCidrs"),
  renamed(settings, /^permissions?$/i, "grants"),
  renamed(settings, /^boundary$/i, "permissionsBoundary"),
  renamed(settings, /^(until|expiry|expiration|expires_?(at|on))$/i, "expires"),
  renamed(entry, /^role_?name$/i, "name"),
  {
    below: settings,
    keys: new RegExp(`^(${grantKeys.join("|")})s?$`, "i"),
    means: (value, key) => {
      const kind = grantKeys.find((k) => new RegExp(`^${k}s?$`, "i").test(key)) ?? key;
      return { grants: list(value).map((resource) => ({ [kind]: resource })) };
    },
  },
  renamed(grant, /^(variable|env_?var(iable)?)$/i, "env"),
  renamed(account, /^(aws_?)?account(_?id)?$/i, "id"),
  renamed(installation, /^(url|iss)$/i, "issuer"),
  renamed(installation, /^aud$/i, "audience"),
  renamed(installation, /^(type|product)$/i, "kind"),
  renamed(entry, /^(ona_?)?projects?(_?ids?)?$/i, "project"),
  renamed(installation, /^org(ani[sz]ation)?_?(id)?$/i, "organizationId"),
  renamed(acceptance, /^(id|code)$/i, "rule"),
  renamed(acceptance, /^(why|because|comment)$/i, "reason"),
]);

/** What was meant by a key that the map at `path` may not have; undefined where nothing comes near. */
export function meantKey(
  key: string,
  path: Path,
  allowed: readonly string[],
  { value: root }: Pick<ExaminedFile, "value">,
): MeantKey | undefined {
  const map = valueAt(root, path);
  const value = valueAt(map, [key]);
  const cut = value === null ? cutAtComma(key, map) : undefined;
  if (cut !== undefined) return named(cut);
  const same = allowed.find((word) => plainWord(word) === plainWord(key));
  const synonym = synonyms.find(({ below, keys }) => below.test(pathText(path)) && keys.test(key));
  if (synonym !== undefined) {
    const meant = named(synonym.means(value, key));
    if (allowed.includes(meant.key)) return meant;
  }
  const near = same ?? (ownerOf(key, path) === undefined ? nearest(key, allowed) : undefined);
  return near === undefined ? undefined : { key: near, yaml: near };
}

function named(pair: Readonly<Record<string, unknown>>): MeantKey {
  const key = Object.keys(pair)[0] ?? "";
  return { key, yaml: pairLine(pair) ?? key };
}

/** In a flow map, what follows a comma is a key of its own: `{reason: private, reviewed}`. */
function cutAtComma(key: string, map: unknown): Readonly<Record<string, unknown>> | undefined {
  const pairs: readonly (readonly [string, unknown])[] = Object.entries(map ?? {});
  const index = pairs.findIndex(([k]) => k === key);
  const [before, text] = pairs[index - 1] ?? [];
  if (before === undefined || typeof text !== "string") return undefined;
  return { [before]: `${text}, ${key}` };
}

function plainWord(key: string): string {
  return key.toLowerCase().replace(/[-_]/g, "").replace(/s$/, "");
}

/** Where keys belong that somebody wrote into another map, often by an indentation that is wrong. */
const owners: readonly {
  readonly keys: ReadonlySet<string>;
  /** The maps into which somebody writes them by mistake. */
  readonly from: RegExp;
  readonly noun: string;
  readonly remedy: string;
}[] = Object.freeze([
  {
    keys: new Set(Object.keys(repoSchema.shape)),
    from: /^$|^(orgs|repos)\[\d+\].|^defaults./,
    noun: "an entry of orgs or repos",
    remedy: "indent it as far as the url of its entry",
  },
  {
    keys: new Set(Object.keys(accountSchema.shape)),
    from: /^$|^installations\b/,
    noun: "an account",
    remedy: "move it to the account that it is meant for, under accounts",
  },
  {
    keys: new Set(Object.keys(installationSchema.shape)),
    from: /^(?!installations)/,
    noun: "an installation",
    remedy: "move it to the installation that it is meant for, under installations",
  },
  {
    keys: new Set<string>(Object.keys(grantSchema.shape)),
    from: /^$|^(orgs|repos)\[\d+\]$|^defaults$/,
    noun: "an item of grants",
    remedy: "indent it as far as the first key of its item, e.g. secret",
  },
  {
    keys: new Set(Object.keys(manifestSchema.shape)),
    from: /./,
    noun: "the manifest itself",
    remedy: "write it without indentation",
  },
]);

/** The kind of map to which a key of the map at `path` belongs, where it is written exactly so. */
export function ownerOf(key: string, path: Path): (typeof owners)[number] | undefined {
  return owners.find(({ keys, from }) => keys.has(key) && from.test(pathText(path)));
}

/** Words for contexts that people know from git and from their host. */
const contextSynonyms: readonly (readonly [RegExp, (typeof contextWords)[number]])[] = Object.freeze([
  [/^(pulls?|prs?|merge[-_ ]?requests?|mrs?)$/i, "pull-requests"],
  [/^(repo|default|root)$/i, "repository"],
  [/^(heads?|any[-_ ]?branch)$/i, "branches"],
  [/^releases?$/i, "tags"],
  [/^(\*|any|everything)$/i, "all"],
]);

type MeantValue = (value: unknown, root: unknown) => unknown;

/** What to write for values that are not allowed where a path matches; undefined where it cannot be told. */
const values: readonly (readonly [at: RegExp, means: MeantValue])[] = Object.freeze([
  [/contexts\[\d+\]$/, (value) => (typeof value === "string" ? meantContext(value) : undefined)],
  [/contexts$/, (value) => (typeof value === "string" ? [meantContext(value) ?? value] : undefined)],
  [/sessionDuration$/, meantDuration],
  [/accounts\[\d+\]$/, (value, root) => nameOf(root, "accounts", ["id"], value)],
  [/installations\[\d+\]$/, (value, root) => nameOf(root, "installations", ["host", "issuer"], value)],
  [/^installations\.[^.]+\.host$/, (value) => /^https?:\/\/([a-z0-9.-]+)\/?$/.exec(String(value))?.[1]],
  [
    /(openSignup|adopt|exclusive|requireBoundary|useLockfile)$/,
    (value) => truth.get(String(value).toLowerCase()),
  ],
  [
    /(accounts|installations|contexts|managedPolicies|sourceCidrs|commands|include)$/,
    (value) => (typeof value === "string" ? [value] : undefined),
  ],
]);

const truth: ReadonlyMap<string, boolean> = new Map([
  ...["yes", "on", "y", "true"].map((word) => [word, true] as const),
  ...["no", "off", "n", "false"].map((word) => [word, false] as const),
]);

/** The remedy for a value that is not allowed at `path`; undefined where it cannot be told what was meant. */
export function meantValue(
  value: unknown,
  path: Path,
  { value: root }: Pick<ExaminedFile, "value">,
): string | undefined {
  const means = values.find(([place]) => place.test(pathText(path)))?.[1];
  const meant = means?.(value, root);
  if (meant === undefined) return undefined;
  const last = path.at(-1);
  const yaml = typeof last === "string" ? pairLine({ [last]: meant }) : yamlLine(meant);
  return yaml === undefined ? undefined : didYouMean(yaml);
}

/** The context that a word was meant for, or the branch that it names. */
function meantContext(text: string): unknown {
  const word = contextSynonyms.find(([words]) => words.test(text))?.[1] ?? nearest(text, contextWords);
  if (word !== undefined) return word;
  const branch = /^(?:branch *[:=] *)?([^\s:~^?*[\\]+)$/.exec(text)?.[1];
  return branch === undefined ? undefined : { branch };
}

/** The name of the account or installation that has a value for one of its keys. */
function nameOf(root: unknown, list: string, keys: readonly string[], value: unknown): string | undefined {
  const written = typeof value === "number" ? String(value).padStart(12, "0") : value;
  const items: readonly (readonly [string, unknown])[] = Object.entries(valueAt(root, [list]) ?? {});
  return items.find(([, item]) => keys.some((key) => valueAt(item, [key]) === written))?.[0];
}

const units: Readonly<Record<string, number>> = Object.freeze({ s: 1, m: 60, h: 3600 });

/** A duration as the manifest has it, of seconds and of a number with a unit: `3600` is `1h`, `30 minutes` is `30m`. */
function meantDuration(value: unknown): string | undefined {
  const [, digits = "", unit = "s"] =
    /^(\d{1,5}) *(?:([smh])(?:ec|in|r|ours?|inutes?|econds?)?s?)?$/i.exec(String(value)) ?? [];
  const seconds = Number(digits) * (units[unit.toLowerCase()] ?? 0);
  if (seconds === 0) return undefined;
  const largest = (["h", "m", "s"] as const).find((u) => seconds % (units[u] ?? 1) === 0) ?? "s";
  return `${seconds / (units[largest] ?? 1)}${largest}`;
}

/** How people write a repository: as git clones it, without scheme, or by its path on GitHub alone. */
const addresses: readonly (readonly [RegExp, (host: string, path: string) => string])[] = Object.freeze([
  [/^(?:ssh|git|https?):\/\/(?:[^@/]+@)?([\w.-]+)(?::\d+)?\/([\w.~/-]+)$/i, address],
  [/^[\w-]+@([\w.-]+):([\w.~/-]+)$/, address],
  [/^([\w-]+(?:\.[\w-]+)+)\/([\w.~/-]+)$/, address],
  [/^([\w-]+)\/([\w.-]+)$/, (owner, name) => address("github.com", `${owner}/${name}`)],
]);

function address(host: string, path: string): string {
  return `https://${host.toLowerCase()}/${path.replace(/(\.git)?\/*$/, "")}`;
}

/** The https URL of a repository that is written in another way; undefined for what looks like none. */
export function meantUrl(text: string): string | undefined {
  for (const [pattern, write] of addresses) {
    const [, host, path] = pattern.exec(text) ?? [];
    if (host !== undefined && path !== undefined) return write(host, path);
  }
  return undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

/** A value as YAML of one short line; undefined for what is long, or holds what nobody sees. */
function yamlLine(value: unknown): string | undefined {
  if (!isSmall(value, 4)) return undefined;
  const yaml = dump(value, { flowLevel: 0, lineWidth: -1 }).trimEnd();
  return isVisible(yaml) && yaml.length <= 120 ? yaml : undefined;
}

/** A key and its value, quoted so that they can stand in a flow map too. */
function pairLine(pair: Readonly<Record<string, unknown>>): string | undefined {
  return yamlLine(pair)?.slice(1, -1);
}

function isSmall(value: unknown, depth: number): boolean {
  if (typeof value !== "object" || value === null) return String(value).length <= 100;
  const inner: readonly unknown[] = Object.values(value);
  return depth > 0 && inner.length <= 5 && inner.every((v) => isSmall(v, depth - 1));
}

/** The value at a path, of own keys only. */
export function valueAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const segment of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, segment)) return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[segment];
  }
  return found;
}
