import type { Account, Role } from "../model/accessModel";
import { policyArn, roleArn } from "../model/names";
import type { Condition, PolicyDocument, Statement } from "../model/policyDocument";
import { stacksOf } from "../model/shards";

/**
 * The IAM policy of whoever applies an account's stacks, as narrow as AWS allows: the account's own identity providers
 * by name, roles and policies by path and the name of their installation. The actions are those that Terraform calls, as
 * counted between the AWS provider and IAM. What the document cannot say is in the notes, a line each.
 * @param plan - only what a plan needs
 */
export function deployPolicy(account: Account, plan: boolean) {
  const { deployRole } = account;
  const { providers, roles, policies } = resourcesOf(account);
  const { boundaries, areEverywhere } = boundariesOf(account);
  const attached = sorted([...account.roles.flatMap((role) => role.managedPolicies), ...policies]);
  const detaches = attached.length > 0 || account.roles.some((role) => role.exclusive);
  const bounded: Condition = areEverywhere ? { StringEquals: { "iam:PermissionsBoundary": boundaries } } : {};
  // Every plan calls `read`, and an apply `write` too.
  const allowIam = (
    Sid: string,
    resources: readonly string[],
    read: string,
    write: string,
    condition: Condition = {},
  ) => statement("Allow", Sid, "iam", plan ? read : `${read} ${write}`, resources, condition);
  const denyIam = (Sid: string, actions: string, resources: readonly string[]) =>
    statement("Deny", Sid, "iam", plan ? "" : actions, resources);
  const state = stateAccess(account, plan);
  const Statement = [
    allowIam(
      "IdentityProviders",
      providers,
      "GetOpenIDConnectProvider",
      `AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider DeleteOpenIDConnectProvider
       RemoveClientIDFromOpenIDConnectProvider TagOpenIDConnectProvider UntagOpenIDConnectProvider`,
    ),
    allowIam(
      "Roles",
      roles,
      "GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies",
      `DeleteRole DeleteRolePolicy ListInstanceProfilesForRole TagRole UntagRole UpdateAssumeRolePolicy UpdateRole
       UpdateRoleDescription ${areEverywhere ? "" : "DeleteRolePermissionsBoundary"} ${detaches ? "DetachRolePolicy" : ""}`,
    ),
    // By these a role gets permissions: a boundary can be demanded of each.
    allowIam(
      "RolesThatGetPermissions",
      roles,
      "",
      `CreateRole PutRolePolicy ${boundaries.length === 0 ? "" : "PutRolePermissionsBoundary"}`,
      bounded,
    ),
    allowIam("AttachedPolicies", attached.length === 0 ? [] : roles, "", "AttachRolePolicy", {
      ...bounded,
      ArnLike: { "iam:PolicyARN": attached },
    }),
    allowIam(
      "Policies",
      policies,
      "GetPolicy GetPolicyVersion",
      `CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion ListPolicyVersions TagPolicy UntagPolicy`,
    ),
    // What nobody who deploys may do, whatever else they are allowed: free a role of its boundary, or change themselves.
    denyIam("KeepBoundaries", "DeleteRolePermissionsBoundary", areEverywhere ? ["*"] : []),
    denyIam(
      "KeepBoundaryPolicies",
      "CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion",
      areEverywhere ? boundaries : [],
    ),
    denyIam("NotItself", "*", deployRole === null ? [] : [deployRole]),
    state.statements,
  ].flat();
  const notes = [
    ...(plan ? [] : applyNotes(account, roles, areEverywhere)),
    deployRole === null
      ? []
      : `attach it to ${deployRole}; whoever runs Terraform needs sts:AssumeRole on that role, and what is said of the state`,
    state.notes,
  ].flat();
  const document: PolicyDocument = { Version: "2012-10-17", Statement };
  return { document, notes };
}

const sorted = (texts: readonly string[]) => [...new Set(texts)].sort();

/** What Terraform manages in the account, as patterns of ARNs, sorted. */
function resourcesOf({ id, partition, roles, identityProviders }: Account) {
  const own = roles.filter((role) => role.made.policies.managed.length > 0);
  const providers = identityProviders.filter((p) => p.management !== "existing");
  return {
    providers: sorted(providers.map(({ arn }) => arn)),
    roles: sorted(roles.map((role) => roleArn(partition, id, role.path, nameFamily(role)))),
    // A policy has its role's name and a number behind it. No wider: this document may be a managed policy, too.
    policies: sorted(
      own
        .map((role) => policyArn(partition, id, role.path, nameFamily(role)))
        .flatMap((arn) => [`${arn}-?`, `${arn}-??`]),
    ),
  };
}

