/** What the last synth of a stack wrote, or Terraform's state of it holds: what a deploy may destroy. */
export interface DeployedStack {
  readonly name: string;
  readonly roles: readonly { readonly name: string; readonly path: string }[];
  /** Issuers of its identity providers, without their scheme. */
  readonly providerNames: readonly string[];
}
