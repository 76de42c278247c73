/** JSON data. */
export type Data = string | number | boolean | null | undefined | readonly Data[] | Tree;
export interface Tree {
  readonly [key: string]: Data;
}

/** A place of a manifest that takes text. `§` stands for the text. */
export interface Field {
  /** What is laid over a plain manifest, see {@link manifestWith}. */
  readonly part: Tree;
  /** Where the model holds the text, as a path of keys; null: nowhere. */
  readonly at: string | null;
  /** What is there. @default "§" */
  readonly becomes?: Data;
}

const role = "accounts.0.roles.0";
const provider = "accounts.0.identityProviders.0";
const statement = `${role}.made.permissionPolicy.Statement.0`;
const exported = "snippets.0.logins.0.exports.0";
const secretArn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:§-AbCdEf";
const policyArn = "arn:aws:iam::aws:policy/§";
const boundAccount = { id: "123456789012", region: "us-east-1" };

const entry = (part: Tree): Tree => ({ repos: [part] });
const grant = (part: Tree): Tree => entry({ grants: [part] });
const raw = (part: Tree): Tree =>
  entry({ statements: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*", ...part }] });
const account = (part: Tree): Tree => ({ accounts: { dev: part } });
const s3 = (part: Tree): Tree =>
  account({ backend: { s3: { bucket: "state", region: "us-east-1", ...part } } });
const cloud = (part: Tree): Tree =>
  account({ backend: { cloud: { organization: "o", workspace: "w", ...part } } });
const acme = (part: Tree): Tree => ({ installations: { acme: part } });

/** Every place of a manifest that takes text, and some that take none, by name. */
export const fields = Object.freeze({
  description: { part: entry({ description: "§" }), at: `${role}.description` },
  "tags key": { part: entry({ tags: { "§": "x" } }), at: `${role}.tags`, becomes: { "§": "x" } },
  "tags value": { part: entry({ tags: { k: "§" } }), at: `${role}.tags.k` },
  name: { part: entry({ name: "§" }), at: `${role}.name` },
  path: { part: entry({ path: "/§/" }), at: `${role}.path`, becomes: "/§/" },
  branch: { part: entry({ contexts: [{ branch: "§" }] }), at: `${role}.entry.contexts.0.branch` },
  sessionDuration: { part: entry({ sessionDuration: "§" }), at: null },
  expires: { part: entry({ expires: "§" }), at: `${role}.expires`, becomes: "§T00:00:00Z" },
  sourceCidrs: { part: entry({ sourceCidrs: ["§"] }), at: `${role}.sourceCidrs.0` },
  permissionsBoundary: {
    part: entry({ permissionsBoundary: policyArn }),
    at: `${role}.permissionsBoundary`,
    becomes: policyArn,
  },
  managedPolicies: {
    part: entry({ managedPolicies: [policyArn] }),
    at: `${role}.managedPolicies.0`,
    becomes: policyArn,
  },
  "accept rule": { part: entry({ accept: [{ rule: "§", reason: "x" }] }), at: `${role}.entry.accept.0.rule` },
  "accept reason": {
    part: entry({ accept: [{ rule: "T50", reason: "§" }] }),
    at: `${role}.entry.accept.0.reason`,
  },
  "accept about": {
    part: entry({ accept: [{ rule: "T50", reason: "x", about: "§" }] }),
    at: `${role}.entry.accept.0.about`,
  },
  url: { part: entry({ url: "§" }), at: `${role}.entry.url` },
  "url of a repository": {
    part: entry({ url: "https://github.com/acme/§" }),
    at: `${role}.entry.url`,
    becomes: "https://github.com/acme/§",
  },

  secret: { part: grant({ secret: "§", env: "SECRET" }), at: `${exported}.id` },
  "secret ARN": { part: grant({ secret: secretArn, env: "ARN" }), at: `${exported}.id`, becomes: secretArn },
  parameter: { part: grant({ parameter: "/§", env: "PARAMETER" }), at: `${exported}.id`, becomes: "/§" },
  s3: { part: grant({ s3: "bucket/§" }), at: `${statement}.Resource`, becomes: "arn:aws:s3:::bucket/§" },
  env: { part: grant({ secret: "s", env: "§" }), at: `${exported}.variable` },
  key: { part: grant({ secret: "json", env: "FIELD", key: "§" }), at: `${exported}.key` },
  "grant account": { part: grant({ secret: "s", account: "§" }), at: null },
  "grant region": { part: grant({ secret: "s", region: "§" }), at: null },
  access: { part: grant({ s3: "bucket/x", access: "§" }), at: null },
  set: { part: { ...grant({ set: "§" }), grantSets: { "§": [{ secret: "s" }] } }, at: null },

  Sid: { part: raw({ Sid: "§" }), at: `${statement}.Sid` },
  Action: { part: raw({ Action: "§" }), at: `${statement}.Action` },
  Resource: {
    part: raw({ Resource: "arn:aws:s3:::b/§" }),
    at: `${statement}.Resource`,
    becomes: "arn:aws:s3:::b/§",
  },
  "Condition operator": {
    part: raw({ Condition: { "§": { "aws:username": "x" } } }),
    at: `${statement}.Condition`,
    becomes: { "§": { "aws:username": "x" } },
  },
  "Condition key": {
    part: raw({ Condition: { StringLike: { "§": "x" } } }),
    at: `${statement}.Condition.StringLike`,
    becomes: { "§": "x" },
  },
  "Condition value": {
    part: raw({ Condition: { StringLike: { "aws:username": "§" } } }),
    at: `${statement}.Condition.StringLike`,
    becomes: { "aws:username": "§" },
  },

  task: { part: entry({ snippet: { task: "§" } }), at: "snippets.0.task" },
  profile: { part: entry({ snippet: { profile: "§" } }), at: "snippets.0.logins.0.profile" },
  commands: { part: entry({ snippet: { commands: ["§"] } }), at: "snippets.0.commands.0" },

  "account name": {
    part: { accounts: { dev: undefined, "§": boundAccount }, ...entry({ accounts: undefined }) },
    at: "accounts.0.name",
  },
  "account id": { part: account({ id: "§" }), at: "accounts.0.id" },
  "account region": { part: account({ region: "§" }), at: "accounts.0.region" },
  "account path": { part: account({ path: "/§/" }), at: `${role}.path`, becomes: "/§/" },
  "account tags key": {
    part: account({ tags: { "§": "x" } }),
    at: `${provider}.tags`,
    becomes: { "§": "x" },
  },
  "account tags value": { part: account({ tags: { k: "§" } }), at: `${provider}.tags.k` },
  deployRole: {
    part: account({ deployRole: "arn:aws:iam::123456789012:role/§" }),
    at: "accounts.0.deployRole",
    becomes: "arn:aws:iam::123456789012:role/§",
  },
  deployProfile: { part: account({ deployProfile: "§" }), at: "accounts.0.deployProfile" },
  "account boundary": {
    part: account({ permissionsBoundary: policyArn }),
    at: `${role}.permissionsBoundary`,
    becomes: policyArn,
  },
  "local path": { part: account({ backend: { local: { path: "§" } } }), at: "accounts.0.backend.path" },
  "s3 bucket": { part: s3({ bucket: "§" }), at: "accounts.0.backend.bucket" },
  "s3 region": { part: s3({ region: "§" }), at: "accounts.0.backend.region" },
  "s3 key": { part: s3({ key: "§" }), at: "accounts.0.backend.key" },
  "s3 kmsKeyId": { part: s3({ kmsKeyId: "§" }), at: "accounts.0.backend.kmsKeyId" },
  "cloud organization": { part: cloud({ organization: "§" }), at: "accounts.0.backend.organization" },
  "cloud workspace": { part: cloud({ workspace: "§" }), at: "accounts.0.backend.workspace" },
  "cloud hostname": { part: cloud({ hostname: "§" }), at: "accounts.0.backend.hostname" },

  "installation name": {
    part: {
      installations: { acme: undefined, "§": { host: "acme.gitpod.cloud" } },
      ...entry({ installations: undefined }),
    },
    at: "installations.0.name",
  },
  host: { part: acme({ host: "§" }), at: "installations.0.issuer", becomes: "https://api.§/idp" },
  issuer: {
    part: acme({ host: undefined, issuer: "https://acme.gitpod.cloud/§" }),
    at: "installations.0.issuer",
    becomes: "https://acme.gitpod.cloud/§",
  },
  audience: { part: acme({ audience: "§" }), at: "installations.0.audience" },

  scmHosts: { part: { scmHosts: { "§": "github" } }, at: null },
  include: { part: { include: ["§"] }, at: null },
  "unknown key": { part: { "§": "x" }, at: null },
} as const satisfies Readonly<Record<string, Field>>);

export type FieldName = keyof typeof fields;

/** A valid manifest as data. */
const plainManifest: Tree = Object.freeze({
  version: 1,
  accounts: { dev: boundAccount },
  installations: { acme: { host: "acme.gitpod.cloud" } },
  repos: [{ url: "https://github.com/acme/app", accounts: ["dev"], installations: ["acme"] }],
});

/** Data with a text in place of each `§`, in keys and values. */
export function filled(data: Data, text: string): Data {
  if (typeof data === "string") return data.replaceAll("§", () => text);
  if (typeof data !== "object" || data === null) return data;
  if (isList(data)) return data.map((item) => filled(item, text));
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key.replaceAll("§", () => text), filled(value, text)]),
  );
}

