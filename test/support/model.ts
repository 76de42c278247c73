import type {
  AccessModel,
  Account,
  Entry,
  IdentityProvider,
  Installation,
  Role,
  RoleDocuments,
  SubjectSet,
} from "../../src/model/accessModel";
import { identityProviderArn, policyArn, policyName, providerName, roleArn } from "../../src/model/names";
import { defaultQuotas } from "../../src/model/quotas";
import { permissionPolicy, splitPolicy, trustPolicy } from "../../src/policy";

const origin = { file: "manifest.yaml", path: [] };

/** The issuer of {@link testModel}. */
export const testIssuer = "https://api.gitpod.io/idp";
/** The account that moto emulates unless told otherwise. */
export const testAccountId = "123456789012";

/** An identity provider of an account, changed as wanted. */
export function testIdentityProvider(change: Partial<IdentityProvider> = {}): IdentityProvider {
  const issuer = change.issuer ?? testIssuer;
  return {
    issuer,
    providerName: providerName(issuer),
    arn: identityProviderArn("aws", testAccountId, issuer),
    audiences: ["sts.amazonaws.com"],
    management: "create",
    tags: { "managed-by": "gitpod-aws-oidc" },
    ...change,
  };
}

/** A role for a repository of acme that reads one secret, changed as wanted. */
export function testRole(
  name: string,
  change: Omit<Partial<Role>, "made"> & Partial<RoleDocuments> = {},
): Role {
  const url = `https://github.com/acme/${name}`;
  const subjects: SubjectSet = { exact: [url, `${url}.git`, `${url}/`], prefixes: [] };
  const entry: Entry = {
    ...{
      kind: "repo",
      origin,
      url,
      owner: "github.com/acme",
      hostKind: "github",
      contexts: ["repository"],
      accept: [],
      mainManifest: true,
    },
  };
  const path = change.path ?? "/";
  const place = { partition: "aws", region: "us-east-1", account: testAccountId } as const;
  const target = { ...place, name: `${name}-secret` };
  const grant = { kind: "secret", access: "read", arn: null, kmsKey: null, target } as const;
  const own = permissionPolicy({ grants: [grant], statements: [], expires: null });
  const {
    trustPolicy: trust,
    permissionPolicy: permissions = own,
    policies,
    grantWeights = [],
    ...rest
  } = change;
  const { inline, managed } = splitPolicy(permissions, defaultQuotas);
  return {
    name,
    path,
    arn: roleArn("aws", testAccountId, path, name),
    description: `Gitpod workspaces of ${url}`,
    account: "dev",
    installation: "gitpod",
    entry,
    projects: [],
    maxSessionDuration: 3600,
    sessionDuration: 3600,
    permissionsBoundary: null,
    tags: {},
    subjects,
    expires: null,
    sourceCidrs: [],
    made: {
      trustPolicy:
        trust ??
        trustPolicy({
          identityProviderArn: identityProviderArn("aws", testAccountId, testIssuer),
          issuer: testIssuer,
          audience: "sts.amazonaws.com",
          subjects,
          expires: null,
          sourceCidrs: [],
        }),
      permissionPolicy: permissions,
      policies: policies ?? {
        inline,
        managed: managed.map((document, i) => {
          const policy = policyName(name, i + 1);
          return { name: policy, arn: policyArn("aws", testAccountId, path, policy), document };
        }),
      },
      grantWeights,
    },
    statements: [],
    managedPolicies: [],
    grants: [],
    grantsOrigin: origin,
    managedPoliciesOrigin: origin,
    foreignResources: [],
    adopt: false,
    exclusive: false,
    ...rest,
  };
}

/** An account named `dev` with local state, one identity provider and one role, changed as wanted. */
export function testAccount(change: Partial<Account> = {}): Account {
  const name = change.name ?? "dev";
  return {
    name,
    origin,
    id: testAccountId,
    partition: "aws",
    region: "us-east-1",
    backend: { kind: "local", path: `terraform.${name}.tfstate` },
    deployRole: null,
    deployExternalId: null,
    deployProfile: null,
    permissionsBoundary: null,
    requireBoundary: false,
    quotas: defaultQuotas,
    shards: 1,
    identityProviders: [testIdentityProvider()],
    roles: [testRole("gitpod-acme-app")],
    ...change,
  };
}

/** A model of these accounts and one installation. */
export function testModel(accounts: readonly Account[] = [testAccount()]): AccessModel {
  const installation: Installation = {
    name: "gitpod",
    origin,
    issuer: testIssuer,
    providerName: providerName(testIssuer),
    audience: "sts.amazonaws.com",
    openSignup: true,
    identityProvider: "create",
    otherAudiences: [],
    formerIssuers: [],
    subject: null,
    ona: null,
    organizationId: null,
  };
  return {
    manifestName: "manifest.yaml",
    accounts,
    installations: [installation],
    snippets: [],
    accept: [],
    hosts: [],
    passedOver: [],
    unlistedRegions: [],
  };
}
