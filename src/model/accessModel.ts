import type { ResolvedGrant } from "./grant";
import type { PermissionPolicy, Statement, TrustPolicy } from "./policyDocument";
import type { Quotas } from "./quotas";
import type { Partition } from "./partitions";

/** Where in the manifest something was written. */
export interface ManifestOrigin {
  readonly file: string;
  readonly path: readonly (string | number)[];
}

/**
 * Everything a manifest means, and all that the later stages read. Nothing is optional (null says "none"), every
 * name is followed, every list is sorted unless it says otherwise, so that manifests that mean the same resolve to
 * equal models.
 */
export interface AccessModel {
  /** The manifest's file name without its folder, for headers of generated files. */
  readonly manifestName: string;
  readonly accounts: readonly Account[];
  readonly installations: readonly Installation[];
  readonly snippets: readonly Snippet[];
  /** What `defaults` accepts for every entry of the main manifest. */
  readonly accept: readonly Acceptance[];
  readonly hosts: readonly ScmHost[];
  /** What the globs of `include` left out, in their order, and where each glob is written. */
  readonly passedOver: readonly { readonly file: string; readonly origin: ManifestOrigin }[];
  /** Regions of the manifest that may be right, but that our list does not have, sorted by place. */
  readonly unlistedRegions: readonly WrittenRegion[];
}

/** A region where it is written. */
export interface WrittenRegion {
  readonly region: string;
  readonly origin: ManifestOrigin;
}

/** A source control host: `github.com`, `git.acme.com:8443` or `intern.acme.com/git`, with its kind. */
export interface ScmHost {
  /** Host, port if any, and path prefix if any, without slashes at the ends. */
  readonly name: string;
  readonly kind: HostKind;
}

/** An AWS account that trusts Gitpod: one Terraform stack, or as many as it has shards. */
export interface Account {
  readonly name: string;
  readonly origin: ManifestOrigin;
  /** 12 digits. */
  readonly id: string;
  readonly partition: Partition;
  readonly region: string;
  readonly backend: Backend;
  /** ARN of the role that the AWS provider assumes to deploy. */
  readonly deployRole: string | null;
  readonly deployExternalId: string | null;
  /** Profile of the AWS configuration that the AWS provider uses to deploy. */
  readonly deployProfile: string | null;
  readonly permissionsBoundary: string | null;
  readonly requireBoundary: boolean;
  readonly quotas: Quotas;
  /** Number of stacks that the roles are spread over, 1 to 50. */
  readonly shards: number;
  /** Sorted by issuer; one for each issuer that a role of the account trusts. */
  readonly identityProviders: readonly IdentityProvider[];
  readonly roles: readonly Role[];
}

/** Where Terraform keeps the state of a stack; in an account, of its first one. */
export type Backend =
  /** Its path is relative to the folder of `cdktf.json`. */
  | Readonly<{ kind: "local"; path: string }>
  | {
      readonly kind: "s3";
      readonly bucket: string;
      readonly region: string;
      readonly key: string;
      readonly kmsKeyId: string | null;
      readonly useLockfile: boolean;
      readonly roleArn: string | null;
      readonly profile: string | null;
    }
  | Readonly<{ kind: "cloud"; organization: string; workspace: string; hostname: string }>
  /** Of Terraform's `type`, such as `http`: whoever runs `terraform init` says where it is. */
  | Readonly<{ kind: "partial"; type: string }>;

/** Whose an identity provider is: `create` it, refer to an `existing` one by ARN, or `import` (adopt) one. */
export type Management = "create" | "existing" | "import";

/** The IAM resource that makes an account trust an issuer. */
export interface IdentityProvider {
  /** The `iss` of the tokens, e.g. `https://api.gitpod.io/idp`. */
  readonly issuer: string;
  readonly providerName: string;
  readonly arn: string;
  /** Sorted; 1 to 100. */
  readonly audiences: readonly string[];
  readonly management: Management;
  readonly tags: Readonly<Record<string, string>>;
}

/** What the tokens of an installation may name as their issuer. */
export interface Issuer {
  readonly issuer: string;
  readonly providerName: string;
  /** Can anybody get a workspace here? Always true on gitpod.io. */
  readonly openSignup: boolean;
  /** The organization's UUID: of Ona, and where `subject` holds `org_id`. */
  readonly organizationId: string | null;
}

