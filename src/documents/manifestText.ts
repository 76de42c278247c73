import { Document, isCollection, isPair, visit, type Node, type ScalarTag } from "yaml";
import { printable, quote } from "../diagnostics";
import { onaIssuer } from "../model/issuer";
import type { Partition } from "../model/partitions";
import { fixedLimits } from "../model/quotas";
import type { ResolvedGrant } from "../model/grant";
import { accessLevels } from "../policy";
import { yamlWord } from "../workspace/render/quoting";
import { knownHosts } from "../subject";
import type { ImportedAccount, ImportedRole, SkippedRole } from "./importRoles";
import type { IssuerTrust, RecognisedTrust } from "./importTrust";

/** Keys of a manifest; without a value they are left out. */
type Keys = Readonly<Record<string, unknown>>;

/** Text as every YAML parser reads it, with what nobody sees escaped. */
const textTag: ScalarTag = {
  ...{ tag: "tag:yaml.org,2002:str", default: true, resolve: (text) => text },
  identify: (value) => typeof value === "string",
  stringify: ({ value }) => yamlWord(String(value)),
};

/**
 * Imported roles as a manifest: what cannot be said stands in comments. The same roles give the same text.
 * @param regionOf - what is written where an account's region is unknown. @default - `unknown`, so that no synth takes it for a region
 */
