import { printable, quote } from "../diagnostics";
import type { Context } from "../model/accessModel";
import { onaIssuer } from "../model/issuer";
import type { Partition } from "../model/partitions";
import { fixedLimits } from "../model/quotas";
import { accessLevels, type ResolvedGrant } from "../policy";
import { yamlQuote, yamlWord } from "../workspace/render/quoting";
import { knownHosts } from "../subject";
import {
  isAwsTag,
  type ImportedAccount,
  type ImportedInstallation,
  type ImportedRole,
  type SkippedRole,
} from "./importRoles";

type Lines = readonly string[];

/** What has a name in the manifest, by that. */
type Named<T> = ReadonlyMap<string, T>;

/**
 * Imported roles as a manifest: what cannot be said stands in comments. The same roles give the same text.
 * @param regionOf - what is written where an account's region is unknown. @default - `unknown`, so that no synth takes it for a region
 */
export function manifestText(
  roles: readonly ImportedRole[],
  skipped: readonly SkippedRole[],
  regionOf: (partition: Partition) => string = () => "unknown",
): string {
  const installations = namedInstallations(roles.map((role) => role.installation));
  const accounts = new Map(roles.map(({ account }) => [accountName(account), account]));
  const hosts = new Map<string, string>(
    roles
      .map(({ trust }) => trust.entry.host)
      .filter(({ name }) => !Object.hasOwn(knownHosts, name))
      .map(({ name, kind }) => [name, kind]),
  );
  const firsts = new Map(roles.toReversed().map((role) => [role.url, role]));
  const entries = (kind: "org" | "repo"): Lines =>
    roles
      .filter(({ trust }) => trust.entry.kind === kind)
      .flatMap((role) => entryLines(role, installations, accounts.size > 1, firsts.get(role.url) !== role));
  const lines = [
    "version: 1",
    ...block(
      "accounts",
      sorted(accounts).flatMap(([name, account]) => accountLines(name, account, regionOf(account.partition))),
    ),
    ...block("installations", sorted(installations).flatMap(installationLines)),
    ...(hosts.size === 0
      ? []
      : block(
          "scmHosts",
          sorted(hosts).map(([name, kind]) => `  ${yamlQuote(name)}: ${kind}`),
          ["# What kind of host each is cannot be seen: this is what fits the subjects best."],
        )),
    ...(["org", "repo"] as const).flatMap((kind) => {
      const own = entries(kind);
      return own.length === 0 ? [] : block(`${kind}s`, own);
    }),
    ...skipped.flatMap(({ role: { name, origin }, problem }) => {
      const label = name === null ? `the role of ${quote(origin.file)}` : `role ${quote(name)}`;
      return ["", `# No entry for ${label}: ${printable(problem)}`];
    }),
  ];
  return `${lines.join("\n")}\n`;
}

function block(key: string, lines: Lines, comment: Lines = []): Lines {
  return ["", ...comment, ...(lines.length === 0 ? [`${key}: {}`] : [`${key}:`, ...lines])];
}

