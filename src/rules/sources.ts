import type { Account, Installation, Role } from "../model/accessModel";
import type { ExistingRole } from "../model/existing";
import { issuersOf } from "../model/issuer";
import { parseArn } from "../model/names";
import { partitions } from "../model/partitions";
import type { Quotas } from "../model/quotas";
import type { RoleAccess } from "../model/roleAccess";
import { readDocument } from "../policy";
import { federatedOf } from "./trust/trustView";

/** What a role of a manifest admits and may do. */
export function accessOfRole(role: Role, account: Account, installation: Installation): RoleAccess {
  const { entry, managedPolicies, made } = role;
  const { subject } = installation;
  const isOrg = entry.kind === "org";
  const isOna = installation.ona !== null;
  const open =
    isOna || subject?.includes("org_id") ? undefined : issuersOf(installation).find((i) => i.openSignup);
  return {
    source: "manifest",
    name: role.name,
    origin: entry.origin,
    arn: role.arn,
    path: role.path,
    tags: role.tags,
    description: role.description,
    maxSessionDuration: role.maxSessionDuration,
    account: { id: account.id, partition: account.partition },
    quotas: account.quotas,
    boundaryWantedBy: account.requireBoundary ? account.name : null,
    permissionsBoundary: role.permissionsBoundary,
    identityProviderArns: account.identityProviders.map(({ arn }) => arn),
    trust: {
      kind: "entry",
      policy: made.trustPolicy,
      admission: {
        kind: entry.kind,
        url: isOna ? null : entry.url,
        hostKind: entry.hostKind,
        contexts: isOna ? [] : isOrg ? ["all"] : entry.contexts,
        isProject: isOna,
        bare:
          !isOna && (subject?.includes("context") ?? true) && entry.contexts.every((c) => c === "repository"),
        openTo: open?.providerName ?? null,
        openFormerly: open !== undefined && open !== installation,
      },
    },
    statements: role.statements,
    documents: [],
    made,
    foreignGrants: role.foreignResources,
    managedPolicies: managedPolicies.map((arn) => ({ arn, origin: role.managedPoliciesOrigin })),
  };
}

/** What a role that exists admits and may do, as far as files show it: it may be in one of the declared accounts. */
export function accessOfExisting(
  role: ExistingRole,
  accounts: readonly Account[],
  quotas: Quotas,
): RoleAccess {
  const arn = role.arn === null ? null : parseArn(role.arn);
  const [only, ...others] = accounts;
  const declared =
    arn !== null ? accounts.find(({ id }) => id === arn.account) : others.length === 0 ? only : undefined;
  const id = arn?.account ?? declared?.id;
  const partition = partitions.find((p) => p === arn?.partition) ?? declared?.partition;
  const { name, origin, path, description, maxSessionDuration, permissionsBoundary, trust } = role;
  const federated = trust === null ? [] : readDocument(trust.value).policy.Statement.flatMap(federatedOf);
  const providers = federated.filter((one) => parseArn(one)?.resource.startsWith("oidc-provider/"));
  return {
    source: "files",
    ...{ name, origin, arn: role.arn, path, description, maxSessionDuration, permissionsBoundary },
    tags: role.shown.has("tags") ? role.tags : null,
    account: id === undefined || partition === undefined ? null : { id, partition },
    quotas: declared?.quotas ?? quotas,
    boundaryWantedBy: null,
    identityProviderArns: [...new Set(providers)].sort(),
    trust: trust === null ? null : { kind: "document", document: trust },
    documents: role.permissions,
    managedPolicies: role.managedPolicies,
    ...{ statements: [], made: null, foreignGrants: [] },
  };
}
