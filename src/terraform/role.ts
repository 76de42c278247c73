import type { ManagedPolicy, Role, RoleDocuments, RolePolicies } from "../model/accessModel";
import { shortHash } from "../model/names";
import type { PolicyDocument } from "../model/policyDocument";
import { denies } from "../policy";
import { escapeMap, escapeTemplate, type Escape, type ResourceBlock } from "./blocks";
import { withoutEmpty } from "./stableJson";

/** What Terraform needs to know of a role. */
export type RoleSource = Pick<
  Role,
  | "name"
  | "path"
  | "description"
  | "maxSessionDuration"
  | "permissionsBoundary"
  | "tags"
  | "managedPolicies"
  | "adopt"
  | "exclusive"
> & {
  readonly made: Pick<RoleDocuments, "trustPolicy"> & {
    readonly policies: Pick<RolePolicies, "inline"> & {
      readonly managed: readonly Pick<ManagedPolicy, "name" | "document">[];
    };
  };
};

/** How a role's text reaches Terraform, where it is not plain text of a manifest. */
interface RoleTerraformOptions {
  /** Addresses that must exist before the role. @default - none */
  readonly dependsOn?: readonly string[];
  /** @default - {@link escapeTemplate} */
  readonly escape?: Escape;
  /** A stable text for the ARN of a managed policy: names its attachment. @default - the ARN itself */
  readonly policyKey?: (arn: string) => string;
}

const roleType = "aws_iam_role";
const inlineType = "aws_iam_role_policy";
const policyType = "aws_iam_policy";
const attachmentType = "aws_iam_role_policy_attachment";

/**
 * A role's Terraform: the role, then the policies that hold what it may do, and an attachment for each managed policy.
 * The construct and the account's stack both emit what this returns. What allows is attached after and detached before
 * what denies, so that nothing is allowed in between that the whole denies.
 * @param id - Terraform identifier of the role, see {@link logicalId}
 */
export function roleTerraform(
  role: RoleSource,
  id: string,
  { dependsOn = [], escape = escapeTemplate, policyKey = (arn) => arn }: RoleTerraformOptions = {},
): readonly [ResourceBlock, ...ResourceBlock[]] {
  const document = (policy: PolicyDocument) => escape(JSON.stringify(policy));
  const path = escape(role.path);
  const tags = escapeMap(role.tags, escape);
  // By reference, so that Terraform makes the role first.
  const roleName = `\${${roleType}.${id}.name}`;
  const { inline, managed: named } = role.made.policies;
  const managed = named.map((policy, i) => ({ ...policy, id: `${id}_${i + 1}` }));
  const denying = [
    ...(inline !== null && denies(inline) ? [`${inlineType}.${id}`] : []),
    ...managed.filter((policy) => denies(policy.document)).map((policy) => `${attachmentType}.${policy.id}`),
  ];
  const block = (type: string, id: string, body: Parameters<typeof withoutEmpty>[0]): ResourceBlock => {
    return { type, id, body: withoutEmpty(body) };
  };
  const attachment = (id: string, policy_arn: string, depends_on = denying) =>
    block(attachmentType, id, { depends_on, policy_arn, role: roleName });
  const policies: readonly ResourceBlock[] = [
    inline === null
      ? []
      : block(inlineType, id, { name: "gitpod-aws-oidc", policy: document(inline), role: roleName }),
    managed.flatMap(({ id, name, document: policy }) => [
      block(policyType, id, { name: escape(name), path, policy: document(policy), tags }),
      attachment(id, `\${${policyType}.${id}.arn}`, denies(policy) ? [] : denying),
    ]),
    role.managedPolicies.map((arn) => attachment(`${id}_${shortHash(policyKey(arn))}`, escape(arn))),
  ].flat();
  const body = withoutEmpty({
    assume_role_policy: document(role.made.trustPolicy),
    depends_on: dependsOn,
    description: escape(role.description),
    max_session_duration: role.maxSessionDuration,
    name: escape(role.name),
    path,
    permissions_boundary: role.permissionsBoundary === null ? null : escape(role.permissionsBoundary),
    tags,
  });
  const importId = role.adopt ? escape(role.name) : undefined;
  const exclusives = role.exclusive ? exclusivesOf(id, roleName, policies) : [];
  return [{ type: roleType, id, body, importId }, ...policies, ...exclusives];
}

/**
 * What makes Terraform remove every other policy of the role, by references to those that it has.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/iam_role_policies_exclusive
 */
function exclusivesOf(
  id: string,
  role_name: string,
  policies: readonly ResourceBlock[],
): readonly ResourceBlock[] {
  const all = (type: string, attribute: string) =>
    policies.filter((r) => r.type === type).map((r) => `\${${type}.${r.id}.${attribute}}`);
  const policy_names = all(inlineType, "name");
  const policy_arns = all(attachmentType, "policy_arn");
  return [
    { type: "aws_iam_role_policies_exclusive", id, body: { policy_names, role_name } },
    { type: "aws_iam_role_policy_attachments_exclusive", id, body: { policy_arns, role_name } },
  ];
}