function sorted<T>(map: Named<T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** What YAML holds; a key without a value is left out. */
type Value = string | true | readonly Value[] | Pairs;
interface Pairs {
  readonly [key: string]: Value | null | undefined;
}

/** A value on one line, which every YAML parser reads alike. */
function flow(value: Value): string {
  if (typeof value === "string") return yamlWord(value);
  if (value === true) return "true";
  if (isList(value)) return `[${value.map(flow).join(", ")}]`;
  const pairs = pairsOf(value);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

function pairsOf(pairs: Pairs): Lines {
  return Object.entries(pairs).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [`${yamlWord(key)}: ${flow(value)}`],
  );
}

/** The lines of an account's, an installation's or an entry's keys. */
function keyLines(pairs: Pairs): Lines {
  return pairsOf(pairs).map((pair) => `    ${pair}`);
}

/** A list of items of one line or more. */
function listLines(key: string, items: readonly Lines[]): Lines {
  const lines = items.flatMap((item) => item.map((line, i) => `      ${i === 0 ? "-" : " "} ${line}`));
  return lines.length === 0 ? [] : [`    ${key}:`, ...lines];
}

function accountLines(name: string, { id, regions }: ImportedAccount, fallback: string): Lines {
  const [region = fallback, ...others] = regions;
  const comment =
    regions.length === 0
      ? "No ARN of these roles names a region: write the one where the account's secrets and queues are."
      : `The region that the ARNs of these roles name${others.length === 0 ? "" : ` most; others name ${others.join(", ")}`}.`;
  return [`  ${name}:`, ...keyLines({ id }), `    # ${comment}`, ...keyLines({ region })];
}

function installationLines([name, installation]: readonly [string, ImportedInstallation]): Lines {
  const { issuer, audience, isOna, subject, organizationId, formerIssuers } = installation;
  const [, host] = /^https:\/\/api\.([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/idp$/.exec(issuer) ?? [];
  const isDefault = host !== undefined || (isOna && issuer === onaIssuer);
  return [
    `  ${name}:`,
    ...keyLines({
      kind: isOna ? "ona" : null,
      host,
      issuer: isDefault ? null : issuer,
      audience: audience === "sts.amazonaws.com" ? null : audience,
    }),
    "    # It is there already: existing leaves it alone, import takes it over.",
    ...keyLines({ identityProvider: "existing", subject, organizationId }),
    ...(formerIssuers.length === 0
      ? []
      : ["    # Its older issuers, or newer ones: the one above is a guess."]),
    ...listLines(
      "formerIssuers",
      formerIssuers.map((former) => [flow({ ...former, identityProvider: "existing" })]),
    ),
  ];
}

/** @param isFurther - has the repository an entry already? Its snippet logs in to the roles of both */
function entryLines(
  { role, account, installation, url, trust, permissions, notes }: ImportedRole,
  installations: Named<ImportedInstallation>,
  hasAccounts: boolean,
  isFurther: boolean,
): Lines {
  const { entry, terms } = trust;
  const { maxSessionDuration: seconds } = role;
  const own = JSON.stringify(installation);
  const on = [...installations].filter(([, other]) => JSON.stringify(other) === own).map(([name]) => name);
  return [
    ...notes.map((note) => `  # ${printable(note)}`),
    `  - url: ${yamlQuote(url)}`,
    ...keyLines({
      project: entry.ona?.projects,
      installations: installations.size > 1 ? on : null,
      accounts: hasAccounts ? [accountName(account)] : null,
      name: role.name,
      adopt: role.name === null ? null : true,
      path: (role.path === "/" ? null : role.path) ?? /:role(\/.+\/)/s.exec(role.arn ?? "")?.[1],
      description: role.description,
      tags: unlessEmpty(Object.fromEntries(Object.entries(role.tags).filter(([key]) => !isAwsTag(key)))),
      contexts: contextsOf(entry.contexts),
      sessionDuration: seconds === null || seconds === fixedLimits.minRoleSession ? null : `${seconds}s`,
      permissionsBoundary: role.permissionsBoundary,
      expires: terms.expires,
      sourceCidrs: unlessEmpty(terms.sourceCidrs),
      managedPolicies: unlessEmpty([...new Set(role.managedPolicies.map(({ arn }) => arn))].sort()),
    }),
    ...listLines(
      "grants",
      permissions.grants.map((grant) => [grantText(grant, account)]),
    ),
    ...listLines(
      "statements",
      permissions.statements.map((statement) => pairsOf({ ...statement })),
    ),
    ...keyLines({ snippet: isFurther && role.name !== null ? { profile: role.name } : null }),
  ];
}

function unlessEmpty<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}

/** Null for the default. */
function contextsOf(contexts: readonly Context[]): Value | null {
  if (contexts.length === 0 || (contexts.length === 1 && contexts[0] === "repository")) return null;
  return contexts.map((context) => (typeof context === "string" ? context : { branch: context.branch }));
}

function grantText({ kind, access, target, arn, kmsKey }: ResolvedGrant, account: ImportedAccount): string {
  const name = kind === "parameter" && target.name.includes("/") ? `/${target.name}` : target.name;
  const isHere = (value: string, own = "") => arn !== null || value === own;
  return flow({
    [kind]: arn ?? name,
    access: access === accessLevels(kind)[0] ? null : access,
    account: isHere(target.account, account.id) ? null : target.account,
    region: isHere(target.region, account.regions[0]) ? null : target.region,
    kmsKey: kmsKey?.arn,
  });
}

/** The name of an imported account: its id, which is all that is known of it. */
function accountName({ id }: Pick<ImportedAccount, "id">): string {
  return `aws-${id}`;
}

/** Each installation by a name after its host; a second one of a name has a number behind it. */
function namedInstallations(installations: readonly ImportedInstallation[]): Named<ImportedInstallation> {
  const named = new Map<string, ImportedInstallation>();
  const distinct = new Map(installations.map((i) => [JSON.stringify(i), i]));
  for (const [, installation] of sorted(distinct)) {
    const base = installation.isOna ? "ona" : nameOfHost(installation.issuer);
    let name = base;
    for (let n = 2; named.has(name); n++) name = `${base}-${n}`;
    named.set(name, installation);
  }
  return named;
}

/** `acme` of `https://services.acme.gitpod.cloud/idp`. */
function nameOfHost(issuer: string): string {
  const [, label = ""] = /^https:\/\/(?:(?:api|services)\.)?([^./]*)/.exec(issuer) ?? [];
  const plain = label
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "")
    .replace(/^-+/, "")
    .slice(0, 24);
  return plain === "" || plain === "constructor" ? "gitpod" : plain;
}
