import { quote, type Origin } from "../diagnostics";
import type { ManifestGrant } from "../manifest";
import type { Export, ForeignResource } from "../model/accessModel";
import { parseArn } from "../model/names";
import { partitionOf } from "../model/partitions";
import {
  fillTemplate,
  grantNameProblem,
  grantTable,
  type AccessLevel,
  type GrantKind,
  type GrantTarget,
  type ResolvedGrant,
} from "../policy";
import type { AccountSettings } from "./accounts";
import type { EffectiveEntry, Scope } from "./entries";
import { envProblem } from "./env";
import { below, type Problems } from "./problems";

/** What an entry's grants come to in one account. */
export interface ResolvedGrants {
  readonly grants: readonly ResolvedGrant[];
  readonly exports: readonly Export[];
  readonly foreignResources: readonly ForeignResource[];
}

/** A grant where it is written, grant sets opened. */
interface WrittenGrant {
  readonly grant: ManifestGrant;
  readonly origin: Origin;
}

/** Resolves an entry's grants in one account. */
export function resolveGrants(entry: EffectiveEntry, account: AccountSettings, scope: Scope): ResolvedGrants {
  const grants: ResolvedGrant[] = [];
  const exports: Export[] = [];
  const foreignResources: ForeignResource[] = [];
  for (const written of openSets(entry, scope)) {
    const resolved = resolveGrant(written, account, scope);
    if (!resolved) continue;
    grants.push(resolved.grant);
    if (resolved.foreign !== null) foreignResources.push({ arn: resolved.foreign, origin: written.origin });
    const exported = resolveExport(written, resolved, account, scope.problems);
    if (exported) exports.push(exported);
  }
  exports.sort((a, b) => (a.variable < b.variable ? -1 : 1));
  foreignResources.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  return { grants, exports, foreignResources };
}

function openSets(entry: EffectiveEntry, scope: Scope): readonly WrittenGrant[] {
  const origin = entry.settings.origin("grants");
  const sets = scope.manifest.grantSets ?? {};
  return (entry.settings.grants ?? []).flatMap((grant, i): readonly WrittenGrant[] => {
    const at = below(origin, i);
    if (grant.set === undefined) return [{ grant, origin: at }];
    if (Object.keys(grant).length > 1) {
      scope.problems.add("R08", at, "a set takes no options: its grants have their own", "write set alone");
      return [];
    }
    const set = Object.hasOwn(sets, grant.set) ? sets[grant.set] : undefined;
    if (!set) {
      scope.problems.unknownName(below(at, "set"), "grant set", grant.set, Object.keys(sets).sort());
      return [];
    }
    const setOrigin: Origin = { file: scope.file, path: ["grantSets", grant.set] };
    return set.flatMap((member, j) => {
      const memberAt = below(setOrigin, j);
      if (member.set === undefined) return [{ grant: member, origin: memberAt }];
      scope.problems.add(
        "R08",
        memberAt,
        "a grant set cannot hold a set",
        "write the other set's grants here",
      );
      return [];
    });
  });
}

interface Resolved {
  readonly kind: GrantKind;
  readonly grant: ResolvedGrant;
  readonly foreign: string | null;
}

function resolveGrant(written: WrittenGrant, account: AccountSettings, scope: Scope): Resolved | null {
  const { grant, origin } = written;
  const kind = (Object.keys(grantTable) as GrantKind[]).find((k) => grant[k] !== undefined);
  const text = kind && grant[kind];
  if (kind === undefined || text === undefined) return null;
  const target = text.startsWith("arn:")
    ? targetOfArn(kind, text, written, account, scope.problems)
    : targetOfName(kind, text, written, account, scope);
  if (!target) return null;
  const trouble = grantNameProblem(kind, target.name);
  if (trouble !== null) {
    const at = below(origin, kind);
    scope.problems.add("M04", at, `${quote(text)} cannot be granted: ${trouble.problem}`, trouble.remedy);
    return null;
  }
  const access = resolveAccess(kind, grant.access, below(origin, "access"), scope.problems);
  if (access === null) return null;
  const [part] = grantTable[kind].access[access] ?? [];
  const arn = text.startsWith("arn:") ? text : null;
  const foreign =
    target.account !== account.id && part !== undefined ? (arn ?? fillTemplate(part.resource, target)) : null;
  return { kind, grant: { kind, access, target, arn }, foreign };
}

function resolveAccess(
  kind: GrantKind,
  access: AccessLevel | undefined,
  origin: Origin,
  problems: Problems,
): AccessLevel | null {
  const levels = Object.keys(grantTable[kind].access) as AccessLevel[];
  if (access === undefined) return levels[0] ?? null;
  if (levels.includes(access)) return access;
  problems.add(
    "R08",
    origin,
    `${kind} has no access ${quote(access)}; it has ${levels.join(", ")}`,
    "name one of these",
  );
  return null;
}

