import type { Account, Installation, ScmHost } from "../model/accessModel";
import type { ExistingAccess, ExistingDocument, ExistingRole, RoleFact } from "../model/existing";
import { issuersOf } from "../model/issuer";
import { parseArn } from "../model/names";
import { partitionOf, partitions } from "../model/partitions";
import type { Statement } from "../model/policyDocument";
import { fixedLimits } from "../model/quotas";
import { canonicalStatement, many, readDocument } from "../policy";
import type { Access, AccessAccount, AccessRole } from "./accessRole";
import { atomsOf, subjectsOf, type Atom, type Test } from "./atoms";
import { withoutExpiry } from "./declared";
import { listed } from "./permissionWords";
import { subjectsWords } from "./subjectWords";

/** What a manifest says around the roles of files; empty where there is none. */
export interface Surroundings {
  readonly accounts: readonly Account[];
  readonly installations: readonly Installation[];
  readonly hosts: readonly ScmHost[];
}

/** The roles that files show, and what they do not show. */
export interface DeployedAccess extends Access {
  /** By role, what the files do not say of it. */
  readonly unseen: ReadonlyMap<AccessRole, ReadonlySet<RoleFact>>;
  /** Ids of all accounts that something in the files belongs to. */
  readonly accounts: ReadonlySet<string>;
  /** What was left out, and why: lower case, no final period. */
  readonly notes: readonly string[];
}

const facts: readonly RoleFact[] = Object.freeze([
  "maxSessionDuration",
  "permissionsBoundary",
  "tags",
  "policies",
]);

/** The roles of files that web identities may assume: with a manifest those of its issuers, else all. */
export function deployedAccess(existing: ExistingAccess, near: Surroundings): DeployedAccess {
  const providers = new Set(near.installations.flatMap(issuersOf).map((issuer) => issuer.providerName));
  const unseen = new Map<AccessRole, ReadonlySet<RoleFact>>();
  const notes: string[] = [];
  const silent = new Map<string, readonly string[]>();
  let others = 0;
  for (const role of existing.roles) {
    const name = role.name ?? "a role without a name";
    if (role.trust === null) {
      notes.push(`${name} is left out: the files do not show its trust policy`);
      continue;
    }
    for (const { value } of [role.trust, ...role.permissions])
      for (const { message } of readDocument(value).problems)
        notes.push(`a policy of ${name} is not read as a whole: ${message}`);
    const read = deployedRole(role, role.trust, near);
    const isOurs = read?.issuers.some(
      (issuer) =>
        issuer === anyIssuer || providers.size === 0 || providers.has(issuer.slice("https://".length)),
    );
    if (read === null || isOurs !== true) {
      others += 1;
      continue;
    }
    const missing = new Set(facts.filter((fact) => !role.shown.has(fact)));
    unseen.set(read, missing);
    if (missing.size > 0) {
      const words = [...missing].map((fact) => factWords[fact]).join(", ");
      silent.set(words, [...(silent.get(words) ?? []), name]);
    }
  }
  for (const [words, names] of silent) notes.push(`the files do not show ${words} of ${listed(names)}`);
  if (others > 0)
    notes.push(
      `${others} role${others === 1 ? "" : "s"} that no web identity ${providers.size === 0 ? "" : "of the manifest's issuers "}may assume ${others === 1 ? "is" : "are"} left out`,
    );
  const arns = [...existing.roles, ...existing.identityProviders].flatMap(({ arn }) =>
    arn === null ? [] : [parseArn(arn)?.account ?? ""],
  );
  const place = ({ account, name }: AccessRole) => JSON.stringify([account.name, name]);
  const roles = [...unseen.keys()].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  return { roles, hosts: near.hosts, unseen, accounts: new Set(arns), notes };
}

const factWords: Readonly<Partial<Record<RoleFact, string>>> = Object.freeze({
  maxSessionDuration: "the longest session",
  permissionsBoundary: "the permissions boundary",
  tags: "the tags",
  policies: "the policies",
});

/** What stands for an issuer where a policy trusts any. */
const anyIssuer = "any issuer";

