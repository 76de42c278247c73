import { IamOpenidConnectProvider } from "@cdktf/provider-aws/lib/iam-openid-connect-provider";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePoliciesExclusive } from "@cdktf/provider-aws/lib/iam-role-policies-exclusive";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { IamRolePolicyAttachment } from "@cdktf/provider-aws/lib/iam-role-policy-attachment";
import { IamRolePolicyAttachmentsExclusive } from "@cdktf/provider-aws/lib/iam-role-policy-attachments-exclusive";
import {
  TerraformElement,
  type ITerraformDependable,
  type TerraformProvider,
  type TerraformResource,
} from "cdktf";
import type { Construct } from "constructs";
import type { ResourceBlock } from "../terraform/blocks";
import { withoutEmpty, type JsonObject } from "../terraform/stableJson";

type ResourceClass = new (scope: Construct, id: string, config: never) => TerraformResource;

const classes: Readonly<Record<string, ResourceClass>> = Object.freeze({
  aws_iam_openid_connect_provider: IamOpenidConnectProvider,
  aws_iam_policy: IamPolicy,
  aws_iam_role: IamRole,
  aws_iam_role_policies_exclusive: IamRolePoliciesExclusive,
  aws_iam_role_policy: IamRolePolicy,
  aws_iam_role_policy_attachment: IamRolePolicyAttachment,
  aws_iam_role_policy_attachments_exclusive: IamRolePolicyAttachmentsExclusive,
});

/**
 * A block of Terraform as the AWS provider's own construct: an app's Aspects that tag or bound every `IamRole` reach it.
 * The import is an element of its own, because cdktf's `importFrom` makes every synth look for an installed Terraform.
 */
export function addResource(
  scope: Construct,
  id: string,
  block: ResourceBlock,
  props: {
    readonly dependsOn?: readonly ITerraformDependable[] | undefined;
    readonly provider?: TerraformProvider | undefined;
  },
): TerraformResource {
  const { dependsOn = [], provider } = props;
  const Resource = classes[block.type];
  if (Resource === undefined) throw new Error(`no construct is known for ${block.type}`);
  const { depends_on = [], lifecycle, ...args } = block.body;
  const waitsFor = [...dependsOn, ...(depends_on as readonly string[]).map((fqn) => ({ fqn }))];
  const config = {
    ...camelCased(args),
    ...(lifecycle === undefined ? {} : { lifecycle: camelCased(lifecycle as JsonObject) }),
    ...(waitsFor.length === 0 ? {} : { dependsOn: waitsFor }),
    provider,
  };
  const resource = new Resource(scope, id, config as never);
  resource.overrideLogicalId(block.id);
  if (block.importId !== undefined)
    new PlainElement(scope, `${id}Import`, {
      import: [
        withoutEmpty({
          ...{ to: `${block.type}.${block.id}`, id: block.importId },
          provider: provider?.fqn,
        }),
      ],
    });
  return resource;
}

/** Arguments under the names that the provider's constructs give them; what is inside of them keeps its own. */
function camelCased(args: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key.replace(/_([a-z])/g, (_, c: string) => c.toUpperCase()),
      value,
    ]),
  );
}

/** A piece of Terraform that cdktf has no construct for. */
export class PlainElement extends TerraformElement {
  readonly #json: JsonObject;

  constructor(scope: Construct, id: string, json: JsonObject) {
    super(scope, id);
    this.#json = json;
  }

  override toTerraform(): JsonObject {
    return this.#json;
  }
}
