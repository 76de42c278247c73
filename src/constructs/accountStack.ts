import { join } from "node:path";
import {
  Annotations,
  TerraformBackend,
  TerraformStack,
  type IStackSynthesizer,
  type ISynthesisSession,
  type TerraformRemoteState,
} from "cdktf";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { Construct } from "constructs";
import type { Account } from "../model/accessModel";
import { accountTerraform, backendTerraform } from "./accountTerraform";
import { stableJson } from "./stableJson";
import {
  awsProviderConstraint,
  escapeTemplate,
  terraformConstraint,
  type Json,
  type JsonObject,
} from "./terraform";

/** Props of {@link AccountStack}. */
export interface AccountStackProps {
  readonly account: Account;
  /**
   * Relative path from the stack's folder to the folder of `cdktf.json`, where local state is kept.
   * @default "../../.." - as in `cdktf.out/stacks/<stack>`
   */
  readonly root?: string;
  /**
   * Provider names of issuers that the account does not trust, or no longer: where Terraform made their identity
   * provider, it lets go of it instead of destroying it.
   * @default - none
   */
  readonly unusedProviders?: readonly string[];
  /**
   * What a check has to say about the account, one line each. They change no resource: the cdktf CLI shows them.
   * @default - nothing
   */
  readonly findings?: StackFindings;
}

/** Findings as annotations of a stack. */
export interface StackFindings {
  /** Each with the id of its rule in front. */
  readonly warnings: readonly string[];
  readonly info: readonly string[];
}

/**
 * All of an account's identity providers and roles. They are added as finished JSON, after cdktf has resolved the
 * stack's tokens: text of a manifest can then not be mistaken for one, and thousands of roles cost little.
 */
export class AccountStack extends TerraformStack {
  readonly #props: AccountStackProps;
  /** While cdktf writes the rest of the stack. */
  #withoutRoles = false;

  constructor(scope: Construct, id: string, props: AccountStackProps) {
    super(scope, id);
    this.#props = props;
    const { account } = props;
    new AccountBackend(this, account.backend.kind);
    new AwsProvider(this, "aws", {
      region: escapeTemplate(account.region),
      allowedAccountIds: [escapeTemplate(account.id)],
      ...(account.deployRole === null
        ? {}
        : { assumeRole: [{ roleArn: escapeTemplate(account.deployRole) }] }),
      ...(account.deployProfile === null ? {} : { profile: escapeTemplate(account.deployProfile) }),
    });
    const annotations = Annotations.of(this);
    for (const warning of props.findings?.warnings ?? []) annotations.addWarning(warning);
    for (const line of props.findings?.info ?? []) annotations.addInfo(line);
    this.addOverride("terraform.required_version", terraformConstraint);
    this.addOverride("terraform.required_providers.aws.version", awsProviderConstraint);
  }

  /**
   * Has cdktf do all that belongs to a synth, but for the roles, and then writes the same file with them: cdktf's
   * writer takes several times as long for what is in order already. Without this call, cdktf writes it all.
   * @param write - writes a text to the file at an absolute path
   */
  writeWith(write: (file: string, text: string) => void): void {
    const usual = this.synthesizer;
    this.synthesizer = {
      synthesize: (session) => {
        this.#write(session, usual, write);
      },
    };
  }

  #write(
    session: ISynthesisSession,
    usual: IStackSynthesizer,
    write: (file: string, text: string) => void,
  ): void {
    const { synthesizedStackPath } = session.manifest.forStack(this);
    if (!synthesizedStackPath.endsWith(".json")) {
      usual.synthesize(session);
      return;
    }
    this.#withoutRoles = true;
    try {
      usual.synthesize(session);
    } finally {
      this.#withoutRoles = false;
    }
    write(join(session.outdir, synthesizedStackPath), stableJson(this.toTerraform()));
  }

  override toTerraform(): JsonObject {
    const { account, root = "../../..", unusedProviders = [] } = this.#props;
    const typed = super.toTerraform() as JsonObject;
    if (this.#withoutRoles) return typed;
    const own = {
      // Where the cdktf command looks for the outputs to print.
      "//": { outputs: { [this.node.path]: { role_arns: "role_arns" } } },
      terraform: backendTerraform(account.backend, root),
      ...accountTerraform(account, unusedProviders),
    };
    return joined(sorted(typed) as JsonObject, own);
  }
}

/** Tells cdktf which backend the stack has; the block itself is literal text and comes with {@link AccountStack}. */
class AccountBackend extends TerraformBackend {
  constructor(scope: Construct, kind: Account["backend"]["kind"]) {
    super(scope, "backend", kind);
  }

  override toTerraform(): JsonObject {
    return {};
  }

  override toMetadata(): JsonObject {
    return this.name === "cloud" ? { backend: "cloud", cloud: "tfc" } : { backend: this.name };
  }

  override getRemoteStateDataSource(): TerraformRemoteState {
    throw new Error("no stack may read an account's state: pass the ARNs of its output role_arns instead");
  }
}

/** Two documents in one: objects are joined, lists concatenated. */
function joined(a: JsonObject, b: JsonObject): JsonObject {
  const result: Record<string, JsonObject[string]> = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const present = result[key];
    if (present === undefined) result[key] = value;
    else if (isList(present) && isList(value)) result[key] = [...present, ...value];
    else if (isObject(present) && isObject(value)) result[key] = joined(present, value);
    else throw new RangeError(`${key} is defined twice: rename one of the constructs in the stack`);
  }
  return sortedKeys(result);
}

/** The same with the keys of all its objects in order. */
function sorted(value: Json): Json {
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map(sorted);
  return sortedKeys(Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, sorted(inner)])));
}

function sortedKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isList(value: JsonObject[string]): value is readonly JsonObject[string][] {
  return Array.isArray(value);
}

function isObject(value: JsonObject[string]): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
