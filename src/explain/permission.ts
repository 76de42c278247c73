import type { AccessModel, Account, ManifestOrigin, Role } from "../model/accessModel";
import type { AccessLevel, GrantKind } from "../model/grant";
import {
  accessLevels,
  canonicalDocument,
  evaluatePermission,
  grantKinds,
  grantNameProblem,
  grantStatements,
  readGrantArn,
  webIdentityContext,
  type PermissionRequest,
} from "../policy";
import { yamlScalar, type Place } from "./remedy";
import type { LoginAttempt, RoleVerdict } from "./verdict";

/** Something that a workspace wants to do once it has the role. */
export type PermissionQuestion = Omit<PermissionRequest, "context">;

/** Whether a role's policy lets it. */
export interface PermissionAnswer {
  /** Null where a policy decides that is not read here: a managed one, or one of another account. */
  readonly allowed: boolean | null;
  /** In words: by what. */
  readonly reason: string;
  /** What to do where it is not allowed, or not by the role alone; null where it is, or no grant would help. */
  readonly remedy: string | null;
  /** ARNs of the policies that have a say in it, and were not read. */
  readonly unread: readonly string[];
}

/** Judges a question by the role's own policy; its managed policies and boundary are not at hand. */
export function permissionAnswer(
  { role, account }: RoleVerdict,
  question: PermissionQuestion,
  attempt: LoginAttempt,
  { accounts }: AccessModel,
  place: Place,
): PermissionAnswer {
  const { managedPolicies, permissionsBoundary } = role;
  const { permissionPolicy } = role.made;
  if (question.action.toLowerCase() === "sts:getcalleridentity")
    return { allowed: true, reason: "it needs no permission", remedy: null, unread: [] };
  const unread = [...managedPolicies, ...(permissionsBoundary === null ? [] : [permissionsBoundary])];
  const answer = (allowed: boolean | null, reason: string, remedy: string | null = null) => ({
    ...{ allowed, reason, remedy, unread },
  });
  const provider = account.identityProviders.find((p) => p.issuer === attempt.issuer);
  const context = webIdentityContext(provider?.providerName ?? "", attempt.claims, attempt);
  const decision =
    permissionPolicy === null
      ? { allowed: false, denied: false }
      : evaluatePermission(permissionPolicy, { ...question, context });
  if (decision.denied) return answer(false, "denied by its policy");
  const elsewhere = allowElsewhere(question, role, account, accounts);
  if (decision.allowed)
    return elsewhere === null
      ? answer(true, "allowed by its policy")
      : answer(null, "allowed by its policy; the resource's account must allow it too", elsewhere);
  const grant = grantLine({ ...question, context }, account);
  const write = grant === null ? statementRemedy(question, role, place) : grantRemedy(grant, role, place);
  const remedy = elsewhere === null ? write : `${write}; and ${elsewhere}`;
  return managedPolicies.length > 0
    ? answer(null, "not allowed by its own policy; its managed policies may allow it", remedy)
    : answer(false, "not allowed by its policy", remedy);
}

/** What the account of a resource has to do, where it is another one; null where it is the role's own, or not said. */
function allowElsewhere(
  { resource }: PermissionQuestion,
  { arn }: Role,
  account: Account,
  accounts: readonly Account[],
): string | null {
  const [, , service, , owner = ""] = resource.split(":");
  if (!/^[0-9]{12}$/.test(owner) || owner === account.id) return null;
  const known = accounts.find(({ id }) => id === owner);
  const other = known === undefined ? `account ${owner}` : `account ${known.name} of this manifest`;
  const policy = service === "iam" ? "the trust policy there" : "the policy of the resource, and of its key";
  return `have ${other} allow ${arn}, in ${policy}`;
}

function grantRemedy(grant: string, { entry, grantsOrigin }: Role, place: Place): string {
  return `write under grants: ${grant} at ${place(entry.origin, "grants")}${repetition("grants", grantsOrigin)}`;
}

/** A list of the entry replaces that of `defaults`, and whoever writes the first one has to know. */
function repetition(key: string, origin: ManifestOrigin | undefined): string {
  if (origin?.path[0] !== "defaults") return "";
  return `, and repeat there the ${key} of defaults: the entry's list replaces theirs`;
}

/** The raw statement that allows it, where no grant does. */
function statementRemedy({ action, resource }: PermissionQuestion, role: Role, place: Place): string {
  const { mainManifest, origin } = role.entry;
  const at = place(origin, "statements");
  const line = `- { Effect: Allow, Action: ${yamlScalar(action)}, Resource: ${yamlScalar(resource)} }`;
  return mainManifest
    ? `write under statements: ${line} at ${at}${repetition("statements", role.statements[0]?.origin)}`
    : `only the main manifest may have statements: move the entry from ${at} there, and write ${line}`;
}

/** What belongs to a resource that a grant names, and how to get there from its ARN. */
const owners: Readonly<Partial<Record<GrantKind, readonly [RegExp, owner: string]>>> = Object.freeze({
  // What is done to a bucket as a whole, a grant of all its objects holds.
  s3: [/^(arn:[^:]+:s3:::[^/]+)$/, "$1/*"],
  dynamodb: [/^(.+:table\/[^/]+)\/index\/.*$/, "$1"],
  logs: [/^(.+:log-group:[^:]+):.*$/, "$1"],
  codeartifact: [/^(.+):package\/([^/]+\/[^/]+)\/.*$/, "$1:repository/$2"],
});

/** The line of a manifest that grants a request of a role in this account; null where no grant allows it. */
function grantLine(request: PermissionRequest, account: Account): string | null {
  for (const kind of grantKinds) {
    const [pattern, owner] = owners[kind] ?? ["", ""];
    const arn = request.resource.replace(pattern, owner);
    const [least] = accessLevels(kind);
    for (const access of accessLevels(kind)) {
      if (!allows(kind, access, arn, request, account)) continue;
      const written = kind === "s3" && arn !== request.resource ? arn.slice(arn.indexOf(":::") + 3) : arn;
      return `- { ${kind}: ${yamlScalar(written)}${access === least ? "" : `, access: ${access}`} }`;
    }
  }
  return null;
}

function allows(
  kind: GrantKind,
  access: AccessLevel,
  text: string,
  request: PermissionRequest,
  account: Account,
): boolean {
  const read = readGrantArn(kind, text, { ...account, account: account.id });
  if (!read.ok || read.target.partition !== account.partition) return false;
  if (grantNameProblem(kind, read.target.name) !== null) return false;
  const grant = { kind, access, target: read.target, arn: read.arn, kmsKey: null };
  return evaluatePermission(canonicalDocument(grantStatements(grant)), request).allowed;
}
