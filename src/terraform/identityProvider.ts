import type { IdentityProvider } from "../model/accessModel";
import { escapeMap, escapeTemplate, logicalId, type Escape, type ResourceBlock } from "./blocks";
import { withoutEmpty } from "./stableJson";

/** Terraform type of an identity provider. */
export const identityProviderType = "aws_iam_openid_connect_provider";

/** Terraform address of an issuer's identity provider: the same however it is managed. */
export function identityProviderAddress(providerName: string): string {
  return `${identityProviderType}.${logicalId(providerName)}`;
}

/**
 * An identity provider's Terraform. Terraform may not destroy it: whatever else in the account trusts the issuer
 * would lose its login with it. Thumbprints are left to IAM, which checks the issuer against its trusted CAs.
 * @param importArn - ARN of the one to adopt; null: create it
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html
 */
export function identityProviderTerraform(
  { issuer, audiences, tags }: Pick<IdentityProvider, "issuer" | "audiences" | "tags">,
  id: string,
  importArn: string | null,
  escape: Escape = escapeTemplate,
): ResourceBlock {
  const body = withoutEmpty({
    client_id_list: audiences.map(escape),
    lifecycle: { prevent_destroy: true },
    tags: escapeMap(tags, escape),
    url: escape(issuer),
  });
  return {
    type: identityProviderType,
    id,
    body,
    importId: importArn === null ? undefined : escape(importArn),
  };
}
