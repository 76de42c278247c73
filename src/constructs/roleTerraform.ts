import type { Role } from "../model/accessModel";
import { shortHash } from "../model/names";
import type { PolicyDocument } from "../model/policyDocument";
import {
  defined,
  escapeMap,
  escapeTemplate,
  type Escape,
  type ResourceBlock,
  type TerraformFragment,
} from "./terraform";

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
  | "permissionPolicy"
  | "managedPolicies"
  | "adopt"
>;

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
 * A role's Terraform: the role, its inline policy where it grants something, an attachment for each managed policy,
 * and an import where it exists already. The construct and the account's stack both emit what this returns.
 * @param id - Terraform identifier of the role, see {@link logicalId}
 */
export function roleTerraform(
  role: RoleSource,
  id: string,
  options: RoleTerraformOptions = {},
): TerraformFragment {
  const escape: Escape = options.escape ?? escapeTemplate;
  const policyKey = options.policyKey ?? ((arn) => arn);
  const document = (policy: PolicyDocument): string => escape(JSON.stringify(policy));
  const roleReference = `\${aws_iam_role.${id}.name}`;
  const resources: ResourceBlock[] = [
    { type: "aws_iam_role", id, body: roleBody(role, escape, document, options.dependsOn) },
  ];
  if (role.permissionPolicy !== null) {
    const policy = document(role.permissionPolicy);
    resources.push({
      type: "aws_iam_role_policy",
      id,
      body: { name: permissionPolicyName, role: roleReference, policy },
    });
  }
  for (const arn of role.managedPolicies) {
    resources.push({
      type: "aws_iam_role_policy_attachment",
      id: `${id}_${shortHash(policyKey(arn))}`,
      body: { role: roleReference, policy_arn: escape(arn) },
    });
  }
  return { resources, imports: role.adopt ? [{ to: `aws_iam_role.${id}`, id: escape(role.name) }] : [] };
}

function roleBody(
  role: RoleSource,
  escape: Escape,
  document: (policy: PolicyDocument) => string,
  dependsOn: readonly string[] = [],
) {
  return defined({
    name: escape(role.name),
    path: escape(role.path),
    description: role.description === "" ? undefined : escape(role.description),
    assume_role_policy: document(role.trustPolicy),
    max_session_duration: role.maxSessionDuration,
    permissions_boundary: role.permissionsBoundary === null ? undefined : escape(role.permissionsBoundary),
    tags: escapeMap(role.tags, escape),
    depends_on: dependsOn.length === 0 ? undefined : dependsOn,
  });
}