export function manifestText(
  roles: readonly ImportedRole[],
  skipped: readonly SkippedRole[],
  regionOf: (partition: Partition) => string = () => "unknown",
): string {
  const document = new Document({ version: 1 }, { customTags: (tags) => [textTag, ...tags] });
  const node = (value: unknown, comments: readonly string[] = []): Node => {
    const present = (_: unknown, item: unknown) => item ?? undefined;
    const made = document.createNode(value, present, { aliasDuplicateObjects: false });
    made.commentBefore = comments.map((comment) => ` ${printable(comment)}`).join("\n");
    return made;
  };
  const add = (key: string, value: unknown, ...comments: readonly string[]) => {
    const name = Object.assign(node(key, comments), { spaceBefore: true });
    document.add(document.createPair(name, node(value)));
  };
  const accounts = new Map(roles.map(({ account }) => [accountName(account), account]));
  const installations = namedInstallations(roles);
  const hosts = new Map(
    roles
      .map(({ trust }) => trust.entry.host)
      .filter(({ name }) => !Object.hasOwn(knownHosts, name))
      .map(({ name, kind }) => [name, kind]),
  );
  const firsts = new Map(roles.toReversed().map((role) => [role.url, role]));

  add(
    "accounts",
    new Map(
      [...accounts].map(([name, { id, partition, regions }]) => [
        node(name, [regionComment(regions)]),
        { id, region: regions[0] ?? regionOf(partition) },
      ]),
    ),
  );
  add(
    "installations",
    new Map([...installations.values()].map(({ name, keys }) => [name, keys])),
    ...(roles.length === 0
      ? []
      : ["Their identity providers exist already: existing leaves one alone, import takes it over."]),
    ...(roles.every(({ trust }) => trust.formers.length === 0)
      ? []
      : ["Which of the issuers is the newest is a guess."]),
  );
  if (hosts.size > 0)
    add("scmHosts", hosts, "What kind of host each is cannot be seen: this is what fits the subjects best.");
  for (const kind of ["org", "repo"] as const) {
    const own = roles.filter(({ trust }) => trust.entry.kind === kind);
    const entries = own.map((role) => node(entryOf(role, { installations, accounts, firsts }), role.notes));
    if (entries.length > 0) add(`${kind}s`, entries);
  }
  document.comment = skipped
    .map(({ role: { name, origin }, problem }) => {
      const label = name === null ? `the role of ${quote(origin.file)}` : `role ${quote(name)}`;
      return ` No entry for ${label}: ${printable(problem)}`;
    })
    .join("\n\n");
  // What stands behind a key of an account, an installation or an entry, and holds nothing deeper, is one line.
  visit(document, {
    Collection(_, collection, path) {
      const isDeep = collection.items.some((item) => isCollection(isPair(item) ? item.value : item));
      collection.flow = collection.items.length === 0 || (path.length > 5 && isPair(path.at(-1)) && !isDeep);
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

function regionComment([first, ...others]: readonly string[]): string {
  if (first === undefined)
    return "No ARN of these roles names a region: write the one where the account's secrets and queues are.";
  return `The region that the ARNs of these roles name${others.length === 0 ? "" : ` most; others name ${others.join(", ")}`}.`;
}

/** The installation whose tokens a role trusts. */
function installationOf(trust: RecognisedTrust): Keys {
  const { providerName, audience } = trust.terms;
  const { claims, ona } = trust.entry;
  const [, host] = /^api\.([a-z0-9-]+(?:\.[a-z0-9-]+)+)\/idp$/.exec(providerName) ?? [];
  const issuerOf = ({ terms }: IssuerTrust) => `https://${terms.providerName}`;
  const organizationOf = ({ entry }: IssuerTrust) => (entry.ona ?? entry.claims)?.organizationId;
  const organizationId = organizationOf(trust);
  const isDefault = host !== undefined || (ona !== null && issuerOf(trust) === onaIssuer);
  const versions = ona?.versions ?? [];
  return {
    kind: ona === null ? null : "ona",
    host,
    issuer: isDefault ? null : issuerOf(trust),
    audience: audience === "sts.amazonaws.com" ? null : audience,
    identityProvider: "existing",
    subject: versions.length > 1 ? "both" : versions[0] === "v2" ? "v2" : claims?.keys,
    organizationId,
    formerIssuers: unlessEmpty(
      trust.formers.map((former) => {
        const other = organizationOf(former);
        const differs = other === organizationId ? null : other;
        return { issuer: issuerOf(former), organizationId: differs, identityProvider: "existing" };
      }),
    ),
  };
}

/** Each installation with a name after its host; a second one of a name has a number behind it. */
function namedInstallations(roles: readonly ImportedRole[]) {
  const found = new Map<string, { readonly name: string; readonly keys: Keys }>();
  for (const { trust } of roles) {
    const keys = installationOf(trust);
    const id = JSON.stringify(keys);
    if (found.has(id)) continue;
    // `acme` of `services.acme.gitpod.cloud/idp`.
    const [, label = "gitpod"] =
      /^(?:(?:api|services)\.)?([a-z0-9][a-z0-9-]{0,23})/.exec(trust.terms.providerName) ?? [];
    const names = [...found.values()].map(({ name }) => name);
    const base = trust.entry.ona === null ? label : "ona";
    let name = base;
    for (let n = 2; names.includes(name); n++) name = `${base}-${n}`;
    found.set(id, { name, keys });
  }
  return found;
}

interface Among {
  readonly installations: ReturnType<typeof namedInstallations>;
  readonly accounts: ReadonlyMap<string, ImportedAccount>;
  /** The first role of each URL. */
  readonly firsts: ReadonlyMap<string, ImportedRole>;
}

/** An entry, among the others of its manifest. */
function entryOf(imported: ImportedRole, { installations, accounts, firsts }: Among): Keys {
  const { url, role, account, trust, permissions } = imported;
  const { entry, terms } = trust;
  const { maxSessionDuration: seconds } = role;
  const isDefault = entry.contexts.every((context) => context === "repository");
  const installation = installations.get(JSON.stringify(installationOf(trust)));
  const isFurther = firsts.get(url) !== imported;
  return {
    url,
    installations: installations.size > 1 ? [installation?.name] : null,
    accounts: accounts.size > 1 ? [accountName(account)] : null,
    project: entry.ona?.projects,
    name: role.name,
    adopt: role.name === null ? null : true,
    path: (role.path === "/" ? null : role.path) ?? /:role(\/.+\/)/s.exec(role.arn ?? "")?.[1],
    description: role.description,
    tags: unlessEmpty(role.tags),
    contexts: isDefault
      ? null
      : entry.contexts.map((c) => (typeof c === "string" ? c : { branch: c.branch })),
    sessionDuration: seconds === null || seconds === fixedLimits.minRoleSession ? null : `${seconds}s`,
    permissionsBoundary: role.permissionsBoundary,
    expires: terms.expires,
    sourceCidrs: unlessEmpty(terms.sourceCidrs),
    managedPolicies: unlessEmpty([...new Set(role.managedPolicies.map(({ arn }) => arn))].sort()),
    grants: unlessEmpty(permissions.grants.map((grant) => grantOf(grant, account))),
    statements: unlessEmpty(permissions.statements),
    // One snippet logs in to all roles of a repository.
    snippet: isFurther && role.name !== null ? { profile: role.name } : null,
  };
}

function unlessEmpty<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}

function grantOf({ kind, access, target, arn, kmsKey }: ResolvedGrant, account: ImportedAccount): Keys {
  const name = kind === "parameter" && target.name.includes("/") ? `/${target.name}` : target.name;
  const isHere = (value: string, own = "") => arn !== null || value === own;
  return {
    [kind]: arn ?? name,
    access: access === accessLevels(kind)[0] ? null : access,
    account: isHere(target.account, account.id) ? null : target.account,
    region: isHere(target.region, account.regions[0]) ? null : target.region,
    kmsKey: kmsKey?.arn,
  };
}

/** The name of an imported account: its id, which is all that is known of it. */
function accountName({ id }: Pick<ImportedAccount, "id">): string {
  return `aws-${id}`;
}