function targetOfName(
  kind: GrantKind,
  text: string,
  written: WrittenGrant,
  account: AccountSettings,
  scope: Scope,
): GrantTarget | null {
  const { grant, origin } = written;
  const region = grant.region ?? account.region;
  if (partitionOf(region) !== account.partition) {
    scope.problems.add(
      "M04",
      below(origin, "region"),
      `${quote(region)} is no region of the partition ${account.partition}`,
      "leave region out, or name the one where the resource is",
    );
    return null;
  }
  if (kind === "s3" && grant.region !== undefined) {
    scope.problems.add(
      "R08",
      below(origin, "region"),
      "a bucket's ARN has no region",
      "leave region out",
      "key",
    );
    return null;
  }
  let accountId = account.id;
  if (grant.account !== undefined) {
    const named = scope.accounts.get(grant.account);
    if (!named && !/^[0-9]{12}$/.test(grant.account)) {
      scope.problems.unknownName(below(origin, "account"), "account", grant.account, [
        ...scope.accounts.keys(),
      ]);
      return null;
    }
    accountId = named?.id ?? grant.account;
  }
  const name = kind === "parameter" ? text.replace(/^\//, "") : text;
  return { partition: account.partition, region, account: accountId, name };
}

function targetOfArn(
  kind: GrantKind,
  text: string,
  { grant, origin }: WrittenGrant,
  account: AccountSettings,
  problems: Problems,
): GrantTarget | null {
  const row = grantTable[kind];
  const at = below(origin, kind);
  const arn = parseArn(text);
  const example = fillTemplate(row.access.read?.[0]?.resource ?? "", {
    ...{ partition: account.partition, region: account.region, account: account.id },
    name: kind === "s3" ? "bucket/key" : "name",
  });
  if (!arn || arn.service !== row.service || !arn.resource.startsWith(row.resourcePrefix)) {
    problems.add(
      "M04",
      at,
      `${quote(text)} is not the ARN of a ${kind}`,
      `write it like ${example}, or the name alone`,
    );
    return null;
  }
  if (arn.partition !== account.partition) {
    problems.add(
      "R08",
      at,
      `the ARN is of the partition ${quote(arn.partition)}, but account ${account.name} is in ${account.partition}`,
      "name a resource of this partition, or split the entry by account",
    );
    return null;
  }
  if (grant.account !== undefined || grant.region !== undefined) {
    problems.add(
      "R08",
      origin,
      "an ARN says account and region itself",
      "leave account and region out, or write the name",
    );
    return null;
  }
  if (kind === "s3" && (arn.account !== "" || arn.region !== "")) {
    problems.add(
      "M04",
      at,
      `${quote(text)} is an access point or the like, not objects of a bucket`,
      `write it like ${example}, or grant it with statements`,
    );
    return null;
  }
  if (kind === "secret" && !/-[A-Za-z0-9]{6}$/.test(arn.resource)) {
    problems.add(
      "M04",
      at,
      `${quote(text)} lacks the six characters with which the ARN of a secret ends`,
      "write the secret's name alone, or its whole ARN",
    );
    return null;
  }
  if (kind !== "s3" && (!/^[0-9]{12}$/.test(arn.account) || partitionOf(arn.region) !== account.partition)) {
    problems.add(
      "M04",
      at,
      `${quote(text)} lacks a region or an account id of 12 digits`,
      `write it like ${example}`,
    );
    return null;
  }
  return {
    partition: arn.partition,
    region: arn.region === "" ? account.region : arn.region,
    account: arn.account === "" ? account.id : arn.account,
    name: arn.resource.slice(row.resourcePrefix.length),
  };
}

function resolveExport(
  { grant, origin }: WrittenGrant,
  { kind, grant: resolved }: Resolved,
  account: AccountSettings,
  problems: Problems,
): Export | null {
  const refuse = (key: "env" | "key", message: string, remedy: string): null => {
    problems.add("R08", below(origin, key), message, remedy);
    return null;
  };
  if (grant.key !== undefined && (grant.env === undefined || kind !== "secret")) {
    return refuse("key", "key takes one field of a JSON secret for env", "write it beside secret and env");
  }
  if (grant.env === undefined) return null;
  if (!grantTable[kind].exports)
    return refuse("env", `a grant of ${kind} has no value to export`, "leave env out");
  const { target, arn } = resolved;
  if (target.name.includes("*")) return refuse("env", "a wildcard has no single value", "name one parameter");
  const trouble = envProblem(grant.env);
  if (trouble !== null)
    return refuse("env", `${quote(grant.env)} is not allowed: ${trouble}`, "choose another name");
  // A parameter with a path is called by its full name, which begins with a slash.
  const own = kind === "parameter" && target.name.includes("/") ? `/${target.name}` : (grant[kind] ?? "");
  const id = arn ?? (target.account === account.id ? own : foreignId(resolved));
  return {
    variable: grant.env,
    source: kind === "secret" ? "secret" : "parameter",
    id,
    region: target.region,
    key: grant.key ?? null,
  };
}

/** What names a resource of another account in a call: its ARN, for a secret without the random ending. */
function foreignId({ kind, target }: ResolvedGrant): string {
  const [part] = grantTable[kind].access.read ?? [];
  return fillTemplate(part?.resource ?? "", target).replace(/-\?{6}$/, "");
}