/** An issuer on its way out, or in, that every role of the installation trusts too. */
export interface FormerIssuer extends Issuer {
  /** Whose its identity provider is; null: as for whoever has it as its issuer, or ours to create. */
  readonly identityProvider: Management | null;
}

/** One Gitpod deployment, with its issuer. */
export interface Installation extends Issuer {
  readonly name: string;
  readonly origin: ManifestOrigin;
  readonly audience: string;
  /** Whose its identity provider is, in accounts that do not say so themselves. */
  readonly identityProvider: Management;
  /** Client ids that its identity provider registers for others, sorted. */
  readonly otherAudiences: readonly string[];
  /** In the order written. */
  readonly formerIssuers: readonly FormerIssuer[];
  /** The claims that `sub` is made of, in their order; null: the URL that the workspace was opened on. */
  readonly subject: readonly ClaimKey[] | null;
  /** The versions of Ona's subjects that roles admit; null: it is one of Gitpod Classic. */
  readonly ona: readonly OnaVersion[] | null;
}

/** How Ona writes `sub`: a setting of the organization. */
export type OnaVersion = "v2" | "v3";

/** A claim that may be part of `sub`: what nobody but the installation and the repository's host decides, or the URL. */
export type ClaimKey = "org_id" | "repository" | "context";

/** The forms of `sub` that a role admits, unescaped. */
export interface SubjectSet {
  /** Whole subjects, sorted. */
  readonly exact: readonly string[];
  /** Prefixes, sorted: any subject that begins with one is admitted, but for those that the guard refuses. */
  readonly prefixes: readonly string[];
}

/** What workspaces may have been opened on, but for one branch. */
type ContextWord = "repository" | "branches" | "tags" | "commits" | "issues" | "pull-requests" | "all";

/** Which workspaces of a repository, by what they were opened on. */
export type Context = ContextWord | { readonly branch: string };

/** An IAM role that workspaces of one repository, or of any repository of one organization, may assume. */
export interface Role {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  readonly description: string;
  /** Names into the model. */
  readonly account: string;
  readonly installation: string;
  readonly entry: Entry;
  /** The Ona projects whose environments it admits, sorted; empty: its installation is one of Gitpod Classic. */
  readonly projects: readonly string[];
  /** Longest session that IAM grants, in seconds: 3600 to 43200. */
  readonly maxSessionDuration: number;
  /** What the snippet asks for, in seconds: 900 to 43200, at most `maxSessionDuration`. */
  readonly sessionDuration: number;
  readonly permissionsBoundary: string | null;
  readonly tags: Readonly<Record<string, string>>;
  readonly subjects: SubjectSet;
  /** The first moment without access, `YYYY-MM-DDT00:00:00Z`. */
  readonly expires: string | null;
  /** Sorted CIDR blocks from which a login is allowed; empty: any. */
  readonly sourceCidrs: readonly string[];
  readonly made: RoleDocuments;
  /** The grants of its entry, sorted, each once: part of the permission policy. */
  readonly grants: readonly ResolvedGrant[];
  /** Where its grants are written: in its entry, or else in `defaults`. */
  readonly grantsOrigin: ManifestOrigin;
  /** The raw statements of its entry, canonical, in the order written: part of the permission policy, too. */
  readonly statements: readonly WrittenStatement[];
  readonly managedPolicies: readonly string[];
  /** Where `managedPolicies` is written; where there are none, the entry. */
  readonly managedPoliciesOrigin: ManifestOrigin;
  /** Resources of other accounts that the grants name; they also need a policy over there. */
  readonly foreignResources: readonly ForeignResource[];
  /** The role exists already: Terraform imports it. */
  readonly adopt: boolean;
  /** Terraform removes policies that somebody attached to the role by hand. */
  readonly exclusive: boolean;
}

/**
 * The policies that a role comes to. They are the larger part of a model, so that those of a manifest are made when
 * somebody first asks: they are accessors, which `JSON.stringify` follows, but neither a spread nor a comparison.
 */
export interface RoleDocuments {
  readonly trustPolicy: TrustPolicy;
  /** All that its own policies say, whatever they are split into; null where the entry grants nothing. */
  readonly permissionPolicy: PermissionPolicy | null;
  readonly policies: RolePolicies;
  /** What takes most room in the policies, the most first; empty where they are within the account's quotas. */
  readonly grantWeights: readonly GrantWeight[];
}

