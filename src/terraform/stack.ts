import type { AccessModel, Account, Backend, Role } from "../model/accessModel";
import { issuersOf } from "../model/issuer";
import { stacksOf } from "../model/shards";
import { escapeTemplate, logicalId, type ResourceBlock } from "./blocks";
import { identityProviderAddress, identityProviderTerraform } from "./identityProvider";
import { roleTerraform } from "./role";
import { stableJson, withoutEmpty, type JsonObject } from "./stableJson";

/**
 * The AWS provider, in the versions whose IAM resources are the same.
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/version-6-upgrade
 */
export const awsProvider = Object.freeze({ source: "hashicorp/aws", version: ">= 5.100.0, < 7.0.0" });

/** From the first Terraform with every block that a stack may hold: the lock file of the S3 backend came last. */
export const terraformConstraint = ">= 1.10.0";

/** The version of cdktf whose files these are: its command reads them. */
export const cdktfVersion = "0.21.0";

/** An account's stack, with what somebody says who writes it. */
export interface StackSource {
  readonly name: string;
  readonly account: Account;
  /** Relative path from the stack's folder to that of `cdktf.json`, where local state is kept; no slash at the end. */
  readonly root: string;
  /**
   * Provider names of issuers that the account does not trust, or no longer: where Terraform made their identity
   * provider, it lets go of it instead of destroying it.
   */
  readonly unusedProviders: readonly string[];
  readonly findings: StackFindings;
}

/** What a check has to say about a stack, one line each, for the cdktf command to show. */
export interface StackFindings {
  /** Each with the id of its rule in front. */
  readonly warnings: readonly string[];
  readonly info: readonly string[];
}

/** The stacks of accounts of a model, each with what is said of it by name. */
export function stackSources(
  { installations }: AccessModel,
  accounts: readonly Account[],
  root: string,
  findings: ReadonlyMap<string, StackFindings> = new Map(),
): readonly StackSource[] {
  const declared = [...new Set(installations.flatMap(issuersOf).map((i) => i.providerName))];
  return accounts.flatMap(stacksOf).map(({ name, shard, account }) => {
    const trusted = new Set(account.identityProviders.map((p) => p.providerName));
    const unusedProviders = shard === 1 ? declared.filter((provider) => !trusted.has(provider)) : [];
    return {
      ...{ name, account, root, unusedProviders },
      findings: findings.get(name) ?? { warnings: [], info: [] },
    };
  });
}

/** Where a synth's folder has the list of its stacks. */
export const synthManifestFile = "manifest.json";
/** Folder of the stacks in a synth's folder. */
export const stacksFolder = "stacks";
/** The file of a stack in its folder. */
export const stackFile = "cdk.tf.json";

/** The whole text of a stack's `cdk.tf.json`. */
export function stackText(stack: StackSource): string {
  const backend = backendMetadata(backendType(stack.account.backend));
  const metadata = { ...backend, stackName: stack.name, version: cdktfVersion };
  return stableJson({ "//": { metadata, outputs: outputsOf(stack.name) }, ...stackTerraform(stack) });
}

/** What the cdktf command reads of a stack's backend. */
export function backendMetadata(backend: string): JsonObject {
  return { backend, ...(backend === "cloud" ? { cloud: "tfc" } : {}) };
}

/** The text of a synth's `manifest.json`: its stacks, as the cdktf command finds them. */
export function synthManifestText(stacks: readonly StackSource[]): string {
  return stableJson({ stacks: Object.fromEntries(stacks.map(manifestEntry)), version: cdktfVersion });
}

function manifestEntry({ name, findings }: StackSource): readonly [string, JsonObject] {
  const workingDirectory = `${stacksFolder}/${name}`;
  const annotation = (level: string) => (message: string) => ({ constructPath: name, level, message });
  const warnings = findings.warnings.map(annotation("@cdktf/warn"));
  const entry = {
    ...{ name, constructPath: name, workingDirectory, dependencies: [] },
    annotations: [...warnings, ...findings.info.map(annotation("@cdktf/info"))],
    stackMetadataPath: `${workingDirectory}/metadata.json`,
    synthesizedStackPath: `${workingDirectory}/${stackFile}`,
  };
  return [name, entry];
}

/** Where the cdktf command looks for the outputs to print. */
export function outputsOf(stackPath: string): JsonObject {
  return { [stackPath]: { role_arns: "role_arns" } };
}

/**
 * All that Terraform reads of a stack: provider, backend, identity providers, roles, their policies and the output
 * `role_arns`.
 * @throws RangeError - where two resources come out with one address
 */
