import { partitionOf } from "../model/partitions";
import type { Statement } from "../model/policyDocument";
import type { EncryptionKey, GrantKind, GrantTarget, Place, ResolvedGrant } from "../model/grant";
import {
  accessLevels,
  canonicalStatement,
  grantKinds,
  grantNameProblem,
  grantStatements,
  grantTable,
  isRegional,
  many,
  readGrantArn,
  readKmsKey,
  resourceArn,
} from "../policy";

/** Permissions as an entry says them. */
export interface Recognition {
  /** In the order of the grant table, then by name. */
  readonly grants: readonly ResolvedGrant[];
  /** Statements that no grant says, unchanged. */
  readonly statements: readonly Statement[];
}

/** Resources that are tried: beyond, the statements stay as they are. */
const maxResources = 200;

/**
 * Says as much of some statements as it can by grants: those whose statements, merged or not, are exactly among these.
 * A statement is said by grants for a resource of it wholly, or not at all.
 */
export function recogniseGrants(statements: readonly Statement[], place: Place): Recognition {
  const split = statements.map((statement) => ({ statement, own: piecesOf(statement) }));
  const pieces = split.flatMap(({ own }) => own);
  const all = new Set(pieces.flatMap((piece) => piece.atoms));
  const resources = [...new Set(pieces.map((piece) => piece.resource))];
  if (resources.length > maxResources) return { grants: [], statements };
  const isSaidBy = (chosen: readonly Candidate[]): ((piece: Piece) => boolean) => {
    const given = new Set(chosen.flatMap((candidate) => candidate.atoms));
    return (piece) => piece.atoms.every((atom) => given.has(atom));
  };
  const possible = candidates(resources, place).filter(({ atoms }) => atoms.every((a) => all.has(a)));
  const most = pieces.filter(isSaidBy(possible)).length;
  // Without the grants that are not needed, the least telling first.
  const needed = [...possible]
    .sort((a, b) => a.atoms.length - b.atoms.length)
    .reduce<readonly Candidate[]>((chosen, candidate) => {
      const others = chosen.filter((other) => other !== candidate);
      return pieces.filter(isSaidBy(others)).length === most ? others : chosen;
    }, possible);
  const isSaid = isSaidBy(needed);
  const rest = split.flatMap(({ statement, own }) => {
    const left = own.filter((piece) => !isSaid(piece));
    if (left.length === own.length) return [statement];
    return left.length === 0 ? [] : [{ ...statement, Resource: left.map((piece) => piece.resource) }];
  });
  return { grants: needed.map((candidate) => candidate.grant), statements: rest };
}

/** Every action, resource and condition that some statements allow or deny, one by one: equal for equal meanings. */
export function atomsOf(statements: readonly Statement[]): string {
  return JSON.stringify([...new Set(statements.flatMap(atomsIn))].sort());
}

function atomsIn(statement: Statement): readonly string[] {
  const { Sid: _, ...rest } = canonicalStatement(statement);
  const split = isSplittable(statement)
    ? many(rest.Action).flatMap((Action) =>
        many(rest.Resource).map((Resource) => ({ ...rest, Action, Resource })),
      )
    : [rest];
  return split.map((atom) => JSON.stringify(atom));
}

function isSplittable({ Action, Resource, NotAction, NotResource }: Statement): boolean {
  return Boolean(Action && Resource) && NotAction === undefined && NotResource === undefined;
}

/** A statement for one of its resources. */
interface Piece {
  readonly resource: string;
  readonly atoms: readonly string[];
}

/** Grants allow; a Deny is never part of one. */
function piecesOf(statement: Statement): readonly Piece[] {
  if (statement.Effect === "Deny" || !isSplittable(statement)) return [];
  const resources = [...new Set(many(statement.Resource))].sort();
  return resources.map((resource) => ({ resource, atoms: atomsIn({ ...statement, Resource: resource }) }));
}

interface Candidate {
  readonly grant: ResolvedGrant;
  readonly atoms: readonly string[];
}

/** Every grant of these resources, with each of these keys. */
function candidates(resources: readonly string[], place: Place): readonly Candidate[] {
  const keys = resources.flatMap((text): readonly EncryptionKey[] => {
    const key = serviceOf(text) === "kms" ? readKmsKey(text, place, null) : null;
    return key?.ok === true ? [{ arn: key.arn, partition: place.partition, region: key.target.region }] : [];
  });
  const found = new Map<string, Candidate>();
  for (const resource of resources)
    for (const kind of grantKinds.filter((k) => serviceOf(grantTable[k].arn) === serviceOf(resource)))
      for (const { target, arn } of targetsOf(kind, resource, place))
        for (const access of accessLevels(kind))
          for (const kmsKey of [null, ...keys.filter((key) => isUsable(kind, key, target))]) {
            const grant: ResolvedGrant = { kind, access, target, arn, kmsKey };
            const atoms = grantStatements(grant).flatMap(atomsIn);
            found.set(JSON.stringify([kind, access, target, arn, kmsKey]), { grant, atoms });
          }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, candidate]) => candidate);
}

function serviceOf(arn: string): string | undefined {
  return arn.split(":", 3)[2];
}

/** Keys work in their own region; a bucket's ARN does not say where the bucket is. */
function isUsable(kind: GrantKind, key: EncryptionKey, target: GrantTarget): boolean {
  return grantTable[kind].encryption !== undefined && (kind === "s3" || key.region === target.region);
}

/** What a resource is for a kind of grant: by its name, which says the same in fewer words, or by its ARN. */
function targetsOf(
  kind: GrantKind,
  resource: string,
  place: Place,
): readonly { readonly target: GrantTarget; readonly arn: string | null }[] {
  // The six characters at the end of a secret's ARN, where they are left open, stand for any.
  const ending = "-??????";
  const open = kind === "secret" && resource.endsWith(ending);
  const read = readGrantArn(kind, open ? resource.replace(ending, "-a1B2c3") : resource, place);
  if (!read.ok || read.target.partition !== place.partition) return [];
  const { partition, region, account, name } = read.target;
  const target: GrantTarget = {
    partition,
    region: region || place.region,
    account: account || place.account,
    name: open ? name.slice(0, -ending.length) : name,
  };
  if (grantNameProblem(kind, target.name) !== null) return [];
  if (isRegional(kind) && partitionOf(target.region) !== place.partition) return [];
  const byName =
    resourceArn(kind, target) === (open ? resource : read.arn) && !target.name.startsWith("arn:");
  return open && !byName ? [] : [{ target, arn: byName ? null : read.arn }];
}
