import {
  TerraformElement,
  TerraformResource,
  type ITerraformDependable,
  type TerraformProvider,
} from "cdktf";
import type { Construct } from "constructs";
import type { ImportBlock, ResourceBlock } from "../terraform/blocks";
import type { JsonObject } from "../terraform/stableJson";

/** What a {@link PlainResource} is made of. */
export interface PlainResourceProps {
  readonly block: ResourceBlock;
  /** @default - Terraform does not import it */
  readonly import?: ImportBlock;
  /** @default - what its arguments refer to */
  readonly dependsOn?: readonly ITerraformDependable[];
  /** @default - the stack's own AWS provider */
  readonly provider?: TerraformProvider;
}

/**
 * A resource whose arguments are Terraform JSON already. It emits an import by itself, because cdktf's `importFrom`
 * makes every synth look for an installed Terraform.
 */
export class PlainResource extends TerraformResource {
  readonly #props: PlainResourceProps;

  constructor(scope: Construct, id: string, props: PlainResourceProps) {
    super(scope, id, {
      terraformResourceType: props.block.type,
      terraformGeneratorMetadata: { providerName: "aws" },
      ...(props.dependsOn === undefined ? {} : { dependsOn: [...props.dependsOn] }),
      ...(props.provider === undefined ? {} : { provider: props.provider }),
    });
    this.#props = props;
    this.overrideLogicalId(props.block.id);
  }

  /** Without those that are not set: they would hide the block's own, `lifecycle` above all. */
  override get terraformMetaArguments(): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(super.terraformMetaArguments).filter(([, v]) => v !== undefined),
    );
  }

  protected override synthesizeAttributes(): Record<string, unknown> {
    return this.#props.block.body;
  }

  override toTerraform(): JsonObject {
    const { import: imported, provider } = this.#props;
    const resource = super.toTerraform() as JsonObject;
    if (imported === undefined) return resource;
    return {
      ...resource,
      import: [{ ...imported, ...(provider === undefined ? {} : { provider: provider.fqn }) }],
    };
  }
}

/** Tells Terraform to let go of a resource that it may have made, and not to destroy it. */
export class ReleasedResource extends TerraformElement {
  readonly #address: string;

  /** @param address - type and identifier of the resource, e.g. `aws_iam_role.app` */
  constructor(scope: Construct, id: string, address: string) {
    super(scope, id);
    this.#address = address;
  }

  override toTerraform(): JsonObject {
    return { removed: [{ from: this.#address, lifecycle: { destroy: false } }] };
  }
}
