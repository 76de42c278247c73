import * as z from "zod";
import {
  accountId,
  expects,
  flag,
  isNormal,
  name,
  optional,
  policyArn,
  profile,
  roleArn,
  rolePath,
  short,
  tags,
  text,
  uuid,
  visible,
} from "./scalars";

const count = z.int().check(z.gte(1), z.lte(100_000));
const quota = (what: string) => optional(count, what);
const region = visible(32);
const plain = (max: number, allowed: string) =>
  text(/^[A-Za-z0-9][A-Za-z0-9 _./:@=+-]*$/, max, { allowed, remedy: "take the other characters out" });

/**
 * What Terraform's s3 backend takes, by its own patterns: the example key of AWS's pages is none.
 * @see https://developer.hashicorp.com/terraform/language/backend/s3#kms_key_id
 */
const keyId = "[a-f0-9]{8}-[a-f0-9]{4}-[1-5][a-f0-9]{3}-[ab89][a-f0-9]{3}-[a-f0-9]{12}|mrk-[a-f0-9]{32}";
const kmsKeyId = text(
  new RegExp(
    `^((${keyId})|alias/[A-Za-z0-9/_-]+|arn:aws(-cn|-us-gov|-eusc)?:kms:[a-z0-9-]+:[0-9]{12}:(key/(${keyId})|alias/[A-Za-z0-9/_-]+))$`,
  ),
  2048,
  {
    allowed: "the id, alias or ARN of a KMS key, as Terraform takes it",
    remedy: "copy the key's ARN from the KMS console, or write alias/NAME",
  },
);

const localBackend = z.strictObject({
  path: short(500)
    .refine(
      (p) => isNormal(p) && !/^[/\\]|^[A-Za-z]:/.test(p),
      expects(
        "a path relative to the folder of cdktf.json, without invisible or decomposed characters",
        "write the path without a leading slash or drive",
      ),
    )
    .describe(
      "Where the state is, from the folder of cdktf.json; without a backend terraform.<stack>.tfstate",
    ),
});

const s3Backend = z.strictObject({
  bucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 63, {
    allowed: "the name of an S3 bucket",
    remedy: "write the bucket's name alone, without s3:// and without a key",
  }).describe("Name of the bucket"),
  region: region.describe("Where the bucket is"),
  key: optional(
    plain(1024, "the key of an S3 object"),
    "Key of the state, by default gitpod-aws-oidc/<stack>.tfstate",
  ),
  kmsKeyId: optional(kmsKeyId, "Key that encrypts the state"),
  useLockfile: flag("Lock the state by a file beside it; by default true"),
  roleArn: optional(roleArn, "ARN of the role that reads and writes the state, of any account"),
  profile: optional(profile, "AWS profile that reads and writes the state"),
});

const cloudBackend = z.strictObject({
  organization: plain(100, "the name of an HCP Terraform organization").describe("Name of the organization"),
  workspace: plain(100, "the name of an HCP Terraform workspace").describe("Name of the workspace"),
  hostname: optional(plain(253, "a host name"), "Host, by default app.terraform.io"),
});

const backendSchema = z
  .strictObject({
    local: optional(localBackend, "A file beside cdktf.json"),
    s3: optional(s3Backend, "An object in S3"),
    cloud: optional(cloudBackend, "HCP Terraform"),
    partial: optional(
      z.enum(["azurerm", "consul", "cos", "gcs", "http", "kubernetes", "oss", "pg", "s3"]),
      "Another backend of Terraform's, empty: `init -backend-config` says the rest",
    ),
  })
  .refine(
    (b) => Object.values(b).filter((x) => x !== undefined).length === 1,
    expects("a backend has exactly one of local, s3, cloud, partial", "keep the one where the state is kept"),
  );

/** Whose the identity provider is. */
const identityProvider = z.enum(["create", "existing", "import"]);

const quotas = z.strictObject({
  trustPolicyLength: quota("Characters of a trust policy, by default 2048"),
  inlinePolicyLength: quota("Characters of a role's inline policies, by default 10240"),
  managedPolicyLength: quota("Characters of a managed policy, by default 6144"),
  managedPoliciesPerRole: quota("Managed policies of a role, by default 10"),
  rolesPerAccount: quota("Roles of the account, by default 1000"),
  identityProvidersPerAccount: quota("Identity providers of the account, by default 100"),
});

