import type { IdentityProvider } from "../model/accessModel";
import { escapeMap, escapeTemplate, logicalId, type Escape, type ResourceBlock } from "./blocks";
import { defined } from "./stableJson";

/** What Terraform needs to know of an identity provider that it manages. */
export interface IdentityProviderSource extends Pick<IdentityProvider, "issuer" | "audiences" | "tags"> {
  /** ARN of the one to adopt; null: create it. */
  readonly importArn: string | null;
}

/** Terraform type of an identity provider. */
export const identityProviderType = "aws_iam_openid_connect_provider";

/** Terraform identifier of an issuer's identity provider: the same however it is managed. */
export function identityProviderId(providerName: string): string {
  return logicalId(providerName);
}

/** Terraform address of an issuer's identity provider. */
export function identityProviderAddress(providerName: string): string {
  return `${identityProviderType}.${identityProviderId(providerName)}`;
}

/**
 * An identity provider's Terraform. Terraform may not destroy it: whatever else in the account trusts the issuer
 * would lose its login with it. Thumbprints are left to IAM, which checks the issuer against its trusted CAs.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
 */
export function identityProviderTerraform(
  provider: IdentityProviderSource,
  id: string,
  escape: Escape = escapeTemplate,
): ResourceBlock {
  const body = defined({
    client_id_list: provider.audiences.map(escape),
    lifecycle: { prevent_destroy: true },
    tags: escapeMap(provider.tags, escape),
    url: escape(provider.issuer),
  });
  const importId = provider.importArn === null ? undefined : escape(provider.importArn);
  return { type: identityProviderType, id, body, importId };
}
