import { printable, quote } from "../diagnostics";
import type { Context, HostKind } from "../model/accessModel";
import { parseArn } from "../model/names";
import type { Partition } from "../model/partitions";
import type { Condition, OneOrMany, Statement } from "../model/policyDocument";
import { accessLevels, many, type ResolvedGrant } from "../policy";
import { yamlQuote } from "../workspace/render/quoting";
import { knownHosts } from "../subject";
import type { ImportedAccount, ImportedInstallation, ImportedRole, SkippedRole } from "./importRoles";

/** What stands for a region that nothing shows: no region, so that no synth takes it for one. */
export const unknownRegion = "unknown";

/**
 * Imported roles as a manifest: what cannot be said stands in comments. The same roles give the same text.
 * @param regionOf - what is written where an account's region is unknown. @default - {@link unknownRegion}
 */
export function manifestText(
  roles: readonly ImportedRole[],
  skipped: readonly SkippedRole[],
  regionOf: (partition: Partition) => string = () => unknownRegion,
): string {
  const installations = installationNames(roles.map((r) => r.installation));
  const nameOf = (i: ImportedInstallation): string => installations.get(JSON.stringify(i)) ?? "";
  const accounts = new Map(roles.map(({ account }) => [accountName(account), account]));
  const several = { accounts: accounts.size > 1, installations: installations.size > 1 };
  const entries = (kind: "org" | "repo"): readonly string[] => {
    const own = roles.filter((r) => r.trust.entry.kind === kind);
    if (own.length === 0) return [];
    const urls = new Set<string>();
    return [
      ...["", `${kind}s:`],
      ...own.flatMap((role) => [
        ...entryLines(role, nameOf(role.installation), several),
        ...profileLines(role, urls),
      ]),
    ];
  };
  const lines = [
    "version: 1",
    ...block(
      "accounts",
      sorted(accounts).flatMap(([name, account]) => accountLines(name, account, regionOf(account.partition))),
    ),
    ...block(
      "installations",
      [...new Map(roles.map((r) => [nameOf(r.installation), r.installation]))]
        .sort(byKey)
        .flatMap(installationLines),
    ),
    ...hostLines(roles),
    ...entries("org"),
    ...entries("repo"),
    ...skipped.flatMap(({ role, problem }) => [
      "",
      `# No entry for ${roleLabel(role)}: ${printable(problem)}`,
    ]),
  ];
  return `${lines.join("\n")}\n`;
}

/** A role as messages call it. */
export function roleLabel({ name, origin }: ImportedRole["role"]): string {
  return name === null ? `the role of ${quote(origin.file)}` : `role ${quote(name)}`;
}

function block(key: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? ["", `${key}: {}`] : ["", `${key}:`, ...lines];
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function sorted<T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] {
  return [...map].sort(byKey);
}

function accountLines(name: string, account: ImportedAccount, fallback: string): readonly string[] {
  const { id, region, otherRegions } = account;
  const place = `  ${name}:`;
  const comment =
    region === null
      ? "    # No ARN of these roles names a region: write the one where the account's secrets and queues are."
      : otherRegions.length === 0
        ? "    # The region that the ARNs of these roles name."
        : `    # The region that most ARNs of these roles name; others name ${otherRegions.join(", ")}.`;
  return [place, `    id: ${yamlQuote(id)}`, comment, `    region: ${region ?? fallback}`];
}

