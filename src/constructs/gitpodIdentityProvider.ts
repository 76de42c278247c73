import { TerraformStack, type TerraformProvider } from "cdktf";
import { Construct } from "constructs";
import { issuerProblem } from "../model/issuer";
import { identityProviderArn } from "../model/names";
import type { Partition } from "../model/partitions";
import { identityProviderTerraform, identityProviderType } from "../terraform/identityProvider";
import { addResource, PlainElement } from "./resource";
import { escapeAroundTokens } from "./tokens";

/** An identity provider that roles can trust, whoever made it. */
export interface WorkspaceIdentityProvider {
  readonly arn: string;
  /** The `iss` of the tokens, e.g. `https://api.gitpod.io/idp`. */
  readonly issuer: string;
  /** Audiences that it accepts; a role demands the first unless it names another. */
  readonly audiences: readonly [string, ...string[]];
}

/** Where an identity provider exists already. */
export interface ExistingIdentityProvider {
  /** 12 digits. */
  readonly accountId: string;
  /** @default "aws" */
  readonly partition?: Partition;
}

/** Props of {@link GitpodIdentityProvider}. */
export interface GitpodIdentityProviderProps {
  /** Must equal the `iss` of the installation's tokens: copy it from `gp idp token --decode`. */
  readonly issuer: string;
  /** @default - `sts.amazonaws.com`, which `gp idp login aws` asks for */
  readonly audiences?: readonly [string, ...string[]];
  /** @default - no tags */
  readonly tags?: Readonly<Record<string, string>>;
  /** Take this one, made by hand, into Terraform's state. @default - create it */
  readonly import?: ExistingIdentityProvider;
  /** @default - the stack's own AWS provider */
  readonly provider?: TerraformProvider;
}

/** Props of {@link GitpodIdentityProvider.fromAccount}. */
export interface FromAccountProps
  extends ExistingIdentityProvider, Pick<GitpodIdentityProviderProps, "issuer" | "audiences"> {}

/**
 * Makes the AWS account trust an installation's tokens. An account has one identity provider for each issuer: where
 * another stack owns it, refer to it with {@link GitpodIdentityProvider.fromAccount}. Terraform may not destroy it.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html
 */
export class GitpodIdentityProvider extends Construct implements WorkspaceIdentityProvider {
  readonly arn: string;
  readonly issuer: string;
  readonly audiences: readonly [string, ...string[]];

  constructor(scope: Construct, id: string, props: GitpodIdentityProviderProps) {
    super(scope, id);
    this.issuer = checkedIssuer(props.issuer);
    this.audiences = props.audiences ?? defaultAudiences;
    const { issuer, audiences } = this;
    const { tags = {}, import: existing, provider } = props;
    const block = identityProviderTerraform(
      { issuer, audiences, tags },
      TerraformStack.of(this).getLogicalId(this.node),
      existing === undefined ? null : arnOf(existing, issuer),
      escapeAroundTokens,
    );
    this.arn = addResource(this, "Resource", block, { provider }).getStringAttribute("arn");
  }

  /**
   * Refers to an identity provider that exists in an account, and changes nothing about it. Where Terraform made it,
   * for a construct that stood in this one's place, it lets go of it instead of destroying it; that needs Terraform 1.7.
   */
  static fromAccount(
    scope: Construct,
    id: string,
    props: FromAccountProps,
  ): Construct & WorkspaceIdentityProvider {
    const { audiences = defaultAudiences } = props;
    const issuer = checkedIssuer(props.issuer);
    const construct = new Construct(scope, id);
    const formerly = TerraformStack.of(construct).getLogicalId(construct.node);
    new PlainElement(construct, "Released", {
      removed: [{ from: `${identityProviderType}.${formerly}`, lifecycle: { destroy: false } }],
    });
    return Object.assign(construct, { arn: arnOf(props, issuer), issuer, audiences });
  }
}

const defaultAudiences: readonly [string] = Object.freeze(["sts.amazonaws.com"]);

function arnOf({ accountId, partition = "aws" }: ExistingIdentityProvider, issuer: string): string {
  return identityProviderArn(partition, accountId, issuer);
}

function checkedIssuer(issuer: string): string {
  const trouble = issuerProblem(issuer);
  if (trouble === null) return issuer;
  throw new RangeError(`issuer ${JSON.stringify(issuer)} ${trouble.problem}; ${trouble.remedy}`);
}
