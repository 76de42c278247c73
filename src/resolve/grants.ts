import { below, nearest, quote, type Origin } from "../diagnostics";
import type { Export, ForeignResource } from "../model/accessModel";
import {
  accessLevels,
  grantKinds,
  grantNameProblem,
  grantTable,
  readKmsKey,
  resourceArn,
  withoutRandomEnding,
  type AccessLevel,
  type EncryptionKey,
  type GrantKind,
  type GrantTarget,
  type ResolvedGrant,
} from "../policy";
import type { AccountSettings } from "./accounts";
import type { EffectiveEntry, Scope } from "./entries";
import { envProblem } from "./env";
import { targetOfArn, targetOfName, type WrittenGrant } from "./grantTargets";
import type { Problems } from "./problems";

/** What an entry's grants come to in one account. */
export interface ResolvedGrants {
  readonly grants: readonly PlacedGrant[];
  readonly exports: readonly Export[];
  readonly foreignResources: readonly ForeignResource[];
}

/** A grant, and what is written of it. */
export interface PlacedGrant {
  readonly grant: ResolvedGrant;
  readonly written: WrittenGrant;
}

/** Resolves an entry's grants in one account. */
export function resolveGrants(entry: EffectiveEntry, account: AccountSettings, scope: Scope): ResolvedGrants {
  const grants: PlacedGrant[] = [];
  const exports: Export[] = [];
  const foreignResources: ForeignResource[] = [];
  for (const written of openSets(entry, scope)) {
    const resolved = resolveGrant(written, account, scope);
    if (!resolved) continue;
    grants.push({ grant: resolved.grant, written });
    foreignResources.push(...resolved.foreign);
    const exported = resolveExport(written, resolved, account, scope.problems);
    if (exported) exports.push(exported);
  }
  exports.sort((a, b) => (a.variable < b.variable ? -1 : 1));
  foreignResources.sort((a, b) => (a.arn < b.arn ? -1 : 1));
  return { grants, exports, foreignResources };
}

/** More grants than the policies of a role have room for, whatever they are. */
const mostGrants = 2_000;

