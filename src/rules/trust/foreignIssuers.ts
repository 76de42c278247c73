/** An issuer that is plainly not Gitpod's: its subjects look otherwise, and only what AWS says of any issuer is judged. */
export interface ForeignIssuer {
  /** Matches provider names, in lower case. */
  readonly pattern: RegExp;
  /** Whose it is. */
  readonly owner: string;
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

function row(
  owner: string,
  pattern: RegExp,
  example: string,
  more: Partial<Pick<ForeignIssuer, "audience" | "customer" | "every" | "naming">> = {},
): ForeignIssuer {
  return { owner, pattern, example, audience: "any", naming: [], ...more };
}

/** Issuers that are not Gitpod's, unless a manifest or `--issuer` names them. Which keys their tokens have, AWS publishes. */
export const foreignIssuers: readonly ForeignIssuer[] = Object.freeze<ForeignIssuer[]>([
  row(
    "GitHub Actions, on github.com, GitHub Enterprise Server and ghe.com",
    /^token\.actions\.githubusercontent\.com(\/[^/]+)?$|^token\.actions\.[a-z0-9-]+\.ghe\.com$|^github\.com\/enterprises\/|\/_services\/token(\/[^/]+)?$/,
    "sub: repo:OWNER/REPOSITORY:ref:refs/heads/BRANCH",
    {
      customer:
        /(^|:)(repo|repository|job_workflow_ref|workflow_ref):[^/:]+\/|(^|:)(repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+:/,
      naming: ["repository", "repository_id", "repository_owner_id", "job_workflow_ref", "enterprise_id"],
    },
  ),
  row(
    "HCP Terraform",
    /^app\.(eu\.)?terraform\.io$/,
    "sub: organization:NAME:project:NAME:workspace:NAME:run_phase:*",
    { customer: /^organization:[^:]+:/ },
  ),
  row(
    "a Kubernetes cluster: of Amazon or Google, or with its keys in a bucket",
    /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/id\/[a-z0-9]+$|^([a-z0-9.-]+\.)?s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?(\/|$)|^container\.googleapis\.com\/v1\/projects\//,
    "sub: system:serviceaccount:NAMESPACE:NAME",
    { every: "system:serviceaccount:*:*" },
  ),
  row("Google", /^accounts\.google\.com$/, "sub: NUMBER-OF-ACCOUNT", {
    naming: ["aud", "oaud", "google/organization_number"],
  }),
  row("an Amazon Cognito identity pool", /^cognito-identity\.amazonaws\.com$/, "aud: REGION:ID-OF-POOL", {
    audience: "pool",
    naming: ["aud"],
  }),
  row("a login for consumers", /^(www\.amazon\.com|graph\.facebook\.com)$/, "app_id: ID-OF-APPLICATION", {
    audience: "none",
    naming: ["app_id"],
  }),
  row("an Amazon Cognito user pool", /^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//, "sub: ID-OF-USER"),
  row("GitLab CI", /^gitlab\.com$/, "sub: project_path:GROUP/PROJECT:ref_type:branch:ref:BRANCH", {
    customer: /^project_path:[^/:]+\//,
    naming: ["namespace_id", "project_id"],
  }),
  row("CircleCI", /^oidc\.circleci\.com\/org\//, "sub: org/ID/project/ID/user/*", {
    customer: /^org\/[^/]+\/project\/[^/]/,
    naming: ["oidc.circleci.com/project-id"],
  }),
  row("Bitbucket Pipelines", /^api\.bitbucket\.org\/2\.0\/workspaces\//, "sub: {ID-OF-REPOSITORY}:*"),
  row(
    "Buildkite",
    /^agent\.(buildkite\.com|[a-z0-9-]+\.buildkite\.(dev|site))$/,
    "sub: organization:NAME:pipeline:NAME:*",
    {
      customer: /^organization:[^:]+:/,
      naming: ["organization_id", "organization_slug", "pipeline_id", "cluster_id"],
    },
  ),
  row(
    "a deployment service",
    /^(oidc\.codefresh\.io|oidc\.vercel\.com(\/.*)?|api\.pulumi\.com\/oidc)$/,
    "sub: owner:NAME:project:NAME:*",
    { customer: /^(account|owner):[^:]+:|^pulumi:([a-z]+:)*org:[^:]+:/ },
  ),
  row(
    "Spacelift",
    /^[a-z0-9-]+\.app\.(us\.)?spacelift\.io$/,
    "sub: space:NAME:stack:NAME:run_type:TRACKED:scope:write",
    { every: "space:*" },
  ),
  row(
    "Microsoft Entra ID, Azure Pipelines, or Oracle Cloud",
    /^vstoken\.dev\.azure\.com\/|^sts\.windows\.net\/|^login\.microsoftonline\.com\/|\.identity\.oraclecloud\.com$/,
    "sub: ID-OF-SERVICE-PRINCIPAL",
  ),
  row(
    "Okta or Auth0",
    /^[a-z0-9-]+(\.[a-z]{2})?\.(okta|oktapreview|auth0)\.com(\/|$)/,
    "sub: ID-OF-USER-OR-APPLICATION",
  ),
]);

/** Issuers that AWS knows without an identity provider: they are principals by their name alone. */
export const builtInProviders: ReadonlySet<string> = new Set(
  "accounts.google.com cognito-identity.amazonaws.com graph.facebook.com www.amazon.com".split(" "),
);

/** The row of a provider name; null for one that may be Gitpod's. */
export function foreignIssuer(providerName: string): ForeignIssuer | null {
  // Longer names are no identity provider's, and not worth the time of a pattern.
  if (providerName.length > 255) return null;
  return foreignIssuers.find(({ pattern }) => pattern.test(providerName.toLowerCase())) ?? null;
}
