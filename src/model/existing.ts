import type { ManifestOrigin } from "./accessModel";

/** A policy document of a file, made by whomever, as JSON gives it. */
export interface ExistingDocument {
  readonly kind: "trust" | "permission";
  /** Where the document begins: paths of findings continue it, e.g. with `Statement`, 0. */
  readonly origin: ManifestOrigin;
  /** The JSON value: any shape. */
  readonly value: unknown;
  /** The name of the role that it belongs to; null where the file does not say. */
  readonly role: string | null;
  /** Is it a managed policy of AWS's own, which no quota binds? @default false */
  readonly ofAws?: boolean;
}

/** What a role may have or not, and what a file may show or not: AWS's own words, and how messages call it. */
export const roleFacts = Object.freeze({
  ...{ path: "path", description: "description", maxSessionDuration: "longest session" },
  ...{ permissionsBoundary: "permissions boundary", tags: "tags", policies: "policies" },
});
export type RoleFact = keyof typeof roleFacts;

/** A role of a file, with what of it a file shows; null: not shown, or not there, which `shown` tells apart. */
export interface ExistingRole {
  readonly name: string | null;
  readonly origin: ManifestOrigin;
  /** Of these, the files show what the role has, and that it has none where there is none. */
  readonly shown: ReadonlySet<RoleFact>;
  readonly arn: string | null;
  readonly path: string | null;
  readonly description: string | null;
  /** Seconds. */
  readonly maxSessionDuration: number | null;
  readonly permissionsBoundary: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly trust: ExistingDocument | null;
  /** Inline policies, and customer-managed ones whose text the file holds. */
  readonly permissions: readonly ExistingDocument[];
  /** ARNs of attached policies whose text the file does not hold. */
  readonly managedPolicies: readonly { readonly arn: string; readonly origin: ManifestOrigin }[];
}

/** An IAM identity provider of a file. Null: the file does not say. */
export interface ExistingIdentityProvider {
  readonly origin: ManifestOrigin;
  readonly arn: string | null;
  /** As written: with or without scheme. */
  readonly url: string;
  readonly audiences: readonly string[];
  readonly thumbprints: readonly string[] | null;
}

/** Everything that a file shows. A bare document comes as a role of which nothing else is known. */
export interface ExistingAccess {
  readonly roles: readonly ExistingRole[];
  readonly identityProviders: readonly ExistingIdentityProvider[];
}