/** The grants of an entry, its sets opened: a set that is named again adds nothing. */
function openSets(entry: EffectiveEntry, scope: Scope): readonly WrittenGrant[] {
  const origin = entry.settings.origin("grants");
  const written = entry.settings.get("grants") ?? [];
  const sets = scope.manifest.grantSets ?? {};
  const opened = new Set<string>();
  let count = 0;
  return written.flatMap((grant, i): readonly WrittenGrant[] => {
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
    if (
      !entry.entry.mainManifest &&
      origin.file !== scope.file &&
      set.some((member) => member.role !== undefined)
    ) {
      scope.problems.add(
        "M08",
        below(at, "set"),
        `the set "${grant.set}" grants a role, which belongs to the main manifest: included files are other teams'`,
        "name a set without role grants, or move the entry to the main manifest",
      );
      return [];
    }
    if (opened.has(grant.set)) return [];
    opened.add(grant.set);
    const before = count;
    count += set.length;
    if (count > mostGrants) {
      if (before <= mostGrants)
        scope.problems.add(
          "R08",
          at,
          `with this set, the grants are more than ${mostGrants}`,
          "name fewer sets here: no role has room for so many grants",
        );
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
  readonly grant: ResolvedGrant;
  readonly foreign: readonly ForeignResource[];
}

function resolveGrant(written: WrittenGrant, account: AccountSettings, scope: Scope): Resolved | null {
  const { grant } = written;
  const kind = grantKinds.find((k) => grant[k] !== undefined);
  const text = kind && grant[kind];
  if (kind === undefined || text === undefined) return null;
  const found = text.startsWith("arn:")
    ? targetOfArn(kind, text, written, account, scope.problems)
    : targetOfName(kind, text, written, account, scope);
  if (!found) return null;
  const { target, arn } = found;
  const trouble = grantNameProblem(kind, target.name);
  if (trouble !== null) {
    const at = below(written.origin, kind);
    scope.problems.add("M04", at, `${quote(text)} cannot be granted: ${trouble.problem}`, trouble.remedy);
    return null;
  }
  const secretName = kind === "secret" && arn === null ? withoutRandomEnding(text) : undefined;
  if (secretName !== undefined) {
    scope.problems.add(
      "M04",
      below(written.origin, kind),
      `${quote(text)} seems to end in the random characters of the secret's ARN: its name has none`,
      `did you mean ${quote(secretName)}? if the name ends so indeed, write the secret's ARN`,
    );
    return null;
  }
  const access = resolveAccess(kind, written, scope.problems);
  if (access === null) return null;
  const key = resolveKmsKey(kind, target, written, account, scope.problems);
  if (key === "wrong") return null;
  const foreign: ForeignResource[] = [];
  if (target.account !== account.id)
    foreign.push({ arn: arn ?? resourceArn(kind, target), origin: written.origin });
  if (key !== null && key.account !== account.id)
    foreign.push({ arn: key.arn, origin: below(written.origin, "kmsKey") });
  const kmsKey: EncryptionKey | null =
    key === null ? null : { arn: key.arn, partition: account.partition, region: key.region };
  return { grant: { kind, access, target, arn, kmsKey }, foreign };
}

/** The key that encrypts a grant's resource; null where none is named. */
function resolveKmsKey(
  kind: GrantKind,
  target: GrantTarget,
  written: WrittenGrant,
  account: AccountSettings,
  problems: Problems,
) {
  const { grant } = written;
  if (grant.kmsKey === undefined) return null;
  const at = below(written.origin, "kmsKey");
  if (grantTable[kind].encryption === null) {
    const able = grantKinds.filter((k) => grantTable[k].encryption !== null).join(", ");
    problems.add(
      "R08",
      at,
      `a grant of ${kind} takes no kmsKey; those of ${able} do`,
      "leave kmsKey out, and grant the key by itself, as kms, where it is needed",
      "key",
    );
    return "wrong";
  }
  // A bucket's ARN does not say where the bucket is; its key's ARN does.
  const known = kind !== "s3" || grant.region !== undefined || !grant.kmsKey.startsWith("arn:");
  const near = { partition: account.partition, region: target.region, account: target.account };
  const key = readKmsKey(grant.kmsKey, near, known ? target.region : null);
  if (key.ok) return key;
  problems.add("M04", at, `${quote(grant.kmsKey)} ${key.problem}`, key.remedy);
  return "wrong";
}

function resolveAccess(kind: GrantKind, written: WrittenGrant, problems: Problems): AccessLevel | null {
  const { access } = written.grant;
  const levels = accessLevels(kind);
  if (access === undefined) return levels[0] ?? null;
  const level = levels.find((l) => l === access);
  if (level !== undefined) return level;
  const near = nearest(access, levels);
  problems.add(
    "R08",
    below(written.origin, "access"),
    `${kind} has no access ${quote(access)}; it has ${levels.join(", ")}`,
    several(access, levels) ?? (near === undefined ? "name one of these" : `did you mean ${near}?`),
  );
  return null;
}

/** The remedy for `readwrite`, `read, write` and the like: an item has one access. */
function several(access: string, levels: readonly AccessLevel[]): string | undefined {
  const wanted = /^(rw|wr|all|full|\*)$/i.test(access)
    ? levels
    : levels.filter((level) => access.toLowerCase().includes(level));
  if (wanted.length < 2) return undefined;
  return `write an item for each: one with ${wanted.map((level) => `access: ${level}`).join(", one with ")}`;
}

function resolveExport(
  written: WrittenGrant,
  { grant: resolved }: Resolved,
  account: AccountSettings,
  problems: Problems,
): Export | null {
  const { grant } = written;
  const { kind, target, arn } = resolved;
  const refuse = (key: "env" | "key", message: string, remedy: string): null => {
    problems.add("R08", below(written.origin, key), message, remedy);
    return null;
  };
  if (grant.key !== undefined && (grant.env === undefined || kind !== "secret")) {
    return refuse("key", "key takes one field of a JSON secret for env", "write it beside secret and env");
  }
  if (grant.env === undefined) return null;
  if (!grantTable[kind].exports)
    return refuse("env", `a grant of ${kind} has no value to export`, "leave env out");
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
  return resourceArn(kind, target).replace(/-\?{6}$/, "");
}
