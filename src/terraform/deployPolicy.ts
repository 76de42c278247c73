import type { Account, Backend, Role } from "../model/accessModel";
import { policyArn, roleArn } from "../model/names";
import type { Partition } from "../model/partitions";
import type { Condition, PolicyDocument, Statement } from "../model/policyDocument";
import { stacksOf } from "../model/shards";

/** What whoever runs Terraform on an account's stacks needs. */
export interface DeployPolicy {
  readonly document: PolicyDocument;
  /** What the document cannot say, a line each. */
  readonly notes: readonly string[];
}

/**
 * The actions that Terraform calls for each kind of resource, as counted between the AWS provider and IAM: `read` by
 * every plan, `write` by an apply that creates, changes, imports or destroys.
 */
const calls = Object.freeze({
  identityProvider: {
    read: ["iam:GetOpenIDConnectProvider"],
    write: [
      "iam:AddClientIDToOpenIDConnectProvider",
      "iam:CreateOpenIDConnectProvider",
      "iam:DeleteOpenIDConnectProvider",
      "iam:RemoveClientIDFromOpenIDConnectProvider",
      "iam:TagOpenIDConnectProvider",
      "iam:UntagOpenIDConnectProvider",
    ],
  },
  role: {
    read: ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"],
    write: [
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:ListInstanceProfilesForRole",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
      "iam:UpdateRole",
      "iam:UpdateRoleDescription",
    ],
    /** By these a role gets permissions: a boundary can be demanded of each. */
    bounded: ["iam:CreateRole", "iam:PutRolePolicy"],
  },
  policy: {
    read: ["iam:GetPolicy", "iam:GetPolicyVersion"],
    write: [
      "iam:CreatePolicy",
      "iam:CreatePolicyVersion",
      "iam:DeletePolicy",
      "iam:DeletePolicyVersion",
      "iam:ListPolicyVersions",
      "iam:TagPolicy",
      "iam:UntagPolicy",
    ],
  },
} as const);

/** Ways to change the text of a managed policy, such as a boundary. */
const policyEdits = Object.freeze([
  "iam:CreatePolicyVersion",
  "iam:DeletePolicy",
  "iam:DeletePolicyVersion",
  "iam:SetDefaultPolicyVersion",
]);

/**
 * The IAM policy of whoever applies an account's stacks, as narrow as AWS allows: the account's own identity providers
 * by name, roles and policies by path and the name of their installation.
 * @param plan - only what a plan needs
 */
export function deployPolicy(account: Account, plan: boolean): DeployPolicy {
  const state = stateAccess(account, plan);
  const statements = plan ? readStatements(account) : [...applyStatements(account), ...denials(account)];
  return {
    document: { Version: "2012-10-17", Statement: [...statements, ...state.statements] },
    notes: [
      ...(plan ? [] : [...boundaryNotes(account), ...familyNotes(account)]),
      ...deployRoleNotes(account),
      ...state.notes,
    ],
  };
}

function readStatements(account: Account): readonly Statement[] {
  const { providers, roles, policies } = resourcesOf(account);
  return [
    ...allow("IdentityProviders", calls.identityProvider.read, providers),
    ...allow("Roles", calls.role.read, roles),
    ...allow("Policies", calls.policy.read, policies),
  ];
}

function applyStatements(account: Account): readonly Statement[] {
  const { providers, roles, policies } = resourcesOf(account);
  const boundaries = boundariesOf(account);
  const bounded: Condition | undefined =
    boundaries.every === null ? undefined : { StringEquals: { "iam:PermissionsBoundary": boundaries.every } };
  const attached = [
    ...new Set([...account.roles.flatMap((role) => role.managedPolicies), ...policies]),
  ].sort();
  const attaches = attached.length > 0;
  const detaches = attaches || account.roles.some((role) => role.exclusive);
  const unbounds = bounded === undefined ? ["iam:DeleteRolePermissionsBoundary"] : [];
  const bounds = boundaries.any ? ["iam:PutRolePermissionsBoundary"] : [];
  return [
    ...allow(
      "IdentityProviders",
      [...calls.identityProvider.read, ...calls.identityProvider.write],
      providers,
    ),
    ...allow(
      "Roles",
      [...calls.role.read, ...calls.role.write, ...unbounds, ...(detaches ? ["iam:DetachRolePolicy"] : [])],
      roles,
    ),
    ...allow("RolesThatGetPermissions", [...calls.role.bounded, ...bounds], roles, bounded),
    ...(attaches
      ? allow("AttachedPolicies", ["iam:AttachRolePolicy"], roles, {
          ...bounded,
          ArnLike: { "iam:PolicyARN": attached },
        })
      : []),
    ...allow("Policies", [...calls.policy.read, ...calls.policy.write], policies),
  ];
}

/** What nobody who deploys may do, whatever else they are allowed: free a role of its boundary, or change themselves. */
function denials(account: Account): readonly Statement[] {
  const { every } = boundariesOf(account);
  const own = account.deployRole;
  return [
    ...(every === null
      ? []
      : [
          deny("KeepBoundaries", ["iam:DeleteRolePermissionsBoundary"], ["*"]),
          deny("KeepBoundaryPolicies", policyEdits, every),
        ]),
    ...(own === null ? [] : [deny("NotItself", ["iam:*"], [own])]),
  ];
}

