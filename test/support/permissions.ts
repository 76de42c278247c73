import type { RuleFinding } from "../../src/diagnostics";
import { defaultQuotas } from "../../src/model/quotas";
import type { RoleAccess, RoleTrust } from "../../src/model/roleAccess";
import { readDocument, servicePrefixes, type ServiceReference } from "../../src/policy";
import { checkRole } from "../../src/rules";
import { loadServiceReference } from "../../src/policy";

/** A role of an account with these policies, and what AWS has. */
export interface PermissionSubject {
  readonly access: RoleAccess;
  readonly reference: ServiceReference;
}

/** A role of an account, with nothing written for it but these documents, changed as wanted. */
export function permissionSubject(
  documents: readonly unknown[],
  {
    reference,
    wideTrust = [],
    ...change
  }: Partial<RoleAccess> & {
    readonly reference?: ServiceReference;
    /** Which rules of a wide trust the role meets. */
    readonly wideTrust?: readonly string[];
  } = {},
): PermissionSubject {
  return {
    access: {
      ...{ source: "files", name: "gitpod-acme-app", origin: { file: "role.json", path: [] } },
      ...{ path: null, description: null, maxSessionDuration: null, boundaryWantedBy: null },
      arn: "arn:aws:iam::123456789012:role/gitpod-acme-app",
      account: { id: "123456789012", partition: "aws" },
      quotas: defaultQuotas,
      tags: {},
      permissionsBoundary: "arn:aws:iam::123456789012:policy/edge",
      identityProviderArns: ["arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp"],
      trust: trustOf(wideTrust),
      documents: documents.map((value, i) => ({
        ...{ kind: "permission", role: null, value },
        origin: { file: `policy${i}.json`, path: [] },
      })),
      ...{ statements: [], made: null, foreignGrants: [], managedPolicies: [] },
      ...change,
    },
    reference:
      reference ??
      loadServiceReference(servicePrefixes(documents.map((document) => readDocument(document).policy))),
  };
}

function trustOf(wideTrust: readonly string[]): RoleTrust {
  const has = (rule: string): boolean => wideTrust.includes(rule);
  return {
    kind: "entry",
    policy: { Version: "2012-10-17", Statement: [] },
    admission: {
      kind: has("T54") ? "org" : "repo",
      url: "https://github.com/acme",
      hostKind: "github",
      contexts: has("T58") ? ["commits"] : [],
      bare: false,
      openTo: has("T57") ? "api.gitpod.io/idp" : null,
    },
  };
}

/** What the rules about permissions say of a subject. */
export function judged({ access, reference }: PermissionSubject): readonly RuleFinding[] {
  const around = { installations: [], accounts: [], hosts: [], identityProviders: [] };
  return checkRole(access, { ...around, reference }).filter(({ rule }) => rule.startsWith("G"));
}

/** A document of these statements, Allow unless they say otherwise. */
export function policy(...statements: readonly object[]): object {
  return { Version: "2012-10-17", Statement: statements.map((s) => ({ Effect: "Allow", ...s })) };
}
