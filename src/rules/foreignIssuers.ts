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
  /** Is `sub` what tells its callers apart? */
  readonly bySubject: boolean;
}

const generic = { ownClaims: false, bySubject: true } as const;
const ownClaims = { ownClaims: true, bySubject: true } as const;

/**
 * The table of issuers that are not Gitpod's. A manifest or `--issuer` that names one of them overrules it.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
 */
export const foreignIssuers: readonly ForeignIssuer[] = Object.freeze<ForeignIssuer[]>([
  {
    pattern: /^token\.actions\.githubusercontent\.com(\/[^/]+)?$|\/_services\/token(\/[^/]+)?$/,
    owner: "GitHub Actions",
    reason: "the issuer of workflows, on github.com and on GitHub Enterprise Server",
    ...ownClaims,
  },
  {
    pattern: /^app\.terraform\.io$|^app\.eu\.terraform\.io$/,
    owner: "HCP Terraform",
    reason: "the issuer of Terraform runs: subjects are organization:…:workspace:…",
    ...generic,
  },
  {
    pattern: /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/id\/[a-z0-9]+$/,
    owner: "Amazon EKS",
    reason: "the issuer of a cluster: subjects are system:serviceaccount:…",
    ...generic,
  },
  {
    pattern: /^[a-z0-9.-]+\.s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?(\/|$)|^s3[.-][a-z0-9.-]*amazonaws\.com\//,
    owner: "a Kubernetes cluster",
    reason: "keys of service accounts published in a bucket: subjects are system:serviceaccount:…",
    ...generic,
  },
  {
    pattern: /^container\.googleapis\.com\/v1\/projects\//,
    owner: "Google Kubernetes Engine",
    reason: "the issuer of a cluster: subjects are system:serviceaccount:…",
    ...generic,
  },
  {
    pattern: /^accounts\.google\.com$/,
    owner: "Google",
    reason: "built into AWS: subjects are numbers of accounts",
    ...ownClaims,
  },
  {
    pattern: /^cognito-identity\.amazonaws\.com$/,
    owner: "Amazon Cognito identity pools",
    reason: "built into AWS: roles are told apart by pool and by amr",
    ...{ ownClaims: true, bySubject: false },
  },
  {
    pattern: /^(www\.amazon\.com|graph\.facebook\.com)$/,
    owner: "a login for consumers",
    reason: "built into AWS: the application is named by app_id",
    ...{ ownClaims: true, bySubject: false },
  },
  {
    pattern: /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//,
    owner: "an Amazon Cognito user pool",
    reason: "subjects are the pool's users",
    ...generic,
  },
  {
    pattern: /^gitlab\.com$/,
    owner: "GitLab CI",
    reason: "the issuer of pipelines: subjects are project_path:…",
    ...generic,
  },
  {
    pattern: /^oidc\.circleci\.com\/org\//,
    owner: "CircleCI",
    reason: "the issuer of jobs: subjects are org/…/project/…",
    ...ownClaims,
  },
  {
    pattern: /^api\.bitbucket\.org\/2\.0\/workspaces\//,
    owner: "Bitbucket Pipelines",
    reason: "the issuer of pipelines: subjects are UUIDs of repositories",
    ...generic,
  },
  {
    pattern: /^(agent\.buildkite\.com|oidc\.codefresh\.io|oidc\.vercel\.com(\/.*)?|api\.pulumi\.com\/oidc)$/,
    owner: "a build or deployment service",
    reason: "its own documentation names this issuer",
    ...generic,
  },
  {
    pattern: /^[a-z0-9-]+\.app\.(us\.)?spacelift\.io$/,
    owner: "Spacelift",
    reason: "the issuer of runs: subjects are space:…:stack:…",
    ...generic,
  },
  {
    pattern: /^vstoken\.dev\.azure\.com\/|^sts\.windows\.net\/|^login\.microsoftonline\.com\//,
    owner: "Microsoft Entra ID or Azure Pipelines",
    reason: "tenants of Microsoft, which issues no tokens for Gitpod",
    ...generic,
  },
  {
    pattern: /^[a-z0-9-]+(\.[a-z]{2})?\.(okta|oktapreview|auth0)\.com(\/|$)/,
    owner: "Okta or Auth0",
    reason: "tenants of an identity service: subjects are users or applications",
    ...generic,
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