/** The names of an installation's roles, where this one has such a name: of renamed and removed ones, too. */
function nameFamily({ name, installation }: Role): string {
  return name.startsWith(`${installation}-`) ? `${installation}-*` : name;
}

/** The boundaries of the account's roles, sorted, and whether no role goes without. */
function boundariesOf({ roles, permissionsBoundary }: Account) {
  const all = roles.length === 0 ? [permissionsBoundary] : roles.map((role) => role.permissionsBoundary);
  return { boundaries: sorted(all.filter((b) => b !== null)), areEverywhere: !all.includes(null) };
}

/** What an apply may do that no policy prevents. */
function applyNotes({ name }: Account, roles: readonly string[], areBounded: boolean): readonly string[] {
  // Whoever may change a role's trust can become it, and of that AWS lets nobody demand a boundary.
  const families = roles.flatMap((arn) => /:role\/([^/]*)\*$/.exec(arn)?.[1] ?? []);
  return [
    areBounded
      ? []
      : `G04: not every role has a permissions boundary, so whoever has this policy can give a role any permission: write permissionsBoundary on the account ${name}`,
    families.map(
      (family) =>
        `who may assume a role can be changed of every role called ${family}…: call the role that deploys, and others' roles, something else, or write path on the account ${name}`,
    ),
  ].flat();
}

/**
 * What reading and writing the states takes. Only a bucket has permissions that we know.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
function stateAccess(account: Account, plan: boolean) {
  const { backend } = account;
  const only = (...notes: readonly string[]) => ({ statements: [], notes });
  if (backend.kind === "local") return only();
  if (backend.kind === "cloud")
    return only("the state is in HCP Terraform, which needs nothing of this account");
  if (backend.kind === "partial")
    return only(`the state is where init says (${backend.type}): add what it needs`);
  const { bucket, region, kmsKeyId, useLockfile, roleArn: stateRole } = backend;
  if (stateRole !== null)
    return {
      statements: statement("Allow", "StateRole", "sts", "AssumeRole", [stateRole]),
      notes: [`the state is read and written by ${stateRole}, which needs its own permissions`],
    };
  const arn = `arn:${account.partition}:s3:::${bucket}`;
  const backends = stacksOf(account).map((stack) => stack.account.backend);
  const keys = backends.flatMap((own) => (own.kind === "s3" ? [`${arn}/${own.key}`] : []));
  const locks = useLockfile ? keys.map((key) => `${key}.tflock`) : [];
  return {
    statements: [
      ...statement("Allow", "StateBucket", "s3", "ListBucket", [arn]),
      ...statement("Allow", "State", "s3", plan ? "GetObject" : "GetObject PutObject", keys),
      ...statement("Allow", "StateLock", "s3", "DeleteObject GetObject PutObject", locks),
      ...(kmsKeyId === null ? [] : keyAccess(kmsKeyId, account, region)),
    ],
    notes: [],
  };
}

/**
 * A policy names a key by its ARN alone; an alias is a condition on it.
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
 */
function keyAccess(key: string, { partition, id }: Account, region: string): readonly Statement[] {
  const [, prefix = `arn:${partition}:kms:${region}:${id}:`, resource = key] =
    /^(arn:.*:)(.*)$/.exec(key) ?? [];
  const isAlias = resource.startsWith("alias/");
  return statement(
    "Allow",
    "StateKey",
    "kms",
    "Decrypt Encrypt GenerateDataKey",
    [`${prefix}${isAlias ? "key/*" : resource.replace(/^(?!key\/)/, "key/")}`],
    isAlias ? { "ForAnyValue:StringEquals": { "kms:ResourceAliases": resource } } : {},
  );
}

/** Nothing, where it would be about no action or no resource. */
function statement(
  Effect: Statement["Effect"],
  Sid: string,
  service: string,
  names: string,
  Resource: readonly string[],
  condition: Condition = {},
): readonly Statement[] {
  const Action = (names.match(/\S+/g) ?? []).map((name) => `${service}:${name}`).sort();
  if (Action.length === 0 || Resource.length === 0) return [];
  const hasCondition = Object.keys(condition).length > 0;
  return [{ Sid, Effect, Action, Resource, ...(hasCondition ? { Condition: condition } : {}) }];
}