/** What Terraform manages in the account, as patterns of ARNs, sorted. */
function resourcesOf(account: Account) {
  const named =
    (arn: (partition: Partition, id: string, path: string, name: string) => string) => (role: Role) =>
      arn(account.partition, account.id, role.path, nameFamily(role));
  const own = account.roles.filter((role) => role.policies.managed.length > 0);
  const providers = account.identityProviders.filter((p) => p.management !== "existing");
  const sorted = (arns: readonly string[]) => [...new Set(arns)].sort();
  return {
    providers: sorted(providers.map(({ arn }) => arn)),
    roles: sorted(account.roles.map(named(roleArn))),
    // A policy has its role's name and a number behind it. No wider: this document may be a managed policy, too.
    policies: sorted(own.map(named(policyArn)).flatMap((arn) => [`${arn}-?`, `${arn}-??`])),
  };
}

/** The names of an installation's roles, where this one has such a name: of renamed and removed ones, too. */
function nameFamily({ name, installation }: Role): string {
  return name.startsWith(`${installation}-`) ? `${installation}-*` : name;
}

/** The boundaries of the account's roles: `every` has them where no role goes without, sorted, and else is null. */
function boundariesOf({ roles, permissionsBoundary }: Account) {
  const all = roles.length === 0 ? [permissionsBoundary] : roles.map((role) => role.permissionsBoundary);
  const known = [...new Set(all.filter((boundary) => boundary !== null))].sort();
  return { any: known.length > 0, every: all.includes(null) ? null : known };
}

function boundaryNotes(account: Account): readonly string[] {
  if (boundariesOf(account).every !== null) return [];
  return [
    `G04: not every role has a permissions boundary, so whoever has this policy can give a role any permission: write permissionsBoundary on the account ${account.name}`,
  ];
}

/** Whoever may change a role's trust can become it, and of that AWS lets nobody demand a boundary. */
function familyNotes(account: Account): readonly string[] {
  return resourcesOf(account).roles.flatMap((arn) => {
    const [, family] = /:role\/([^/]*)\*$/.exec(arn) ?? [];
    if (family === undefined) return [];
    return `who may assume a role can be changed of every role called ${family}…: call the role that deploys, and others' roles, something else, or write path on the account ${account.name}`;
  });
}

function deployRoleNotes({ deployRole }: Account): readonly string[] {
  if (deployRole === null) return [];
  return [
    `attach it to ${deployRole}; whoever runs Terraform needs sts:AssumeRole on that role, and what is said of the state`,
  ];
}

/** What reading and writing the states takes. Only a bucket has permissions that we know. */
function stateAccess(account: Account, plan: boolean): DeployPolicyParts {
  const { backend } = account;
  switch (backend.kind) {
    case "local":
      return { statements: [], notes: [] };
    case "cloud":
      return {
        statements: [],
        notes: ["the state is in HCP Terraform, which needs nothing of this account"],
      };
    case "partial":
      return { statements: [], notes: [`the state is where init says (${backend.type}): add what it needs`] };
    case "s3":
      return bucketAccess(account, backend, plan);
  }
}

interface DeployPolicyParts {
  readonly statements: readonly Statement[];
  readonly notes: readonly string[];
}

/**
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
 */
function bucketAccess(
  account: Account,
  { bucket, region, kmsKeyId, useLockfile, roleArn: backendRole }: Extract<Backend, { kind: "s3" }>,
  plan: boolean,
): DeployPolicyParts {
  if (backendRole !== null) {
    const notes = [`the state is read and written by ${backendRole}, which needs its own permissions`];
    return { statements: allow("StateRole", ["sts:AssumeRole"], [backendRole]), notes };
  }
  const arn = `arn:${account.partition}:s3:::${bucket}`;
  const keys = stacksOf(account).map((stack) => `${arn}/${keyOf(stack.account.backend)}`);
  return {
    statements: [
      ...allow("StateBucket", ["s3:ListBucket"], [arn]),
      ...allow("State", plan ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject"], keys),
      ...allow(
        "StateLock",
        ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
        useLockfile ? keys.map((state) => `${state}.tflock`) : [],
      ),
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
  const actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"];
  if (resource.startsWith("alias/"))
    return allow("StateKey", actions, [`${prefix}key/*`], {
      "ForAnyValue:StringEquals": { "kms:ResourceAliases": resource },
    });
  return allow("StateKey", actions, [`${prefix}${resource.replace(/^(?!key\/)/, "key/")}`]);
}

function keyOf(backend: Backend): string {
  return backend.kind === "s3" ? backend.key : "";
}

/** Nothing, where it would be about no resource. */
function allow(
  Sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Condition,
): readonly Statement[] {
  if (resources.length === 0) return [];
  const base = { Sid, Effect: "Allow", Action: [...actions].sort(), Resource: resources } as const;
  return [condition === undefined ? base : { ...base, Condition: condition }];
}

function deny(Sid: string, actions: readonly string[], resources: readonly string[]): Statement {
  return { Sid, Effect: "Deny", Action: actions, Resource: resources };
}
