import { dump } from "js-yaml";
import { isVisible, nearest, pathText, type Path } from "../diagnostics";
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

/** Where somebody may write a key, as {@link pathText} has it; what they write; and the key that it means. */
type Synonym = readonly [below: RegExp, keys: RegExp, means: string];

const settings = /^((orgs|repos)\[\d+\]|defaults)$/;
const entry = /^(orgs|repos)\[\d+\]$/;
const grant = /(^grantSets\.[^.]+|grants)\[\d+\]$/;
const account = /^accounts\.[^.]+$/;
const installation = /^installations\.[^.]+$/;
const acceptance = /accept\[\d+\]$/;

const synonyms: readonly Synonym[] = Object.freeze<Synonym[]>([
  [settings, /^(session|duration|ttl|session_?length|(max_?)?session_?duration)$/i, "sessionDuration"],
  [entry, /^(repo|repository|org|organi[sz]ation|link|uri|git)$/i, "url"],
  [settings, /^branch(es)?$/i, "contexts"],
  [settings, /^account$/i, "accounts"],
  [settings, /^installation$/i, "installations"],
  [settings, /^(managed_?)?polic(y|ies)(_?arns?)?$/i, "managedPolicies"],
  [settings, /^(source_?)?(cidrs?|ips?|ip_?ranges?)$/i, "sourceCidrs"],
  [settings, new RegExp(`^(permission|${grantKeys.join("|")})s?$`, "i"), "grants"],
  [settings, /^boundary$/i, "permissionsBoundary"],
  [settings, /^(until|expiry|expiration|expires_?(at|on))$/i, "expires"],
  [entry, /^role_?name$/i, "name"],
  [grant, /^(variable|env_?var(iable)?)$/i, "env"],
  [account, /^(aws_?)?account(_?id)?$/i, "id"],
  [/\.backend$/, /^(azurerm|consul|cos|gcs|http|kubernetes|oss|pg)$/, "partial"],
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
  if (cut !== undefined && allowed.includes(cut.key)) return cut;
  const means = synonyms.find(([below, keys]) => below.test(place) && keys.test(key))?.[2];
  if (means !== undefined && allowed.includes(means)) {
    const kind = means === "grants" ? meantKind(key) : undefined;
    const granted = kind === undefined ? value : list(value).map((resource) => ({ [kind]: resource }));
    const written = means === "partial" ? key : granted;
    return named(means, valueMeant(written, [...path, means], root) ?? written);
  }
  if (ownerOf(key, path) !== undefined) return undefined;
  const near = nearest(key, allowed) ?? (grant.test(place) ? meantKind(key) : undefined);
  return near === undefined ? undefined : { key: near, yaml: near };
}

function named(key: string, value: unknown): MeantKey {
  return { key, yaml: pairLine({ [key]: value }) ?? key };
}

/** In a flow map, what follows a comma is a key of its own: `{reason: private, reviewed}`. */
function cutAtComma(key: string, map: unknown): MeantKey | undefined {
  const pairs: readonly (readonly [string, unknown])[] = Object.entries(map ?? {});
  const [before, text] = pairs[pairs.findIndex(([k]) => k === key) - 1] ?? [];
  return before !== undefined && typeof text === "string" ? named(before, `${text}, ${key}`) : undefined;
}

/** Keys of one kind of map; the maps into which somebody writes them by mistake; what the map is, and the remedy. */
type Owner = readonly [keys: { readonly shape: object }, from: RegExp, noun: string, remedy: string];

/** Where keys belong that somebody wrote into another map, often by an indentation that is wrong. */
const owners: readonly Owner[] = Object.freeze<Owner[]>([
  [repoSchema, /^$|^(orgs|repos)\[\d+\].|^defaults./, "an entry of orgs or repos", "indent it like its url"],
  [repoSchema, /^defaults$/, "a single entry", "write it in the entries that it is meant for"],
  [repoSchema, /^orgs\[\d+\]$/, "an entry of repos", "take it out, or make entries in repos"],
  [accountSchema, /^$|^installations\b/, "an account", "move it to its account, under accounts"],
  [installationSchema, /^(?!installations)/, "an installation", "move it there, under installations"],
  [grantSchema, /^$|^(orgs|repos)\[\d+\]$|^defaults$/, "an item of grants", "indent it like its resource"],
  [manifestSchema, /./, "the manifest itself", "write it without indentation"],
]);

/** The kind of map to which a key of the map at `path` belongs, where it is written exactly so. */
export function ownerOf(key: string, path: Path): Owner | undefined {
  return owners.find(([{ shape }, from]) => Object.hasOwn(shape, key) && from.test(pathText(path)));
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
const values: readonly (readonly [at: RegExp, means: MeantValue])[] = Object.freeze<[RegExp, MeantValue][]>([
  [/contexts\[\d+\]$/, meantContext],
  [/contexts$/, (value) => allOf(list(value).map(meantContext))],
  [/^(orgs|repos)\[\d+\]\.url$/, (value) => (typeof value === "string" ? meantUrl(value) : undefined)],
  [/sessionDuration$/, meantDuration],
  [/accounts\[\d+\]$/, (value, root) => nameOf(root, "accounts", ["id"], value)],
  [/installations\[\d+\]$/, (value, root) => nameOf(root, "installations", ["host", "issuer"], value)],
  [
    /(accounts|installations|managedPolicies|sourceCidrs|commands|include)$/,
    (value) => (typeof value === "string" ? [value] : undefined),
  ],
]);

/** What to write instead of a value that is not allowed at `path`; undefined where it cannot be told. */
function valueMeant(value: unknown, path: Path, root: unknown): unknown {
  return values.find(([place]) => place.test(pathText(path)))?.[1](value, root);
}

/** The remedy for a value that is not allowed at `path`; undefined where it cannot be told what was meant. */
export function meantValue(value: unknown, path: Path, root: unknown): string | undefined {
  const meant = valueMeant(value, path, root);
  if (meant === undefined) return undefined;
  const last = path.at(-1);
  const yaml = typeof last === "string" ? pairLine({ [last]: meant }) : yamlLine(meant);
  return yaml === undefined ? undefined : didYouMean(yaml);
}

/** A list of which every item is known; undefined for another, and for an empty one. */
function allOf(items: readonly unknown[]): readonly unknown[] | undefined {
  return items.length === 0 || items.includes(undefined) ? undefined : items;
}

/** The context that a word was meant for, or the branch that it names. */
function meantContext(text: unknown): unknown {
  if (typeof text !== "string") return typeof text === "object" && text !== null ? text : undefined;
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
