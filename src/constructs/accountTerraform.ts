import type { Account, Backend, IdentityProvider } from "../model/accessModel";
import { documentText } from "../policy";
import {
  identityProviderAddress,
  identityProviderId,
  identityProviderTerraform,
} from "./identityProviderTerraform";
import { roleTerraform } from "./roleTerraform";
import {
  defined,
  escapeTemplate,
  logicalId,
  type Json,
  type JsonObject,
  type TerraformFragment,
} from "./terraform";

/**
 * What an account's stack holds besides provider and backend, as Terraform JSON: identity providers, roles, their
 * policies and the output `role_arns`.
 * @param unusedProviders - provider names of issuers that the account does not trust, or no longer: where Terraform
 * made their identity provider, it lets go of it instead of destroying it
 * @throws RangeError - where two resources come out with one address
 */
export function accountTerraform(account: Account, unusedProviders: readonly string[]): JsonObject {
  const managed = account.identityProviders.filter((p) => p.management !== "existing");
  const released = [
    ...account.identityProviders.filter((p) => p.management === "existing").map((p) => p.providerName),
    ...unusedProviders,
  ].sort();
  const dependsOn = dependencies(managed);
  const ids = account.roles.map((role) => ({ role, id: logicalId(role.name) }));
  const fragments = [
    ...managed.map((p) => identityProviderTerraform(asSource(p), identityProviderId(p.providerName))),
    ...ids.map(({ role, id }) => roleTerraform(role, id, { dependsOn: dependsOn(role) })),
  ];
  const imports = fragments.flatMap((f) => f.imports).map((block) => ({ ...block }));
  return defined({
    resource: resourcesOf(fragments),
    import: imports.length === 0 ? undefined : imports,
    removed:
      released.length === 0
        ? undefined
        : released.map((name) => ({ from: identityProviderAddress(name), lifecycle: { destroy: false } })),
    output: {
      role_arns: {
        description: "ARNs of the roles, by name",
        value: Object.fromEntries(
          ids.map(({ role, id }) => [escapeTemplate(role.name), `\${aws_iam_role.${id}.arn}`]),
        ),
      },
    },
  });
}

/**
 * The block in which Terraform finds where an account's state is. Its text is literal, never a template.
 * @param root - relative path from where Terraform runs to the folder of `cdktf.json`, without a slash at the end
 * @see https://developer.hashicorp.com/terraform/language/backend
 */
export function backendTerraform(backend: Backend, root: string): JsonObject {
  switch (backend.kind) {
    case "local":
      return { backend: { local: { path: `${root}/${backend.path.replace(/^(\.\/)+/, "")}` } } };
    case "s3": {
      const { bucket, key, region, kmsKeyId, useLockfile } = backend;
      const kms_key_id = kmsKeyId ?? undefined;
      return {
        backend: {
          s3: defined({ bucket, key, region, encrypt: true, kms_key_id, use_lockfile: useLockfile }),
        },
      };
    }
    case "cloud": {
      const { organization, workspace, hostname } = backend;
      return {
        cloud: defined({ organization, hostname: hostname ?? undefined, workspaces: { name: workspace } }),
      };
    }
  }
}

function asSource(provider: IdentityProvider) {
  return { ...provider, importArn: provider.management === "import" ? provider.arn : null };
}

/** Finds the managed identity providers that a role's trust policy names. */
function dependencies(
  managed: readonly IdentityProvider[],
): (role: Account["roles"][number]) => readonly string[] {
  const providers = managed
    .map((p) => ({ named: JSON.stringify(p.arn), addresses: [identityProviderAddress(p.providerName)] }))
    .sort((a, b) => (a.addresses.join() < b.addresses.join() ? -1 : 1));
  return (role) => {
    const text = documentText(role.trustPolicy);
    let all: readonly string[] = [];
    for (const { named, addresses } of providers)
      if (text.includes(named)) all = all.length === 0 ? addresses : [...all, ...addresses];
    return all;
  };
}

function resourcesOf(fragments: readonly TerraformFragment[]): Json | undefined {
  const types: Record<string, Record<string, JsonObject>> = {};
  for (const { resources } of fragments)
    for (const { type, id, body } of resources) {
      const ofType = (types[type] ??= {});
      if (Object.hasOwn(ofType, id)) {
        throw new RangeError(
          `two resources have the address ${type}.${id}: give one of the roles a name of its own`,
        );
      }
      ofType[id] = body;
    }
  return Object.keys(types).length === 0 ? undefined : types;
}