/** An entry of `accounts`. */
export const accountSchema = z.strictObject({
  id: accountId.describe("The AWS account's id: 12 digits in quotes"),
  region: region.describe("Where this account's secrets and parameters are"),
  partition: optional(
    z.enum(["aws", "aws-cn", "aws-us-gov", "aws-eusc"]),
    "Partition, by default the region's",
  ),
  backend: optional(backendSchema, "Where Terraform keeps its state, by default a local file"),
  deployRole: optional(roleArn, "ARN of the role that Terraform assumes"),
  deployExternalId: optional(
    text(/^[\w+=,.@:/-]{2,1224}$/, 1224, {
      allowed: "an external id of 2 to 1224 letters, digits and _+=,.@:/-",
      remedy: "copy sts:ExternalId from the trust policy of deployRole",
    }),
    "External id that the trust policy of deployRole asks for",
  ),
  deployProfile: optional(profile, "AWS profile that Terraform uses"),
  identityProviders: optional(
    z.record(name, identityProvider),
    "Where this account differs: an installation's name, and its identityProvider here",
  ),
  permissionsBoundary: optional(policyArn, "Permissions boundary of every role of the account"),
  requireBoundary: flag("Every role of the account must have a permissions boundary; by default false"),
  path: optional(rolePath, "IAM path of the account's roles, by default /"),
  tags: optional(tags, "Tags of everything that is made in the account"),
  exclusive: flag("Terraform removes policies attached to the account's roles by hand; by default false"),
  shards: optional(z.int().min(1).max(50), "Terraform stacks that its roles are spread over; by default 1"),
  quotas: optional(quotas, "Quotas that AWS has raised for this account"),
});

const claimKey = z.enum(
  ["org_id", "repository", "context"],
  expects(
    "org_id, repository, context: only the installation and the repository's host decide what they hold",
    "have Gitpod configure org_id,repository for the organization, and write subject: [org_id, repository]",
  ),
);

const issuer = short(255);
const organizationId = uuid(
  "copy org_id, or of Ona organization_id, from gp or ona idp token --audience sts.amazonaws.com --decode",
);

/** An item of `formerIssuers`. */
const formerIssuer = z.union([
  issuer,
  z.strictObject({
    issuer: issuer.describe("The iss of its tokens"),
    organizationId: optional(organizationId, "The organization there, by default the installation's"),
    identityProvider: optional(identityProvider, "As for the installation; by default create"),
  }),
]);

const host = text(
  /^(?=.{1,200}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/,
  200,
  {
    allowed: "a host name in lower case, without scheme, port or path",
    remedy: "write the installation's host, e.g. gitpod.io or acme.gitpod.cloud",
  },
);

const audience = text(/^[A-Za-z0-9._:/-]{1,255}$/, 255, {
  allowed: "an audience of 1 to 255 letters, digits and ._:/-",
  remedy: "leave it out for sts.amazonaws.com",
});

const clientId = text(/^[!-~]{1,255}$/, 255, {
  allowed: "a client id of 1 to 255 characters without spaces",
  remedy: "copy it from aws iam get-open-id-connect-provider",
});

/** An entry of `installations`. */
export const installationSchema = z
  .strictObject({
    kind: optional(z.enum(["classic", "ona"]), "Gitpod Classic, or its successor Ona; by default classic"),
    host: optional(host, "Host of the installation; its issuer is https://api.<host>/idp"),
    issuer: optional(
      issuer,
      "The iss of the installation's tokens, instead of host: copy it from gp idp token --decode; of Ona https://app.gitpod.io, unless given",
    ),
    audience: optional(audience, "Audience of the tokens, by default sts.amazonaws.com"),
    identityProvider: optional(
      identityProvider,
      "Create it, refer to an existing one of another stack, or import (adopt) one; by default create",
    ),
    otherAudiences: optional(
      z.array(clientId).max(99),
      "Client ids that others need of the identity provider: Terraform keeps them, and no role of the manifest admits them",
    ),
    formerIssuers: optional(
      z.array(formerIssuer).max(10),
      "Issuers of the same installation on their way out, or in: every role trusts them too, until they are off the list",
    ),
    openSignup: flag("Can anybody get a workspace here? On gitpod.io always; by default false"),
    subject: optional(
      z.union([z.enum(["context", "v3", "v2", "both"]), z.array(claimKey).min(1).max(3)]),
      "What sub is made of: context, the URL that was opened, or a list of claims that Gitpod has configured; by default context. Of Ona the version of the organization's tokens: v3 unless given, v2 or, while it changes, both",
    ),
    organizationId: optional(organizationId, "The organization's UUID: for Ona, or where subject has org_id"),
  })
  .refine(
    (i) => i.kind === "ona" || (i.host === undefined) !== (i.issuer === undefined),
    expects("an installation has either host or issuer", "write exactly one of host and issuer"),
  );
