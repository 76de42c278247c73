import type { ManagedPolicy, Role } from "../model/accessModel";
import { shortHash } from "../model/names";
import type { PermissionPolicy, PolicyDocument } from "../model/policyDocument";
import { denies } from "../policy";
import { escapeMap, escapeTemplate, type Escape, type ResourceBlock } from "./blocks";
import { defined } from "./stableJson";

/** What Terraform needs to know of a role. */
export type RoleSource = Pick<
  Role,
  | "name"
  | "path"
  | "description"
  | "maxSessionDuration"
  | "permissionsBoundary"
  | "tags"
  | "trustPolicy"
  | "managedPolicies"
  | "adopt"
  | "exclusive"
> & {
  readonly policies: {
    readonly inline: PermissionPolicy | null;
    readonly managed: readonly Pick<ManagedPolicy, "name" | "document">[];
  };
};

/** How a role's text reaches Terraform, where it is not plain text of a manifest. */
export interface RoleTerraformOptions {
  /** Addresses that must exist before the role. @default - none */
  readonly dependsOn?: readonly string[];
  /** @default - {@link escapeTemplate} */
  readonly escape?: Escape;
  /** A stable text for the ARN of a managed policy: names its attachment. @default - the ARN itself */
  readonly policyKey?: (arn: string) => string;
}

/** Name of the inline policy that holds a role's grants and statements. */
export const permissionPolicyName = "gitpod-aws-oidc";

/**
 * A role's Terraform: the role, then the policies that hold what it may do, and an attachment for each managed policy. The construct and the account's stack both emit what this returns.
 * @param id - Terraform identifier of the role, see {@link logicalId}
 */
export function roleTerraform(
  role: RoleSource,
  id: string,
  options: RoleTerraformOptions = {},
): readonly [ResourceBlock, ...ResourceBlock[]] {
  const escape: Escape = options.escape ?? escapeTemplate;
  const policyKey = options.policyKey ?? ((arn) => arn);
  const document: Write = (policy) => escape(JSON.stringify(policy));
  const body = roleBody(role, escape, document, options.dependsOn);
  const importId = role.adopt ? escape(role.name) : undefined;
  const policies: ResourceBlock[] = [];
  if (role.policies.inline !== null) {
    const policy = document(role.policies.inline);
    const body = { name: permissionPolicyName, policy, role: nameOf(id) };
    policies.push({ type: inlineType, id, body });
  }
  policies.push(...ownPolicies(role, id, escape, document));
  const denying = denyingPolicies(role, id);
  for (const arn of role.managedPolicies) {
    const attachment = `${id}_${shortHash(policyKey(arn))}`;
    const body = defined({
      depends_on: denying.length === 0 ? undefined : denying,
      policy_arn: escape(arn),
      role: nameOf(id),
    });
    policies.push({ type: attachmentType, id: attachment, body });
  }
  if (role.exclusive) policies.push(...exclusives(id, policies));
  return [{ type: roleType, id, body, importId }, ...policies];
}

type Write = (policy: PolicyDocument) => string;

const roleType = "aws_iam_role";
const inlineType = "aws_iam_role_policy";
const policyType = "aws_iam_policy";
const attachmentType = "aws_iam_role_policy_attachment";

/** A reference to the role's name, which makes Terraform wait for the role. */
function nameOf(id: string): string {
  return `\${${roleType}.${id}.name}`;
}

/** Addresses of what puts a Deny in force. */
function denyingPolicies({ policies: { inline, managed } }: RoleSource, id: string): readonly string[] {
  return [
    ...(inline !== null && denies(inline) ? [`${inlineType}.${id}`] : []),
    ...managed.flatMap((policy, i) => (denies(policy.document) ? [`${attachmentType}.${id}_${i + 1}`] : [])),
  ];
}

/**
 * The managed policies that are the role's own, numbered from 1, and their attachments. What allows is attached after
 * and detached before what denies, so that nothing is allowed in between that the whole denies.
 */
function ownPolicies(
  role: RoleSource,
  id: string,
  escape: Escape,
  document: Write,
): readonly ResourceBlock[] {
  const policies = role.policies.managed.map((policy, i) => ({ ...policy, id: `${id}_${i + 1}` }));
  const denying = denyingPolicies(role, id);
  return policies.flatMap((policy): readonly ResourceBlock[] => [
    {
      type: policyType,
      id: policy.id,
      body: defined({
        name: escape(policy.name),
        path: escape(role.path),
        policy: document(policy.document),
        tags: escapeMap(role.tags, escape),
      }),
    },
    {
      type: attachmentType,
      id: policy.id,
      body: defined({
        depends_on: denying.length === 0 || denies(policy.document) ? undefined : denying,
        policy_arn: `\${${policyType}.${policy.id}.arn}`,
        role: nameOf(id),
      }),
    },
  ]);
}

/**
 * What makes Terraform remove every other policy of the role, by references to those that it has.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive
 */
function exclusives(id: string, policies: readonly ResourceBlock[]): readonly ResourceBlock[] {
  const all = (type: string, attribute: string) =>
    policies.filter((r) => r.type === type).map((r) => `\${${type}.${r.id}.${attribute}}`);
  const role_name = nameOf(id);
  return [
    {
      type: "aws_iam_role_policies_exclusive",
      id,
      body: { policy_names: all(inlineType, "name"), role_name },
    },
    {
      type: "aws_iam_role_policy_attachments_exclusive",
      id,
      body: { policy_arns: all(attachmentType, "policy_arn"), role_name },
    },
  ];
}

function roleBody(role: RoleSource, escape: Escape, document: Write, dependsOn: readonly string[] = []) {
  return defined({
    assume_role_policy: document(role.trustPolicy),
    depends_on: dependsOn.length === 0 ? undefined : dependsOn,
    description: role.description === "" ? undefined : escape(role.description),
    max_session_duration: role.maxSessionDuration,
    name: escape(role.name),
    path: escape(role.path),
    permissions_boundary: role.permissionsBoundary === null ? undefined : escape(role.permissionsBoundary),
    tags: escapeMap(role.tags, escape),
  });
}
