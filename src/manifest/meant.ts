import { dump } from "js-yaml";
import type { Path } from "../diagnostics/diagnostic";
import { nearest } from "../diagnostics/nearest";
import { isVisible, pathText } from "../diagnostics/quote";
import { contextWords, repoSchema } from "./entrySchema";
import { accountSchema, installationSchema } from "./accountSchema";
import { grantKeys, grantSchema } from "./grantSchema";
import { manifestSchema } from "./schema";

/** The remedy that offers what was meant, e.g. ``did you mean `sessionDuration: 1h`?``. */
export function didYouMean(yaml: string): string {
  return `did you mean ${/^[\w.-]+$/.test(yaml) ? yaml : `\`${yaml}\``}?`;
}

/** What is to be written instead of an unknown key: the key, and `yaml` with its value where that is short. */
type MeantKey = Readonly<{ key: string; yaml: string }>;

/** Where somebody may write a key, as {@link pathText} has it; what they write; and what that means. */
type Synonym = readonly [
  below: RegExp,
  keys: RegExp,
  means: string | ((value: unknown, key: string) => Readonly<Record<string, unknown>>),
];

const settings = /^((orgs|repos)\[\d+\]|defaults)$/;
const entry = /^(orgs|repos)\[\d+\]$/;
const grant = /(^grantSets\.[^.]+|grants)\[\d+\]$/;
const account = /^accounts\.[^.]+$/;
const installation = /^installations\.[^.]+$/;
const acceptance = /accept\[\d+\]$/;

const synonyms: readonly Synonym[] = Object.freeze<Synonym[]>([
  [
    settings,
    /^(session|duration|ttl|session_?length|(max_?)?session_?duration)$/i,
    (value) => ({ sessionDuration: meantDuration(value) ?? value }),
  ],
  [
    entry,
    /^(repo|repository|org|organi[sz]ation|link|uri|git)$/i,
    (value) => ({ url: (typeof value === "string" && meantUrl(value)) || value }),
  ],
  [
    settings,
    /^branch(es)?$/i,
    (value) => ({ contexts: value === true ? ["branches"] : list(value).map((branch) => ({ branch })) }),
  ],
  [settings, /^accounts?$/i, (value) => ({ accounts: list(value) })],
  [settings, /^installations?$/i, (value) => ({ installations: list(value) })],
  [settings, /^(managed_?)?polic(y|ies)(_?arns?)?$/i, (value) => ({ managedPolicies: list(value) })],
  [settings, /^(source_?)?(cidrs?|ips?|ip_?ranges?)$/i, (value) => ({ sourceCidrs: list(value) })],
  [settings, /^permissions?$/i, "grants"],
  [settings, /^boundary$/i, "permissionsBoundary"],
  [settings, /^(until|expiry|expiration|expires_?(at|on))$/i, "expires"],
  [entry, /^role_?name$/i, "name"],
  [
    settings,
    new RegExp(`^(${grantKeys.join("|")})s?$`, "i"),
    (value, key) => ({ grants: list(value).map((resource) => ({ [meantKind(key) ?? key]: resource })) }),
  ],
  [grant, /^(variable|env_?var(iable)?)$/i, "env"],
  [account, /^(aws_?)?account(_?id)?$/i, "id"],
  [installation, /^(url|iss)$/i, "issuer"],
  [installation, /^aud$/i, "audience"],
  [installation, /^(type|product)$/i, "kind"],
  [entry, /^(ona_?)?projects?(_?ids?)?$/i, "project"],
  [installation, /^org(ani[sz]ation)?_?(id)?$/i, "organizationId"],
  [acceptance, /^(id|code)$/i, "rule"],
  [acceptance, /^(why|because|comment)$/i, "reason"],
]);

/** Nouns of AWS for what kinds of grants name. */
const nouns = Object.freeze({
  ...{ bucket: "s3", table: "dynamodb", queue: "sqs", topic: "sns", function: "lambda", cluster: "eks" },
});

/** The kind of grant that a word begins with: `s3bucket`, `secretName`, `queue`. */
function meantKind(key: string): string | undefined {
  const begins = (word: string) => key.toLowerCase().startsWith(word);
  return grantKeys.find(begins) ?? Object.entries(nouns).find(([noun]) => begins(noun))?.[1];
}

/** What was meant by a key that the map at `path` may not have; undefined where nothing comes near. */
export function meantKey(
  key: string,
  path: Path,
  allowed: readonly string[],
  root: unknown,
): MeantKey | undefined {
  const place = pathText(path);
  const map = valueAt(root, path);
  const value = valueAt(map, [key]);
  const cut = value === null ? cutAtComma(key, map) : undefined;
  const means = cut ? () => cut : synonyms.find(([at, keys]) => at.test(place) && keys.test(key))?.[2];
  if (means !== undefined) {
    const meant = named(typeof means === "string" ? { [means]: value } : means(value, key));
    if (allowed.includes(meant.key)) return meant;
  }
  if (ownerOf(key, path) !== undefined) return undefined;
  const near = nearest(key, allowed) ?? (grant.test(place) ? meantKind(key) : undefined);
  return near === undefined ? undefined : { key: near, yaml: near };
}

function named(pair: Readonly<Record<string, unknown>>): MeantKey {
  const key = Object.keys(pair)[0] ?? "";
  return { key, yaml: pairLine(pair) ?? key };
}

/** In a flow map, what follows a comma is a key of its own: `{reason: private, reviewed}`. */
function cutAtComma(key: string, map: unknown): Readonly<Record<string, unknown>> | undefined {
  const pairs: readonly (readonly [string, unknown])[] = Object.entries(map ?? {});
  const [before, text] = pairs[pairs.findIndex(([k]) => k === key) - 1] ?? [];
  if (before === undefined || typeof text !== "string") return undefined;
  return { [before]: `${text}, ${key}` };
}

/** The kind of map that a key belongs to. */
interface Owner {
  readonly keys: ReadonlySet<string>;
  /** The maps into which somebody writes them by mistake. */
  readonly from: RegExp;
  readonly noun: string;
  readonly remedy: string;
}

const keysOf = ({ shape }: { readonly shape: object }): ReadonlySet<string> => new Set(Object.keys(shape));
const inList = (noun: string, key: string) => ({
  ...{ noun, remedy: `move it to the ${noun.replace(/^an? /, "")} that it is meant for, under ${key}` },
});

/** Where keys belong that somebody wrote into another map, often by an indentation that is wrong. */
const owners: readonly Owner[] = Object.freeze([
  {
    ...{ keys: keysOf(repoSchema), from: /^$|^(orgs|repos)\[\d+\].|^defaults./ },
    ...{ noun: "an entry of orgs or repos", remedy: "indent it as far as the url of its entry" },
  },
  { keys: keysOf(accountSchema), from: /^$|^installations\b/, ...inList("an account", "accounts") },
  {
    keys: keysOf(installationSchema),
    from: /^(?!installations)/,
    ...inList("an installation", "installations"),
  },
  {
    ...{ keys: keysOf(grantSchema), from: /^$|^(orgs|repos)\[\d+\]$|^defaults$/ },
    ...{ noun: "an item of grants", remedy: "indent it as far as the first key of its item, e.g. secret" },
  },
  {
    ...{ keys: keysOf(manifestSchema), from: /./ },
    ...{ noun: "the manifest itself", remedy: "write it without indentation" },
  },
]);

/** The kind of map to which a key of the map at `path` belongs, where it is written exactly so. */
export function ownerOf(key: string, path: Path): Owner | undefined {
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
  [/(openSignup|adopt|exclusive|requireBoundary|useLockfile|renew)$/, meantFlag],
  [
    /(accounts|installations|managedPolicies|sourceCidrs|commands|include)$/,
    (value) => (typeof value === "string" ? [value] : undefined),
  ],
]);

/** The remedy for a value that is not allowed at `path`; undefined where it cannot be told what was meant. */
export function meantValue(value: unknown, path: Path, root: unknown): string | undefined {
  const means = values.find(([place]) => place.test(pathText(path)))?.[1];
  const meant = means?.(value, root);
  if (meant === undefined) return undefined;
  const last = path.at(-1);
  const yaml = typeof last === "string" ? pairLine({ [last]: meant }) : yamlLine(meant);
  return yaml === undefined ? undefined : didYouMean(yaml);
}

function meantFlag(value: unknown): boolean | undefined {
  if (/^(yes|on|y|true)$/i.test(String(value))) return true;
  return /^(no|off|n|false)$/i.test(String(value)) ? false : undefined;
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

const units = Object.freeze([
  ["h", 3600],
  ["m", 60],
  ["s", 1],
] as const);

/** A duration as the manifest has it, of seconds and of a number with a unit: `3600` is `1h`, `30 minutes` is `30m`. */
function meantDuration(value: unknown): string | undefined {
  const [, digits = "", unit = "s"] =
    /^(\d{1,5}) *(?:([smh])(?:ec|in|r|ours?|inutes?|econds?)?s?)?$/i.exec(String(value)) ?? [];
  const seconds = Number(digits) * (units.find(([u]) => u === unit.toLowerCase())?.[1] ?? 0);
  const [largest, size] = units.find(([, s]) => seconds % s === 0) ?? units[2];
  return seconds === 0 ? undefined : `${seconds / size}${largest}`;
}

/** How people write a repository: as git clones it, without scheme, or by its path on GitHub alone. */
const addresses: readonly RegExp[] = Object.freeze([
  /^(?:ssh|git|https?):\/\/(?:[^@/]+@)?(?<host>[\w.-]+)(?::\d+)?\/(?<path>[\w.~/-]+)$/i,
  /^[\w-]+@(?<host>[\w.-]+):(?<path>[\w.~/-]+)$/,
  /^(?<host>[\w-]+(?:\.[\w-]+)+)\/(?<path>[\w.~/-]+)$/,
  /^(?<path>[\w-]+\/[\w.-]+)$/,
]);

/** The https URL of a repository that is written in another way; undefined for what looks like none. */
export function meantUrl(text: string): string | undefined {
  const found = addresses.map((pattern) => pattern.exec(text)?.groups).find((groups) => groups !== undefined);
  const { host = "github.com", path } = found ?? {};
  return path && `https://${host.toLowerCase()}/${path.replace(/(\.git)?\/*$/, "")}`;
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
