import { Annotations, TerraformBackend, TerraformProvider, TerraformStack } from "cdktf";
import type { TerraformRemoteState } from "cdktf";
import type { Construct } from "constructs";
import { isList, isObject, type Json, type JsonObject } from "../terraform/stableJson";
import {
  awsProvider,
  backendMetadata,
  backendType,
  outputsOf,
  stackTerraform,
  type StackSource,
} from "../terraform/stack";

/**
 * Props of {@link AccountStack}: of a {@link StackSource} the account, and what it has besides. `root` is `../../..` by
 * default, as in `cdktf.out/stacks/<stack>`; `unusedProviders` and `findings` are none.
 */
export interface AccountStackProps
  extends Pick<StackSource, "account">, Partial<Pick<StackSource, "root" | "unusedProviders" | "findings">> {}

/**
 * All of an account's identity providers and roles, as `gitpod-aws-oidc synth` writes them. They are plain JSON, added
 * after cdktf has resolved the tokens of what else an app puts into the stack: text of a manifest is then never mistaken
 * for a token, and there are no constructs that an Aspect could visit.
 */
export class AccountStack extends TerraformStack {
  readonly #source: Omit<StackSource, "name" | "findings">;

  constructor(scope: Construct, id: string, props: AccountStackProps) {
    super(scope, id);
    const { account, root = "../../..", unusedProviders = [], findings } = props;
    this.#source = { account, root, unusedProviders };
    new AccountBackend(this, "backend", backendType(account.backend));
    new AccountProvider(this, "aws", {
      terraformResourceType: "aws",
      terraformProviderSource: awsProvider.source,
      terraformGeneratorMetadata: {
        providerName: "aws",
        providerVersionConstraint: awsProvider.version,
      },
    });
    const annotations = Annotations.of(this);
    for (const warning of findings?.warnings ?? []) annotations.addWarning(warning);
    for (const line of findings?.info ?? []) annotations.addInfo(line);
  }

  override toTerraform(): JsonObject {
    return joined(super.toTerraform() as JsonObject, {
      "//": { outputs: outputsOf(this.node.path) },
      ...stackTerraform(this.#source),
    });
  }
}

/** Tells cdktf which backend the stack has; the block itself comes with {@link AccountStack}. */
class AccountBackend extends TerraformBackend {
  override toTerraform(): JsonObject {
    return {};
  }

  override toMetadata(): JsonObject {
    return backendMetadata(this.name);
  }

  override getRemoteStateDataSource(): TerraformRemoteState {
    throw new Error("no stack may read an account's state: pass the ARNs of its output role_arns instead");
  }
}

/** Tells resources that an app adds to the stack that it has a provider; the block comes with {@link AccountStack}. */
class AccountProvider extends TerraformProvider {
  override toTerraform(): JsonObject {
    return {};
  }
}

/** Two documents in one: objects are joined, lists concatenated. */
function joined(a: JsonObject, b: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const present = result[key];
    if (present === undefined) result[key] = value;
    else if (isList(present) && isList(value)) result[key] = [...present, ...value];
    else if (isObject(present) && isObject(value)) result[key] = joined(present, value);
    else throw new RangeError(`${key} is defined twice: rename one of the constructs in the stack`);
  }
  return result;
}