export function stackTerraform({
  account,
  root,
  unusedProviders,
}: Omit<StackSource, "name" | "findings">): JsonObject {
  const managed = account.identityProviders.filter((p) => p.management !== "existing");
  const existing = account.identityProviders.filter((p) => p.management === "existing");
  const released = [...existing.map((p) => p.providerName), ...unusedProviders].sort();
  const addresses = new Map(managed.map((p) => [p.arn, identityProviderAddress(p.providerName)]));
  const roles = account.roles.map((role) => ({ role, id: logicalId(role.name) }));
  const blocks = [
    ...managed.map((p) =>
      identityProviderTerraform(p, logicalId(p.providerName), p.management === "import" ? p.arn : null),
    ),
    ...roles.flatMap(({ role, id }) => roleTerraform(role, id, { dependsOn: trustedBy(role, addresses) })),
  ];
  // In the order of keys, in which stableJson has least to do.
  return withoutEmpty({
    import: blocks.flatMap(({ type, id, importId }) =>
      importId === undefined ? [] : [{ id: importId, to: `${type}.${id}` }],
    ),
    output: {
      role_arns: {
        description: "ARNs of the roles, by name",
        value: Object.fromEntries(
          roles.map(({ role, id }) => [escapeTemplate(role.name), `\${aws_iam_role.${id}.arn}`]),
        ),
      },
    },
    provider: { aws: [providerTerraform(account)] },
    removed: released.map((name) => ({ from: identityProviderAddress(name), lifecycle: { destroy: false } })),
    resource: resourcesOf(blocks),
    terraform: {
      ...backendTerraform(account.backend, root),
      required_providers: { aws: { ...awsProvider } },
      required_version: terraformConstraint,
    },
  });
}

/** How Terraform reaches the account, and no other. */
function providerTerraform({ region, id, deployRole, deployExternalId, deployProfile }: Account): JsonObject {
  const [role_arn, external_id, profile] = [deployRole, deployExternalId, deployProfile].map((text) =>
    text === null ? undefined : escapeTemplate(text),
  );
  return withoutEmpty({
    allowed_account_ids: [escapeTemplate(id)],
    assume_role: role_arn === undefined ? [] : [withoutEmpty({ external_id, role_arn })],
    profile,
    region: escapeTemplate(region),
  });
}

/** Terraform's name of a backend. */
export function backendType(backend: Backend): string {
  return backend.kind === "partial" ? backend.type : backend.kind;
}

/**
 * The block in which Terraform finds where an account's state is. Its text is literal, never a template.
 * @see https://developer.hashicorp.com/terraform/language/backend
 */
function backendTerraform(backend: Backend, root: string): JsonObject {
  switch (backend.kind) {
    case "local":
      return { backend: { local: { path: `${root}/${backend.path.replace(/^(\.\/)+/, "")}` } } };
    case "s3": {
      const { bucket, key, region, kmsKeyId, useLockfile, roleArn, profile } = backend;
      const s3 = withoutEmpty({
        assume_role: roleArn === null ? null : { role_arn: roleArn },
        ...{ bucket, encrypt: true, key, kms_key_id: kmsKeyId, profile, region, use_lockfile: useLockfile },
      });
      return { backend: { s3 } };
    }
    case "cloud": {
      const { organization, workspace, hostname } = backend;
      return { cloud: { hostname, organization, workspaces: { name: workspace } } };
    }
    case "partial":
      return { backend: { [backend.type]: {} } };
  }
}

/** Of addresses by ARN, those of the identity providers that a role trusts. */
function trustedBy({ made }: Role, addresses: ReadonlyMap<string, string>): readonly string[] {
  const trusted = made.trustPolicy.Statement.map(
    ({ Principal }) => Principal !== "*" && Principal?.["Federated"],
  );
  return [...addresses].flatMap(([arn, address]) => (trusted.includes(arn) ? [address] : [])).sort();
}

function resourcesOf(blocks: readonly ResourceBlock[]): JsonObject {
  const types: Record<string, Record<string, JsonObject>> = {};
  const isBefore = (a: ResourceBlock, b: ResourceBlock) =>
    a.type === b.type ? a.id < b.id : a.type < b.type;
  for (const { type, id, body } of [...blocks].sort((a, b) => (isBefore(a, b) ? -1 : 1))) {
    const ofType = (types[type] ??= {});
    if (Object.hasOwn(ofType, id))
      throw new RangeError(
        `two resources have the address ${type}.${id}: give one of the roles a name of its own`,
      );
    ofType[id] = body;
  }
  return types;
}