/** A role of files; null where no web identity may assume it. */
function deployedRole(role: ExistingRole, trust: ExistingDocument, near: Surroundings): AccessRole | null {
  const trustPolicy = { Version: "2012-10-17", Statement: statementsOf(trust) } as const;
  const atoms = atomsOf(trustPolicy.Statement, "").filter(
    ({ effect, principal }) =>
      effect === "Allow" && (principal?.text === "*" || isIdentityProvider(principal?.text)),
  );
  const [first] = atoms;
  if (first === undefined) return null;
  const issuers = [...new Set(atoms.map(({ principal }) => issuerOf(principal?.text ?? "*")))].sort();
  const arn = role.arn ?? first.principal?.text.replace(/^Federated /, "") ?? "";
  const subjects = subjectsOf(atoms);
  const installation =
    near.installations.find((i) => issuersOf(i).some(({ issuer }) => issuers.includes(issuer)))?.name ?? null;
  const moment = commonValues(atoms, "datelessthan", "aws:currenttime")[0] ?? null;
  const expires = moment !== null && /^[0-9-]{10}T00:00:00Z$/.test(moment) ? moment : null;
  const said = role.permissions.flatMap(statementsOf);
  const on = installation === null ? "" : ` on ${installation}`;
  return {
    ...{ name: role.name ?? "a role without a name", arn, account: accountOf(arn, said, near), installation },
    ...{ entry: null, origin: role.origin, subjects, issuers, trustPolicy, accepted: [], tags: role.tags },
    admits: subjectsWords(subjects, near.hosts).map((words) =>
      words.includes("whose sub is") ? words : `${words}${on}`,
    ),
    audience: [...new Set(atoms.flatMap(audiencesOf))].sort().join(" or "),
    statements: withoutExpiry(said, expires),
    managedPolicies: role.managedPolicies.map((policy) => policy.arn).sort(),
    permissionsBoundary: role.permissionsBoundary,
    ...sessions(role.maxSessionDuration ?? fixedLimits.minRoleSession),
    expires: expires?.slice(0, "YYYY-MM-DD".length) ?? null,
    sourceCidrs: commonValues(atoms, "ipaddress", "aws:sourceip"),
  };
}

function sessions(seconds: number): Pick<AccessRole, "sessionSeconds" | "maxSessionSeconds"> {
  return { sessionSeconds: seconds, maxSessionSeconds: seconds };
}

/** A document's statements. In one of a version before 2012-10-17 a variable is text. */
function statementsOf({ value }: ExistingDocument): readonly Statement[] {
  const { policy, version } = readDocument(value);
  const statements = policy.Statement.map(canonicalStatement);
  if (version === "2012-10-17") return statements;
  return JSON.parse(JSON.stringify(statements).replaceAll("${", "${$}{")) as readonly Statement[];
}

function isIdentityProvider(principal: string | undefined): boolean {
  return principal !== undefined && /^Federated arn:[^:]*:iam::[^:]*:oidc-provider\//.test(principal);
}

function issuerOf(principal: string): string {
  return principal === "*" ? anyIssuer : principal.replace(/^.*:oidc-provider\//, "https://");
}

function audiencesOf({ tests }: Atom): readonly string[] {
  const audiences = tests.filter(({ key }) => key.endsWith(":aud")).flatMap(({ values }) => values);
  return audiences.length === 0 ? ["any audience"] : audiences;
}

/** The values that each atom's test demands; none where they differ, or some atom has no such test. */
function commonValues(atoms: readonly Atom[], operator: string, key: string): readonly string[] {
  const isMeant = (test: Test) => test.operator === operator && test.key === key;
  const found = new Set(
    atoms.map(({ tests }) => JSON.stringify([...(tests.find(isMeant)?.values ?? [])].sort())),
  );
  const [values = "[]"] = found;
  return found.size === 1 ? (JSON.parse(values) as readonly string[]) : [];
}

/** The manifest's account, or what the ARNs of a role say of one. */
function accountOf(arn: string, statements: readonly Statement[], { accounts }: Surroundings): AccessAccount {
  const fields = parseArn(arn);
  const id = fields?.account ?? "";
  const known = accounts.find((account) => account.id === id);
  if (known !== undefined) return known;
  const partition = partitions.find((p) => p === fields?.partition) ?? "aws";
  const regions = statements
    .flatMap((s) => many(s.Resource))
    .map((resource) => parseArn(resource)?.region ?? "");
  return {
    name: id,
    id,
    partition,
    region: regions.find((region) => partitionOf(region) === partition) ?? "",
  };
}

/**
 * Declared roles as they compare with deployed ones: with the longest session that IAM grants, those of accounts that
 * the files show. What the files do not show of a role counts as declared.
 */
export function comparable(
  declared: Access,
  deployed: DeployedAccess,
): { readonly before: Access; readonly after: Access } {
  const byArn = new Map(declared.roles.map((role) => [role.arn, role]));
  const before = deployed.roles.map((role): AccessRole => {
    const missing = deployed.unseen.get(role);
    const twin = byArn.get(role.arn);
    if (twin === undefined || missing === undefined) return role;
    return {
      ...role,
      ...(missing.has("maxSessionDuration") ? sessions(twin.maxSessionSeconds) : {}),
      ...(missing.has("permissionsBoundary") ? { permissionsBoundary: twin.permissionsBoundary } : {}),
      ...(missing.has("tags") ? { tags: twin.tags } : {}),
      ...(missing.has("policies")
        ? { statements: twin.statements, managedPolicies: twin.managedPolicies }
        : {}),
    };
  });
  const after = declared.roles
    .filter(({ account }) => deployed.accounts.has(account.id))
    .map((role) => ({ ...role, ...sessions(role.maxSessionSeconds) }));
  return { before: { ...deployed, roles: before }, after: { ...declared, roles: after } };
}
