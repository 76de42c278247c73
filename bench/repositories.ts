/** One repository of the benchmark, as both our manifest and the plain program describe it. */
export interface BenchRepository {
  readonly url: string;
  /** Path of the URL with `-` between its segments. */
  readonly slug: string;
  readonly path: string;
  readonly account: number;
  /** Name of its secret. */
  readonly secret: string;
  /** With a parameter path and a prefix of a bucket besides: three grants instead of one. */
  readonly three: boolean;
}

export const benchIssuer = "https://services.acme.gitpod.cloud/idp";
export const benchRegion = "us-east-1";
/** Repositories of one account: what AWS raises its quota of roles to without much ado. */
const perAccount = 5_000;

export const accountId = (account: number): string => String(123456789012 + account);

/** How many accounts so many repositories are spread over. */
export function accountsOf(repositories: number): number {
  return Math.max(1, Math.ceil(repositories / perAccount));
}

/** Repositories like those of real teams: 50 organizations, and 30 % with three grants. */
export function benchRepositories(count: number): readonly BenchRepository[] {
  return Array.from({ length: count }, (_, i) => ({
    url: `https://github.com/acme-${i % 50}/app-${i}`,
    slug: `acme-${i % 50}-app-${i}`,
    path: `acme-${i % 50}/app-${i}`,
    account: i % accountsOf(count),
    secret: `app-${i}/db`,
    three: i % 10 < 3,
  }));
}

/** The files of a manifest of these repositories, by name: one half of them stands in an included file. */
export function benchManifest(count: number): Readonly<Record<string, string>> {
  const repositories = benchRepositories(count);
  const half = Math.ceil(count / 2);
  const accounts = Array.from(
    { length: accountsOf(count) },
    (_, i) =>
      `  a${i}: { id: "${accountId(i)}", region: ${benchRegion}, quotas: { rolesPerAccount: ${perAccount} } }\n`,
  );
  const main = `version: 1
accounts:
${accounts.join("")}installations:
  acme: { issuer: ${benchIssuer} }
include: [teams/*.yaml]
defaults:
  tags: { managed-by: gitpod-aws-oidc }
repos:
${repositories.slice(0, half).map(entry).join("")}`;
  const rest = repositories.slice(half);
  return {
    "manifest.yaml": main,
    "teams/half.yaml": `repos:${rest.length === 0 ? " []" : ""}\n${rest.map(entry).join("")}`,
  };
}

function entry({ url, account, secret, three, slug }: BenchRepository): string {
  const grants = [
    `{ secret: ${secret}, env: DATABASE_URL }`,
    ...(three ? [`{ parameter: /${slug}/* }`, `{ s3: acme-assets/${slug}/* }`] : []),
  ];
  return `  - url: ${url}\n    accounts: [a${account}]\n    contexts: [repository, branches]\n    grants: [${grants.join(", ")}]\n`;
}
