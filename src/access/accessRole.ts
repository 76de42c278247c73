import type { ManifestOrigin, ScmHost } from "../model/accessModel";
import type { Partition } from "../model/partitions";
import type { PolicyDocument, Statement } from "../model/policyDocument";

/** Subjects as policies compare them: whole ones, and patterns of `StringLike`. */
export interface Subjects {
  readonly exact: readonly string[];
  readonly like: readonly string[];
}

/** Where an AWS account is, and what grants without an ARN mean in it. */
export interface AccessAccount {
  readonly name: string;
  readonly id: string;
  readonly partition: Partition;
  readonly region: string;
}

/** A finding that somebody accepted. */
export interface AcceptedFinding {
  readonly rule: string;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day it counts. */
  readonly until: string | null;
}

/** A role as access is asked about: declared by a manifest, or deployed as files show it. */
export interface AccessRole {
  readonly name: string;
  readonly arn: string;
  readonly account: AccessAccount;
  /** Null: no installation of the manifest has its issuer, or there is no manifest. */
  readonly installation: string | null;
  /** The entry that it is made for; null where it is only deployed. */
  readonly entry: { readonly kind: "org" | "repo"; readonly url: string } | null;
  readonly origin: ManifestOrigin;
  /** Who gets in, in words. */
  readonly admits: readonly string[];
  readonly subjects: Subjects;
  readonly issuers: readonly string[];
  readonly audience: string;
  readonly trustPolicy: PolicyDocument;
  /** Everything that its own policies say, but for the Deny that `expires` brings along. */
  readonly statements: readonly Statement[];
  /** ARNs of policies whose text is not at hand. */
  readonly managedPolicies: readonly string[];
  readonly permissionsBoundary: string | null;
  readonly sessionSeconds: number;
  /** The longest session that IAM grants. */
  readonly maxSessionSeconds: number;
  /** The first day without access, `YYYY-MM-DD`. */
  readonly expires: string | null;
  readonly sourceCidrs: readonly string[];
  readonly accepted: readonly AcceptedFinding[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The roles of some source, and what reads their subjects. */
export interface Access {
  /** Sorted by account, then name. */
  readonly roles: readonly AccessRole[];
  readonly hosts: readonly ScmHost[];
}