/** What stands at a path of keys. */
export function standsAt(value: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** The part of a manifest that has `text` in a field. */
export function partWith(name: FieldName, text: string): Tree {
  return filled(fields[name].part, text) as Tree;
}

/** A plain manifest with parts laid over it, as data; see {@link manifestText}. */
export function manifestWith(...parts: readonly Tree[]): Tree {
  return parts.reduce(laidOver, plainManifest);
}

/** The text of a manifest, where whatever is not ASCII is written as an escape: YAML alone decides nothing then. */
export function manifestText(manifest: Tree): string {
  return JSON.stringify(manifest).replace(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Maps are joined, and so are the entries of lists of maps but grants, one by one; other values replace. */
function laidOver(below: Tree, above: Tree): Tree {
  const joined = Object.entries(above).map(([key, value]): [string, Data] => {
    const present = Object.hasOwn(below, key) ? below[key] : undefined;
    if (isTree(present) && isTree(value)) return [key, laidOver(present, value)];
    if (!isList(present) || !isList(value)) return [key, value];
    if (key !== "repos") return [key, [...present, ...value]];
    const [first] = present;
    return [key, value.map((item) => (isTree(first) && isTree(item) ? laidOver(first, item) : item))];
  });
  return Object.fromEntries([...Object.entries(below), ...joined]);
}

function isList(value: Data): value is readonly Data[] {
  return Array.isArray(value);
}

function isTree(value: Data): value is Tree {
  return typeof value === "object" && value !== null && !isList(value);
}
