import type {
  Context,
  ForeignResource,
  HostKind,
  ManifestOrigin,
  RoleDocuments,
  WrittenStatement,
} from "./accessModel";
import type { ExistingDocument } from "./existing";
import type { Partition } from "./partitions";
import type { TrustPolicy } from "./policyDocument";
import type { Quotas } from "./quotas";

/**
 * What one role admits and may do, whoever says so: a manifest, a construct, or files about what exists, a bare
 * document even. Null is not known, unless it says otherwise.
 */
export interface RoleAccess {
  /** Whose words remedies use: keys of a manifest (props of a construct), or policies. */
  readonly source: "manifest" | "files";
  readonly name: string | null;
  /** What is said of the role as a whole stands here. */
  readonly origin: ManifestOrigin;
  readonly arn: string | null;
  readonly account: { readonly id: string; readonly partition: Partition } | null;
  readonly quotas: Quotas;
  /** The account that wants a permissions boundary on its roles; null: none does. */
  readonly boundaryWantedBy: string | null;
  readonly path: string | null;
  readonly description: string | null;
  /** Seconds. */
  readonly maxSessionDuration: number | null;
  readonly tags: Readonly<Record<string, string>> | null;
  readonly permissionsBoundary: string | null;
  readonly identityProviderArns: readonly string[];
  readonly trust: RoleTrust | null;
  /** Raw statements of a manifest or construct. */
  readonly statements: readonly WrittenStatement[];
  /** Permission policies that exist already. */
  readonly documents: readonly ExistingDocument[];
  /** The policies that are made for it; null: they are `documents`. */
  readonly made: Omit<RoleDocuments, "trustPolicy"> | null;
  /** Resources of other accounts that grants name. */
  readonly foreignGrants: readonly ForeignResource[];
  readonly managedPolicies: readonly { readonly arn: string; readonly origin: ManifestOrigin }[];
}

/** Who may assume a role: what an entry means, or a document that anybody may have written. */
export type RoleTrust =
  | { readonly kind: "entry"; readonly policy: TrustPolicy; readonly admission: Admission }
  | { readonly kind: "document"; readonly document: ExistingDocument };

/** Some of the workspaces that a role admits. */
export interface Admission {
  readonly kind: "repo" | "org";
  /** Of the repository, or of what is above the repositories; null where the subject names none. */
  readonly url: string | null;
  /** Of the host; null where nothing names it. */
  readonly hostKind: HostKind | null;
  /** What workspaces may have been opened on. */
  readonly contexts: readonly Context[];
  /** Does the role admit no workspace of the repository but those opened on its own URL? */
  readonly bare: boolean;
  /** The installation or issuer, where anybody gets a workspace and `sub` does not name the organization; else null. */
  readonly openTo: string | null;
  /** Is that a former issuer of the installation? @default false */
  readonly openFormerly?: boolean;
  /** Are these the environments of a project of Ona? @default false */
  readonly isProject?: boolean;
}
