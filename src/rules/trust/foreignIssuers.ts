/** An issuer that is plainly not Gitpod's: its subjects look otherwise, and only what AWS says of any issuer is judged. */
export interface ForeignIssuer {
  /** Matches provider names, in lower case. */
  readonly pattern: RegExp;
  /** Has it audiences, one of which must be demanded? `pool`: the audience is what tells its callers apart. */
  readonly audience: "any" | "pool" | "none";
  /** Where it issues for more than one customer: how a subject begins that names one of them in full, or holds that. */
  readonly customer?: RegExp;
  /** What every subject of it matches. @default - anything */
  readonly every?: string;
  /** Claims beside `sub`, in lower case, each of which names a customer, or its caller. */
  readonly naming: readonly string[];
}

const row = (pattern: RegExp, more: Partial<Omit<ForeignIssuer, "pattern">> = {}): ForeignIssuer => ({
  ...{ pattern, audience: "any", naming: [], ...more },
});

/** Issuers that are not Gitpod's, unless a manifest or `--issuer` names them. Which keys their tokens have, AWS publishes. */
export const foreignIssuers: readonly ForeignIssuer[] = Object.freeze<ForeignIssuer[]>([
  // GitHub Actions, on github.com, GitHub Enterprise Server and ghe.com.
  row(
    /^token\.actions\.githubusercontent\.com(\/[^/]+)?$|^token\.actions\.[a-z0-9-]+\.ghe\.com$|^github\.com\/enterprises\/|\/_services\/token(\/[^/]+)?$/,
    {
      customer:
        /(^|:)(repo|repository|job_workflow_ref|workflow_ref):[^/:]+\/|(^|:)(repository_owner|repository_owner_id|repository_id|enterprise|enterprise_id):[^:]+:/,
      naming: ["repository", "repository_id", "repository_owner_id", "job_workflow_ref", "enterprise_id"],
    },
  ),
  // HCP Terraform.
  row(/^app\.(eu\.)?terraform\.io$/, { customer: /^organization:[^:]+:/ }),
  // Kubernetes clusters: of Amazon or Google, or with their keys in a bucket.
  row(
    /^oidc\.eks\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\/id\/[a-z0-9]+$|^([a-z0-9.-]+\.)?s3[.-][a-z0-9.-]*amazonaws\.com(\.cn)?(\/|$)|^container\.googleapis\.com\/v1\/projects\//,
    { every: "system:serviceaccount:*:*" },
  ),
  row(/^accounts\.google\.com$/, { naming: ["aud", "oaud", "google/organization_number"] }),
  // Identity pools, and then user pools, of Amazon Cognito; between them logins for consumers.
  row(/^cognito-identity\.amazonaws\.com$/, { audience: "pool", naming: ["aud"] }),
  row(/^(www\.amazon\.com|graph\.facebook\.com)$/, { audience: "none", naming: ["app_id"] }),
  row(/^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?\//),
  row(/^gitlab\.com$/, { customer: /^project_path:[^/:]+\//, naming: ["namespace_id", "project_id"] }),
  row(/^oidc\.circleci\.com\/org\//, {
    customer: /^org\/[^/]+\/project\/[^/]/,
    naming: ["oidc.circleci.com/project-id"],
  }),
  row(/^api\.bitbucket\.org\/2\.0\/workspaces\//),
  row(/^agent\.(buildkite\.com|[a-z0-9-]+\.buildkite\.(dev|site))$/, {
    customer: /^organization:[^:]+:/,
    naming: ["organization_id", "organization_slug", "pipeline_id", "cluster_id"],
  }),
  row(/^(oidc\.codefresh\.io|oidc\.vercel\.com(\/.*)?|api\.pulumi\.com\/oidc)$/, {
    customer: /^(account|owner):[^:]+:|^pulumi:([a-z]+:)*org:[^:]+:/,
  }),
  row(/^[a-z0-9-]+\.app\.(us\.)?spacelift\.io$/, { every: "space:*" }),
  // Microsoft Entra ID, Azure Pipelines, and Oracle Cloud.
  row(
    /^vstoken\.dev\.azure\.com\/|^sts\.windows\.net\/|^login\.microsoftonline\.com\/|\.identity\.oraclecloud\.com$/,
  ),
  row(/^[a-z0-9-]+(\.[a-z]{2})?\.(okta|oktapreview|auth0)\.com(\/|$)/),
]);

/** Issuers that AWS knows without an identity provider: they are principals by their name alone. */
export const builtInProviders: ReadonlySet<string> = new Set(
  "accounts.google.com cognito-identity.amazonaws.com graph.facebook.com www.amazon.com".split(" "),
);

/** Who has no row: a GitLab, Keycloak or Terraform of somebody's own, or one more service. */
const anotherService = row(/^/);

/** What names of Gitpod's and Ona's issuers hold. */
const gitpodsName = /gitpod|(^|\.)ona\.com$|\/idp(\/|$)/;
/** How subjects of theirs begin. */
const gitpodsSubject = /^(https?:|(org_id|repository|organization_id):|org:[^/:]*\/)/;

/**
 * Whose issuer a provider name is; null for one that may be Gitpod's.
 * @param conditions - of a statement: then an issuer without a row is Gitpod's by its name, or by `sub`, or another's
 */
export function foreignIssuer(
  providerName: string,
  conditions?: readonly { readonly key: string; readonly values: readonly string[] }[],
): ForeignIssuer | null {
  // Longer names are no identity provider's, and not worth the time of a pattern.
  if (providerName.length > 255) return null;
  const name = providerName.toLowerCase();
  const found = foreignIssuers.find(({ pattern }) => pattern.test(name));
  if (found !== undefined || conditions === undefined) return found ?? null;
  const subjects = conditions.flatMap(({ key, values }) => (/(^|:)sub$/i.test(key) ? values : []));
  return gitpodsName.test(name) || subjects.some((sub) => gitpodsSubject.test(sub)) ? null : anotherService;
}