/** The policies that hold what a role may do. One of the two has it all. */
export interface RolePolicies {
  readonly inline: PermissionPolicy | null;
  readonly managed: readonly ManagedPolicy[];
}

/** A managed policy that is made for one role. */
export interface ManagedPolicy {
  readonly name: string;
  readonly arn: string;
  readonly document: PermissionPolicy;
}

/** How much room a grant or a raw statement takes in a role's policies. */
export interface GrantWeight {
  readonly kind: string;
  readonly origin: ManifestOrigin;
  /** Characters as AWS counts them, before anything is merged. */
  readonly characters: number;
}

/** What one entry of `orgs` or `repos` says, whatever the installations and accounts it names. */
export interface Entry {
  readonly kind: "org" | "repo";
  readonly origin: ManifestOrigin;
  /** Canonical URL of the organization or repository, without `.git` or trailing slash. */
  readonly url: string;
  /** Host and path of whoever owns it, e.g. `github.com/acme`. */
  readonly owner: string;
  readonly hostKind: HostKind;
  /** Of roles on Gitpod Classic. Empty for an organization: its role is for any workspace of any repository. */
  readonly contexts: readonly Context[];
  readonly accept: readonly Acceptance[];
  /** False for entries of included files, which may not waive errors. */
  readonly mainManifest: boolean;
}

/** A finding that somebody accepts, with a reason. */
export interface Acceptance {
  readonly rule: string;
  /** Part of the finding's message, where the rule has several; null: it has one. */
  readonly about: string | null;
  readonly reason: string;
  /** `YYYY-MM-DD`, the last day it counts. */
  readonly until: string | null;
  readonly origin: ManifestOrigin;
}

/** A raw statement of the manifest. */
export interface WrittenStatement {
  readonly statement: Statement;
  readonly origin: ManifestOrigin;
  /** The items of its lists in the order in which they are written: where each of them stands. */
  readonly itemsOrigin: Readonly<Record<"Action" | "NotAction", readonly string[]>>;
}

/** A resource of another account that a grant names. */
export interface ForeignResource {
  readonly arn: string;
  readonly origin: ManifestOrigin;
}

export type HostKind = "github" | "gitlab" | "bitbucket" | "bitbucket-server" | "azure-devops";

/** The files that hold tasks: `.gitpod.yml` of Gitpod Classic, `.ona/automations.yaml` of Ona. */
export type TaskFormat = "gitpod.yml" | "automations.yaml";

/** What one repository or organization pastes into its file of tasks on one installation. */
export interface Snippet {
  readonly installation: string;
  readonly format: TaskFormat;
  readonly audience: string;
  readonly kind: "org" | "repo";
  readonly url: string;
  /** Where it is written, below the snippet folder; `/` separates. */
  readonly file: string;
  /** Name of the task, and on Gitpod Classic of its `gp sync-done` marker. */
  readonly task: string;
  /** The task that this one waits for, by its `gp sync-done` marker or its key; null: none. */
  readonly after: string | null;
  /** Do the profiles log in again by themselves, with a token that the task keeps fresh? */
  readonly renew: boolean;
  /** Shell commands that run in the task once the logins and exports are done, as the manifest gives them. */
  readonly commands: readonly string[];
  /** One login for each account, in the order in which the entries name them. */
  readonly logins: readonly Login[];
}

/** One login to AWS, and what is read with it. */
export interface Login {
  readonly account: string;
  readonly roleArn: string;
  /** Name of the AWS profile that receives the credentials; unique in a snippet. */
  readonly profile: string;
  readonly region: string;
  /** Seconds, 900 to 43200. */
  readonly durationSeconds: number;
  readonly exports: readonly Export[];
}

/** An environment variable that the snippet sets from a secret or a parameter. */
export interface Export {
  /** `[A-Z_][A-Z0-9_]*`. */
  readonly variable: string;
  readonly source: "secret" | "parameter";
  /** What is passed as `--secret-id` or `--name`. */
  readonly id: string;
  readonly region: string;
  /** The field of a JSON secret; null: the whole value. */
  readonly key: string | null;
}
