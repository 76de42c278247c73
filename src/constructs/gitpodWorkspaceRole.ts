import { TerraformStack, type ITerraformDependable, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { addResource } from "./resource";
import { annotateFindings, type AcceptedFinding } from "./roleFindings";
import { describedRole, type RoleProps } from "./roleProps";
import { roleTerraform } from "../terraform/role";
import { escapeAroundTokens, withoutTokens } from "./tokens";

/** Props of {@link GitpodWorkspaceRole}. Texts may hold tokens of other resources, e.g. the ARN of a secret. */
export type GitpodWorkspaceRoleProps = RoleProps & {
  /** What must exist before the role; its identity provider need not be named. @default - nothing */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** Findings that are all right here, each with a reason: as `accept` of a manifest's entry. @default - none */
  readonly accept?: readonly AcceptedFinding[];
  /** @default - the stack's own AWS provider */
  readonly provider?: TerraformProvider;
};

/**
 * An IAM role that workspaces of one repository, or of any repository of one organization, may assume. What a check of
 * the same entry in a manifest finds, its annotations say; an error fails the synth of the app.
 * @throws RangeError - for props that no safe role can be made of
 */
export class GitpodWorkspaceRole extends Construct implements ITerraformDependable {
  /** ARN, known at deployment. */
  readonly arn: string;
  /** Name, known at deployment: whoever uses it waits for the role. */
  readonly roleName: string;
  /** Terraform address of the role. */
  readonly fqn: string;

  constructor(scope: Construct, id: string, props: GitpodWorkspaceRoleProps) {
    super(scope, id);
    const { provider, dependsOn, accept = [] } = props;
    const described = describedRole(props);
    const logicalId = TerraformStack.of(this).getLogicalId(this.node);
    const [role, ...others] = roleTerraform(described, logicalId, {
      escape: escapeAroundTokens,
      policyKey: (arn) => withoutTokens(this, arn),
    });
    const resource = addResource(this, "Resource", role, { provider, dependsOn });
    for (const block of others) {
      const child = `${childNames[block.type] ?? block.type}${block.id.slice(role.id.length)}`;
      addResource(this, child, block, { provider });
    }
    this.arn = resource.getStringAttribute("arn");
    this.roleName = resource.getStringAttribute("name");
    this.fqn = resource.fqn;
    annotateFindings(this, props, described, accept);
  }
}

/** Ids of the children besides the role itself, by type; where there are several, the end of their identifier follows. */
const childNames: Readonly<Record<string, string>> = Object.freeze({
  aws_iam_role_policy: "Permissions",
  aws_iam_policy: "Permissions",
  aws_iam_role_policy_attachment: "ManagedPolicy",
  aws_iam_role_policies_exclusive: "ExclusivePolicies",
  aws_iam_role_policy_attachments_exclusive: "ExclusiveAttachments",
});
