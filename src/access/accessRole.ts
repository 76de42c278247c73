import type { Acceptance, Account, ManifestOrigin, ScmHost } from "../model/accessModel";
import type { ResolvedGrant } from "../model/grant";
import type { PolicyDocument, Statement } from "../model/policyDocument";

/** Subjects as policies compare them: whole ones, and patterns of `StringLike`. */
export interface Subjects {
  readonly exact: readonly string[];
  readonly like: readonly string[];
}

/** Where an AWS account is, and what grants without an ARN mean in it. */
export type AccessAccount = Pick<Account, "name" | "id" | "partition" | "region">;

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
  /** This and the next are functions: of a manifest, policies are made when somebody asks for them. */
  readonly trustPolicy: () => PolicyDocument;
  /** Everything that its own policies say, but for the Deny that `expires` brings along. */
  readonly statements: () => readonly Statement[];
  /** What of these statements is known to come from grants: of a deployed role nothing. */
  readonly grants: readonly ResolvedGrant[];
  /** The statements that do not come from them. */
  readonly written: readonly Statement[];
  /** ARNs of policies whose text is not at hand. */
  readonly managedPolicies: readonly string[];
  readonly permissionsBoundary: string | null;
  /** Of a deployed role, the longest that IAM grants. */
  readonly sessionSeconds: number;
  /** The first day without access, `YYYY-MM-DD`. */
  readonly expires: string | null;
  readonly sourceCidrs: readonly string[];
  /** Findings that somebody accepted. */
  readonly accepted: readonly Pick<Acceptance, "rule" | "reason" | "until">[];
  readonly tags: Readonly<Record<string, string>>;
}

/** The roles of some source, and what reads their subjects. */
export interface Access {
  /** Sorted by account, then name. */
  readonly roles: readonly AccessRole[];
  readonly hosts: readonly ScmHost[];
}
