import { printable, quote } from "../diagnostics";
import type { Context, OnaVersion } from "../model/accessModel";
import { onaIssuer } from "../model/issuer";
import { parseArn } from "../model/names";
import type { Partition } from "../model/partitions";
import type { Condition, OneOrMany, Statement } from "../model/policyDocument";
import { accessLevels, type ResolvedGrant } from "../policy";
import { yamlQuote } from "../workspace/render/quoting";
import { knownHosts } from "../subject";
import {
  repositoryOf,
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
    roles.map(({ trust: { entry } }) => [entry.host.name, entry.host.kind] as const),
  );
  const urls = new Set<string>();
  const entries = (kind: "org" | "repo"): Lines =>
    roles
      .filter((role) => role.trust.entry.kind === kind)
      .flatMap((role) => {
        const url = urlOf(role);
        const isFurther = urls.has(url);
        urls.add(url);
        return entryLines(role, { installations, accounts, isFurther });
      });
  const hostLines = sorted(hosts).flatMap(([name, kind]) =>
    Object.hasOwn(knownHosts, name) ? [] : [`  ${yamlQuote(name)}: ${kind}`],
  );
  const guess = ["# What kind of host each is cannot be seen: this is what fits the subjects best."];
  const lines = [
    "version: 1",
    ...block(
      "accounts",
      sorted(accounts).flatMap(([name, account]) => accountLines(name, account, regionOf(account.partition))),
    ),
    ...block("installations", sorted(installations).flatMap(installationLines)),
    ...(hostLines.length === 0 ? [] : block("scmHosts", hostLines, guess)),
    ...(["org", "repo"] as const).flatMap((kind) => {
      const own = entries(kind);
      return own.length === 0 ? [] : block(`${kind}s`, own);
    }),
    ...skipped.flatMap(({ role, problem }) => [
      "",
      `# No entry for ${roleLabel(role)}: ${printable(problem)}`,
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** A role as messages call it. */
function roleLabel({ name, origin }: ImportedRole["role"]): string {
  return name === null ? `the role of ${quote(origin.file)}` : `role ${quote(name)}`;
}

function block(key: string, lines: Lines, comment: Lines = []): Lines {
  return ["", ...comment, ...(lines.length === 0 ? [`${key}: {}`] : [`${key}:`, ...lines])];
}

function sorted<T>(map: Named<T>): readonly (readonly [string, T])[] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The lines of keys that have a value. */
function keyLines(indent: string, pairs: Readonly<Record<string, string | null>>): Lines {
  return Object.entries(pairs).flatMap(([key, value]) =>
    value === null ? [] : [`${indent}${key}: ${value}`],
  );
}

function accountLines(name: string, account: ImportedAccount, fallback: string): Lines {
  const { id, region, otherRegions } = account;
  const others = otherRegions.join(", ");
  const comment =
    region === null
      ? "No ARN of these roles names a region: write the one where the account's secrets and queues are."
      : others === ""
        ? "The region that the ARNs of these roles name."
        : `The region that most ARNs of these roles name; others name ${others}.`;
  return [
    ...[`  ${name}:`, `    id: ${yamlQuote(id)}`, `    # ${comment}`],
    `    region: ${region ?? fallback}`,
  ];
}

function installationLines([name, installation]: readonly [string, ImportedInstallation]): Lines {
  const { issuer, audience, claims, ona, formerIssuers } = installation;
  const [, host = null] = /^https:\/\/api\.([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/idp$/.exec(issuer) ?? [];
  const isDefault = host !== null || (ona !== null && issuer === onaIssuer);
  return [
    `  ${name}:`,
    ...keyLines("    ", {
      kind: ona === null ? null : "ona",
      host: text(host),
      issuer: isDefault ? null : yamlQuote(issuer),
      audience: audience === "sts.amazonaws.com" ? null : yamlQuote(audience),
    }),
    "    # It is there already: existing leaves it alone, import takes it over.",
    "    identityProvider: existing",
    ...keyLines("    ", {
      subject: ona !== null ? onaSubject(ona.versions) : claims === null ? null : flow(claims.keys),
      organizationId: text(ona?.organizationId ?? claims?.organizationId ?? null),
    }),
    ...(formerIssuers.length === 0
      ? []
      : ["    # Its older issuers, or newer ones: the one above is a guess.", "    formerIssuers:"]),
    ...formerIssuers.map((former) => {
      const id =
        former.organizationId === null ? "" : `organizationId: ${yamlQuote(former.organizationId)}, `;
      return `      - { issuer: ${yamlQuote(former.issuer)}, ${id}identityProvider: existing }`;
    }),
  ];
}

/** What an entry's lines depend on besides its role. */
interface Surroundings {
  readonly installations: Named<ImportedInstallation>;
  readonly accounts: Named<ImportedAccount>;
  /** Has the repository an entry already? Its snippet logs in to the roles of both. */
  readonly isFurther: boolean;
}

function entryLines(imported: ImportedRole, { installations, accounts, isFurther }: Surroundings): Lines {
  const { role, account, installation, trust, permissions, sessionDuration, tags, managedPolicies, notes } =
    imported;
  const { entry, terms } = trust;
  const own = JSON.stringify(installation);
  const [on = ""] = [...installations].find(([, other]) => JSON.stringify(other) === own) ?? [];
  const list = (key: string, items: readonly Lines[]): Lines =>
    items.length === 0
      ? []
      : [
          `    ${key}:`,
          ...items.flatMap((lines) => lines.map((line, i) => `      ${i === 0 ? "-" : " "} ${line}`)),
        ];
  return [
    ...notes.map((note) => `  # ${printable(note)}`),
    `  - url: ${yamlQuote(urlOf(imported))}`,
    ...keyLines("    ", {
      project: entry.ona === null ? null : flow(entry.ona.projects),
      installations: installations.size > 1 ? `[${on}]` : null,
      accounts: accounts.size > 1 ? `[${accountName(account)}]` : null,
      name: text(role.name),
      adopt: role.name === null ? null : "true",
      path: text(pathOf(role)),
      description: text(role.description),
      tags: flowIfAny(tags),
      contexts: contextsText(entry.contexts),
      sessionDuration: sessionDuration === null ? null : `${sessionDuration}s`,
      permissionsBoundary: text(role.permissionsBoundary),
      expires: text(terms.expires),
      sourceCidrs: flowIfAny(terms.sourceCidrs),
      managedPolicies: flowIfAny(managedPolicies),
    }),
    ...list(
      "grants",
      permissions.grants.map((grant) => [grantText(grant, account)]),
    ),
    ...list("statements", permissions.statements.map(statementLines)),
    ...(isFurther && role.name !== null ? [`    snippet: { profile: ${yamlQuote(role.name)} }`] : []),
  ];
}

/** The repository: of a role of Ona as its description says it, since no subject does. */
function urlOf({ role, trust: { entry } }: ImportedRole): string {
  return (entry.ona === null ? null : repositoryOf(role)) ?? entry.url.url;
}

/** The versions of Ona's subjects, as `subject` has them; null for the default. */
function onaSubject(versions: readonly OnaVersion[]): string | null {
  if (versions.length > 1) return "both";
  return versions.includes("v3") ? null : "v2";
}

function text(value: string | null): string | null {
  return value === null ? null : yamlQuote(value);
}

/** Null for the default. */
function contextsText(contexts: readonly Context[]): string | null {
  if (contexts.length === 0 || (contexts.length === 1 && contexts[0] === "repository")) return null;
  const texts = contexts.map((c) => (typeof c === "string" ? c : `{ branch: ${yamlQuote(c.branch)} }`));
  return `[${texts.join(", ")}]`;
}

/** Null for the default. Where a role's path is not shown, its ARN has it. */
function pathOf({ path, arn }: ImportedRole["role"]): string | null {
  const [, ofArn] =
    /^role(\/(?:.*\/)?)[^/]+$/s.exec(arn === null ? "" : (parseArn(arn)?.resource ?? "")) ?? [];
  const own = path ?? ofArn ?? "/";
  return own === "/" ? null : own;
}

function grantText({ kind, access, target, arn, kmsKey }: ResolvedGrant, account: ImportedAccount): string {
  const name = kind === "parameter" && target.name.includes("/") ? `/${target.name}` : target.name;
  const pairs = [
    `${kind}: ${yamlQuote(arn ?? name)}`,
    ...(access === accessLevels(kind)[0] ? [] : [`access: ${access}`]),
    ...(arn !== null || target.account === account.id ? [] : [`account: ${yamlQuote(target.account)}`]),
    ...(arn !== null || target.region === (account.region ?? "") ? [] : [`region: ${target.region}`]),
    ...(kmsKey === null ? [] : [`kmsKey: ${yamlQuote(kmsKey.arn)}`]),
  ];
  return `{ ${pairs.join(", ")} }`;
}

function statementLines(statement: Statement): Lines {
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const elements = { Sid, Effect, Action, NotAction, Resource, NotResource, Condition };
  return Object.entries(elements).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${flow(value)}`],
  );
}

type Value = Condition | OneOrMany | Readonly<Record<string, OneOrMany>>;

/** A value on one line, which every YAML parser reads alike. */
function flow(value: Value): string {
  if (typeof value === "string") return yamlQuote(value);
  const items = Object.entries<Value>(value as Readonly<Record<string, Value>>);
  if (Array.isArray(value)) return `[${items.map(([, item]) => flow(item)).join(", ")}]`;
  const pairs = items.map(([key, inner]) => `${yamlQuote(key)}: ${flow(inner)}`);
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function flowIfAny(value: Readonly<Record<string, string>> | readonly string[]): string | null {
  return Object.keys(value).length === 0 ? null : flow(value);
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
    const base = installation.ona === null ? nameOfHost(installation.issuer) : "ona";
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
