/** An issuer that is plainly not Gitpod's: its subjects look otherwise, and only what AWS says of any issuer is judged. */
export interface ForeignIssuer {
  /** Matches provider names, in lower case. */
  readonly pattern: RegExp;
  /** Whose it is. */
  readonly owner: string;
  /** How it is known not to be Gitpod's. */
  readonly reason: string;
  /** Does AWS look at more of its claims than at those of any issuer? */
  readonly ownClaims: boolean;
  /** Has it audiences, one of which must be demanded? `pool`: the audience is what tells its callers apart. */
  readonly audience: "any" | "pool" | "none";
  /** Where it issues for more than one customer: how a subject begins that names one of them in full, or holds that. */
  readonly customer?: RegExp;
  /** What every subject of it matches. @default - anything */
  readonly every?: string;
  /** Claims beside `sub`, in lower case, each of which names a customer, or its caller. */
  readonly naming: readonly string[];
  /** A condition that names a caller, for a remedy: capitals are to be filled in. */
  readonly example: string;
}

const generic = { ownClaims: false, audience: "any", naming: [] } as const;
const serviceAccounts = {
  every: "system:serviceaccount:*:*",
  example: "sub: system:serviceaccount:NAMESPACE:NAME",
} as const;

/**
 * The table of issuers that are not Gitpod's. A manifest or `--issuer` that names one of them overrules it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export const foreignIssuers: readonly ForeignIssuer[] = Object.freeze<ForeignIssuer[]>([
  {
    pattern: /^token\.actions\.githubusercontent\.com(\/[^/]+)?$|\/_services\/token(\/[^/]+)?$/,
    owner: "GitHub Actions",
    reason: "the issuer of workflows, on github.com and on GitHub Enterprise Server",
    ...{ ownClaims: true, audience: "any" },
    customer:
      /(^|:)(repo|repository|job_workflow_ref|workflow_ref):[^/:]+\/|(^|:)(repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+:/,
    naming: [
      ...["repository", "repository_id", "repository_owner", "repository_owner_id"],
      ...["job_workflow_ref", "enterprise", "enterprise_id"],
    ],
    example: "sub: repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH",
  },
  {
    pattern: /^app\.terraform\.io$|^app\.eu\.terraform\.io$/,
    owner: "HCP Terraform",
    reason: "the issuer of Terraform runs: subjects are organization:…:workspace:…",
    ...generic,
    customer: /^organization:[^:]+:/,
    example: "sub: organization:NAME:project:NAME:workspace:NAME:run_phase:*",
  },
  {
    pattern: /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/id\/[a-z0-9]+$/,
    owner: "Amazon EKS",
    reason: "the issuer of a cluster: subjects are system:serviceaccount:…",
    ...generic,
    ...serviceAccounts,
  },
  {
    pattern: /^[a-z0-9.-]+\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?(\/|$)|^s3[.-][a-z0-9.-]*amazonaws\.com\//,
    owner: "a Kubernetes cluster",
    reason: "keys of service accounts published in a bucket: subjects are system:serviceaccount:…",
    ...generic,
    ...serviceAccounts,
  },
  {
    pattern: /^container\.googleapis\.com\/v1\/projects\//,
    owner: "Google Kubernetes Engine",
    reason: "the issuer of a cluster: subjects are system:serviceaccount:…",
    ...generic,
    ...serviceAccounts,
  },
  {
    pattern: /^accounts\.google\.com$/,
    owner: "Google",
    reason: "built into AWS: subjects are numbers of accounts",
    ...{ ownClaims: true, audience: "any", naming: ["email", "google/organization_number"] },
    example: "sub: NUMBER-OF-ACCOUNT",
  },
  {
    pattern: /^cognito-identity\.amazonaws\.com$/,
    owner: "Amazon Cognito identity pools",
    reason: "built into AWS: roles are told apart by pool and by amr",
    ...{ ownClaims: true, audience: "pool", naming: ["aud"] },
    example: "aud: REGION:ID-OF-POOL",
  },
  {
    pattern: /^(www\.amazon\.com|graph\.facebook\.com)$/,
    owner: "a login for consumers",
    reason: "built into AWS: the application is named by app_id",
    ...{ ownClaims: true, audience: "none", naming: ["app_id"] },
    example: "app_id: ID-OF-APPLICATION",
  },
  {
    pattern: /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//,
    owner: "an Amazon Cognito user pool",
    reason: "subjects are the pool's users",
    ...generic,
    example: "sub: ID-OF-USER",
  },
  {
    pattern: /^gitlab\.com$/,
    owner: "GitLab CI",
    reason: "the issuer of pipelines: subjects are project_path:…",
    ...generic,
    customer: /^project_path:[^/:]+\//,
    example: "sub: project_path:GROUP/PROJECT:ref_type:branch:ref:BRANCH",
  },
  {
    pattern: /^oidc\.circleci\.com\/org\//,
    owner: "CircleCI",
    reason: "the issuer of jobs: subjects are org/…/project/…",
    ...{ ownClaims: true, audience: "any", customer: /^org\/[^/]+\/project\/[^/]/ },
    naming: ["oidc.circleci.com/project-id", "oidc.circleci.com/vcs-origin", "oidc.circleci.com/context-ids"],
    example: "sub: org/ID/project/ID/user/*",
  },
  {
    pattern: /^api\.bitbucket\.org\/2\.0\/workspaces\//,
    owner: "Bitbucket Pipelines",
    reason: "the issuer of pipelines: subjects are UUIDs of repositories",
    ...generic,
    example: "sub: {ID-OF-REPOSITORY}:*",
  },
  {
    pattern: /^(agent\.buildkite\.com|oidc\.codefresh\.io|oidc\.vercel\.com(\/.*)?|api\.pulumi\.com\/oidc)$/,
    owner: "a build or deployment service",
    reason: "its own documentation names this issuer",
    ...generic,
    customer: /^(organization|account|owner):[^:]+:|^pulumi:([a-z]+:)*org:[^:]+:/,
    example: "sub: organization:NAME:pipeline:NAME:*",
  },
  {
    pattern: /^[a-z0-9-]+\.app\.(us\.)?spacelift\.io$/,
    owner: "Spacelift",
    reason: "the issuer of runs: subjects are space:…:stack:…",
    ...generic,
    every: "space:*",
    example: "sub: space:NAME:stack:NAME:run_type:TRACKED:scope:write",
  },
  {
    pattern: /^vstoken\.dev\.azure\.com\/|^sts\.windows\.net\/|^login\.microsoftonline\.com\//,
    owner: "Microsoft Entra ID or Azure Pipelines",
    reason: "tenants of Microsoft, which issues no tokens for Gitpod",
    ...generic,
    example: "sub: ID-OF-SERVICE-PRINCIPAL",
  },
  {
    pattern: /^[a-z0-9-]+(\.[a-z]{2})?\.(okta|oktapreview|auth0)\.com(\/|$)/,
    owner: "Okta or Auth0",
    reason: "tenants of an identity service: subjects are users or applications",
    ...generic,
    example: "sub: ID-OF-USER-OR-APPLICATION",
  },
]);

/** Issuers that AWS knows without an identity provider: they are principals by their name alone. */
export const builtInProviders: ReadonlySet<string> = new Set([
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "graph.facebook.com",
  "www.amazon.com",
]);

/** The row of a provider name; null for one that may be Gitpod's. */
export function foreignIssuer(providerName: string): ForeignIssuer | null {
  // Longer names are no identity provider's, and not worth the time of a pattern.
  if (providerName.length > 255) return null;
  return foreignIssuers.find(({ pattern }) => pattern.test(providerName.toLowerCase())) ?? null;
}
