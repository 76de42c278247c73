/**
 * AWS quotas that bound what we emit, with AWS's defaults. Lengths count characters without white space.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
export type Quotas = Readonly<Record<keyof typeof quotaTable, number>>;

/** What AWS allows unless it has raised a quota for the account. `max` is the highest that AWS raises it to. */
export const quotaTable = Object.freeze({
  trustPolicyLength: { default: 2048, max: 8192 },
  inlinePolicyLength: { default: 10240, max: 10240 },
  managedPolicyLength: { default: 6144, max: 6144 },
  managedPoliciesPerRole: { default: 10, max: 25 },
  rolesPerAccount: { default: 1000, max: 10000 },
  identityProvidersPerAccount: { default: 100, max: 700 },
} as const);

/** Bounds that AWS never raises. Durations in seconds. */
export const fixedLimits = Object.freeze({
  roleNameLength: 64,
  rolePathLength: 512,
  descriptionLength: 1000,
  tagsPerResource: 50,
  minRoleSession: 3600,
  minSession: 900,
  maxSession: 43200,
  audiencesPerProvider: 100,
  thumbprintsPerProvider: 5,
  issuerLength: 255,
} as const);

export const defaultQuotas: Quotas = Object.freeze(
  Object.fromEntries(Object.entries(quotaTable).map(([k, v]) => [k, v.default])),
) as unknown as Quotas;
