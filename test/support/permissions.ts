import type { PolicyDocument } from "../../src/model/policyDocument";
import { readDocument, servicePrefixes } from "../../src/policy";
import { rules, type Observation, type PermissionSubject } from "../../src/rules";
import { readServiceReference } from "./serviceReference";

/** A role of an account, with nothing written for it, changed as wanted. */
export function permissionSubject(
  documents: readonly unknown[],
  change: Partial<PermissionSubject> = {},
): PermissionSubject {
  const policies: readonly PolicyDocument[] = documents.map((document) => readDocument(document).policy);
  return {
    written: policies.map((policy, d) => ({
      policy,
      origins: policy.Statement.map((_, i) => ({ file: `policy${d}.json`, path: ["Statement", i] })),
    })),
    granted: null,
    managedPolicies: [],
    roleArn: "arn:aws:iam::123456789012:role/gitpod-acme-app",
    roleTags: {},
    ownPolicies: [],
    permissionsBoundary: "arn:aws:iam::123456789012:policy/edge",
    identityProviderArns: ["arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp"],
    account: { id: "123456789012", partition: "aws" },
    wideTrust: [],
    reference: readServiceReference(servicePrefixes(policies)),
    ...change,
  };
}

/** What the rules say of a subject, with the rule's id. */
export function judged(
  subject: PermissionSubject,
): readonly (Observation & { readonly rule: string; readonly level: string })[] {
  return rules.flatMap((rule) =>
    (rule.permissions?.(subject) ?? []).map((seen) => ({
      ...seen,
      rule: rule.id,
      level: seen.severity ?? rule.severity,
    })),
  );
}

/** A document of these statements, Allow unless they say otherwise. */
export function policy(...statements: readonly object[]): object {
  return { Version: "2012-10-17", Statement: statements.map((s) => ({ Effect: "Allow", ...s })) };
}