function installationLines([name, installation]: readonly [string, ImportedInstallation]): readonly string[] {
  const { issuer, audience, claims, formerIssuers } = installation;
  const [, host] = /^https:\/\/api\.([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/idp$/.exec(issuer) ?? [];
  return [
    `  ${name}:`,
    host === undefined ? `    issuer: ${yamlQuote(issuer)}` : `    host: ${yamlQuote(host)}`,
    ...(audience === "sts.amazonaws.com" ? [] : [`    audience: ${yamlQuote(audience)}`]),
    "    # It is there already: existing leaves it alone, import takes it over.",
    "    identityProvider: existing",
    ...(claims === null ? [] : [`    subject: ${flow(claims.keys)}`]),
    ...(claims?.organizationId == null ? [] : [`    organizationId: ${yamlQuote(claims.organizationId)}`]),
    ...(formerIssuers.length === 0
      ? []
      : ["    # Its older issuers, or newer ones: the one above is a guess.", "    formerIssuers:"]),
    ...formerIssuers.map((former) => {
      const pairs = {
        issuer: former.issuer,
        ...(former.organizationId === null ? {} : { organizationId: former.organizationId }),
      };
      const own = Object.entries(pairs).map(([key, value]) => `${key}: ${yamlQuote(value)}`);
      return `      - { ${[...own, "identityProvider: existing"].join(", ")} }`;
    }),
  ];
}

function hostLines(roles: readonly ImportedRole[]): readonly string[] {
  const hosts = new Map<string, HostKind>(
    roles.map(({ trust }) => [trust.entry.host.name, trust.entry.host.kind] as const),
  );
  const own = sorted(hosts).filter(([name]) => !Object.hasOwn(knownHosts, name));
  if (own.length === 0) return [];
  return [
    ...["", "# What kind of host each is cannot be seen: this is what fits the subjects best.", "scmHosts:"],
    ...own.map(([name, kind]) => `  ${yamlQuote(name)}: ${kind}`),
  ];
}

function entryLines(
  imported: ImportedRole,
  installation: string,
  several: { readonly accounts: boolean; readonly installations: boolean },
): readonly string[] {
  const { role, account, trust, permissions, sessionDuration, tags, managedPolicies, notes } = imported;
  const { entry, terms } = trust;
  const optional = (key: string, value: string | null): readonly string[] =>
    value === null ? [] : [`    ${key}: ${value}`];
  const text = (value: string | null): string | null => (value === null ? null : yamlQuote(value));
  return [
    ...notes.map((note) => `  # ${printable(note)}`),
    `  - url: ${yamlQuote(entry.url.url)}`,
    ...optional("installations", several.installations ? `[${installation}]` : null),
    ...optional("accounts", several.accounts ? `[${accountName(account)}]` : null),
    ...optional("name", text(role.name)),
    ...optional("adopt", role.name === null ? null : "true"),
    ...optional("path", text(pathOf(role))),
    ...optional("description", text(role.description)),
    ...optional("tags", Object.keys(tags).length === 0 ? null : flow(tags)),
    ...optional("contexts", contextsText(entry.contexts)),
    ...optional("sessionDuration", sessionDuration === null ? null : `${sessionDuration}s`),
    ...optional("permissionsBoundary", text(role.permissionsBoundary)),
    ...optional("expires", text(terms.expires)),
    ...optional("sourceCidrs", terms.sourceCidrs.length === 0 ? null : flow(terms.sourceCidrs)),
    ...optional("managedPolicies", managedPolicies.length === 0 ? null : flow(managedPolicies)),
    ...list(
      "grants",
      permissions.grants.map((grant) => [grantText(grant, account)]),
    ),
    ...list("statements", permissions.statements.map(statementLines)),
  ];
}

/** A profile for a further role of a repository, whose snippet logs in to all of them. */
function profileLines({ role, trust }: ImportedRole, urls: Set<string>): readonly string[] {
  const before = urls.size;
  const isFirst = urls.add(trust.entry.url.url).size > before;
  return isFirst || role.name === null ? [] : [`    snippet: { profile: ${yamlQuote(role.name)} }`];
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

/** A list, each of whose items is one line or several. */
function list(key: string, items: readonly (readonly string[])[]): readonly string[] {
  if (items.length === 0) return [];
  return [
    `    ${key}:`,
    ...items.flatMap((lines) => lines.map((line, i) => `      ${i === 0 ? "-" : " "} ${line}`)),
  ];
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

function statementLines(statement: Statement): readonly string[] {
  const { Sid, Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const elements = { Sid, Effect, Action, NotAction, Resource, NotResource, Condition };
  return Object.entries(elements).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${flow(value)}`],
  );
}

/** A value on one line, which every YAML parser reads alike. */
function flow(value: Condition | OneOrMany | Readonly<Record<string, OneOrMany>>): string {
  if (typeof value === "string") return yamlQuote(value);
  if (isList(value)) return `[${many(value).map(yamlQuote).join(", ")}]`;
  const pairs = Object.entries<OneOrMany | Readonly<Record<string, OneOrMany>>>(value).map(
    ([key, inner]) => `${yamlQuote(key)}: ${flow(inner)}`,
  );
  return pairs.length === 0 ? "{}" : `{ ${pairs.join(", ")} }`;
}

function isList(value: object): value is readonly string[] {
  return Array.isArray(value);
}

/** The name of an imported account: its id, which is all that is known of it. */
function accountName({ id }: Pick<ImportedAccount, "id">): string {
  return `aws-${id}`;
}

/** A name for each installation, after its host, by its JSON; a second one of a name has a number behind it. */
function installationNames(installations: readonly ImportedInstallation[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const key of [...new Set(installations.map((i) => JSON.stringify(i)))].sort()) {
    const { issuer } = JSON.parse(key) as ImportedInstallation;
    const taken = new Set(names.values());
    const base = nameOfHost(issuer);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
    names.set(key, name);
  }
  return names;
}

/** `acme` of `https://services.acme.gitpod.cloud/idp`. */
function nameOfHost(issuer: string): string {
  const [host = ""] = issuer.replace(/^https:\/\//, "").split("/");
  const [label = ""] = host.replace(/^(api|services)\./, "").split(".");
  const plain = label
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "")
    .replace(/^-+/, "")
    .slice(0, 24);
  return plain === "" || plain === "constructor" ? "gitpod" : plain;
}
