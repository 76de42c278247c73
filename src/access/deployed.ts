import { firstOf } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import {
  roleFacts,
  type ExistingAccess,
  type ExistingDocument,
  type ExistingRole,
  type RoleFact,
} from "../model/existing";
import { issuersOf } from "../model/issuer";
import { parseArn } from "../model/names";
import { partitionOf, partitions } from "../model/partitions";
import type { Statement } from "../model/policyDocument";
import { fixedLimits } from "../model/quotas";
import { canonicalStatement, many, readDocument } from "../policy";
import type { Access, AccessAccount, AccessRole } from "./accessRole";
import { atomsOf, audiencesOf, subjectsOf, type Atom } from "./atoms";
import { withoutExpiry } from "./declared";
import { subjectsWords } from "./subjectWords";

/** What a manifest says around the roles of files; empty where there is none. */
export type Surroundings = Pick<AccessModel, "accounts" | "installations" | "hosts">;

/** The roles that files show, and what they do not show. */
export interface DeployedAccess extends Access {
  /** By role, what the files do not say of it. */
  readonly unseen: ReadonlyMap<AccessRole, readonly RoleFact[]>;
  /** Ids of all accounts that something in the files belongs to. */
  readonly accounts: ReadonlySet<string>;
  /** What was left out, and why: lower case, no final period. */
  readonly notes: readonly string[];
}

/** What access depends on, of that what files may show or not. */
const factsOfAccess = Object.freeze([
  "maxSessionDuration",
  "permissionsBoundary",
  "tags",
  "policies",
] as const);

/** The roles of files that web identities may assume: with a manifest those of its issuers, else all. */
export function deployedAccess(existing: ExistingAccess, near: Surroundings): DeployedAccess {
  const issuers = new Set(near.installations.flatMap(issuersOf).map(({ issuer }) => issuer));
  const unseen = new Map<AccessRole, readonly RoleFact[]>();
  const notes: string[] = [];
  const silent = new Map<string, string[]>();
  let others = 0;
  for (const role of existing.roles) {
    const name = role.name ?? nameless;
    if (role.trust === null) {
      notes.push(`${name} is left out: the files do not show its trust policy`);
      continue;
    }
    for (const { value } of [role.trust, ...role.permissions])
      for (const { message } of readDocument(value).problems)
        notes.push(`a policy of ${name} is not read as a whole: ${message}`);
    const read = deployedRole(role, role.trust, near);
    const isOurs = (issuer: string) => issuer === anyIssuer || issuers.size === 0 || issuers.has(issuer);
    if (read?.issuers.some(isOurs) !== true) {
      others += 1;
      continue;
    }
    const missing = factsOfAccess.filter((fact) => !role.shown.has(fact));
    unseen.set(read, missing);
    const words = missing.map((fact) => `the ${roleFacts[fact]}`).join(", ");
    silent.set(words, [...(silent.get(words) ?? []), name]);
  }
  silent.delete("");
  for (const [words, names] of silent) notes.push(`the files do not show ${words} of ${firstOf(5, names)}`);
  if (others > 0) {
    const whose = issuers.size === 0 ? "" : " of the manifest's issuers";
    const [roles, are] = others === 1 ? ["role", "is"] : ["roles", "are"];
    notes.push(`${others} ${roles} that no web identity${whose} may assume ${are} left out`);
  }
  const arns = [...existing.roles, ...existing.identityProviders].map(({ arn }) => parseArn(arn ?? ""));
  const place = ({ account, name }: AccessRole) => JSON.stringify([account.name, name]);
  const roles = [...unseen.keys()].sort((a, b) => (place(a) < place(b) ? -1 : 1));
  const accounts = new Set(arns.flatMap((arn) => arn?.account ?? []));
  return { roles, hosts: near.hosts, unseen, accounts, notes };
}

const nameless = "a role without a name";

/** What stands for an issuer where a policy trusts any. */
const anyIssuer = "any issuer";

/** A role of files; null where no web identity may assume it. */
function deployedRole(role: ExistingRole, trust: ExistingDocument, near: Surroundings): AccessRole | null {
  const trustPolicy = { Version: "2012-10-17", Statement: statementsOf(trust) } as const;
  const atoms = atomsOf(trustPolicy.Statement, null).filter(
    ({ statement, principal }) => statement.Effect === "Allow" && issuerOf(principal.text) !== null,
  );
  const [first] = atoms;
  if (first === undefined) return null;
  const issuers = [...new Set(atoms.flatMap(({ principal }) => issuerOf(principal.text) ?? []))].sort();
  const arn = role.arn ?? first.principal.text.replace(/^Federated /, "");
  const subjects = subjectsOf(atoms);
  const isTheirs = ({ issuer }: { readonly issuer: string }) => issuers.includes(issuer);
  const installation = near.installations.find((i) => issuersOf(i).some(isTheirs))?.name ?? null;
  const [moment = ""] = commonValues(atoms, "datelessthan", "aws:currenttime");
  const expires = /^[0-9-]{10}T00:00:00Z$/.test(moment) ? moment : null;
  const said = role.permissions.flatMap(statementsOf);
  const statements = withoutExpiry(said, expires);
  return {
    ...{ name: role.name ?? nameless, arn, account: accountOf(arn, said, near), installation },
    ...{ entry: null, origin: role.origin, subjects, issuers, accepted: [], tags: role.tags },
    trustPolicy: () => trustPolicy,
    admits: subjectsWords(subjects, near.hosts, installation),
    audience: [...new Set(atoms.flatMap(audiencesOf))].sort().join(" or "),
    statements: () => statements,
    grants: [],
    written: statements,
    managedPolicies: role.managedPolicies.map((policy) => policy.arn).sort(),
    permissionsBoundary: role.permissionsBoundary,
    sessionSeconds: role.maxSessionDuration ?? fixedLimits.minRoleSession,
    expires: expires?.slice(0, "YYYY-MM-DD".length) ?? null,
    sourceCidrs: commonValues(atoms, "ipaddress", "aws:sourceip"),
  };
}

/** A document's statements. In one of a version before 2012-10-17 a variable is text. */
function statementsOf({ value }: ExistingDocument): readonly Statement[] {
  const { policy, version } = readDocument(value);
  const statements = policy.Statement.map(canonicalStatement);
  if (version === "2012-10-17") return statements;
  return JSON.parse(JSON.stringify(statements).replaceAll("${", "${$}{")) as readonly Statement[];
}

/** The issuer that a principal stands for; null where it is no web identity. */
function issuerOf(principal: string): string | null {
  if (principal === "*") return anyIssuer;
  const [, provider] = /^Federated arn:[^:]*:iam::[^:]*:oidc-provider\/(.*)$/.exec(principal) ?? [];
  return provider === undefined ? null : `https://${provider}`;
}

/** The values that each atom's test demands; none where they differ, or some atom has no such test. */
function commonValues(atoms: readonly Atom[], operator: string, key: string): readonly string[] {
  const [values = [], ...others] = atoms.map(({ tests }) =>
    [...(tests.find((test) => test.operator === operator && test.key === key)?.values ?? [])].sort(),
  );
  return others.every((other) => other.join() === values.join()) ? values : [];
}

/** The manifest's account, or what the ARNs of a role say of one. */
function accountOf(arn: string, statements: readonly Statement[], { accounts }: Surroundings): AccessAccount {
  const fields = parseArn(arn);
  const id = fields?.account ?? "";
  const known = accounts.find((account) => account.id === id);
  if (known !== undefined) return known;
  const partition = partitions.find((p) => p === fields?.partition) ?? "aws";
  const regions = statements.flatMap((s) => many(s.Resource)).map((text) => parseArn(text)?.region ?? "");
  const region = regions.find((name) => partitionOf(name) === partition) ?? "";
  return { name: id, id, partition, region };
}

/**
 * Declared roles as they compare with deployed ones: with the longest session that IAM grants, those of accounts that
 * the files show. What the files do not show of a role counts as declared.
 */
export function comparable(
  declared: Access,
  deployed: DeployedAccess,
): { readonly before: Access; readonly after: Access } {
  const after = declared.roles
    .filter(({ account }) => deployed.accounts.has(account.id))
    .map((role) => ({ ...role, sessionSeconds: Math.max(role.sessionSeconds, fixedLimits.minRoleSession) }));
  const byArn = new Map(after.map((role) => [role.arn, role]));
  const before = deployed.roles.map((role): AccessRole => {
    const twin = byArn.get(role.arn);
    const missing = deployed.unseen.get(role);
    if (twin === undefined || missing === undefined) return role;
    const { sessionSeconds, permissionsBoundary, tags, statements, grants, written, managedPolicies } = twin;
    return {
      ...role,
      ...(missing.includes("maxSessionDuration") ? { sessionSeconds } : {}),
      ...(missing.includes("permissionsBoundary") ? { permissionsBoundary } : {}),
      ...(missing.includes("tags") ? { tags } : {}),
      ...(missing.includes("policies") ? { statements, grants, written, managedPolicies } : {}),
    };
  });
  return { before: { ...deployed, roles: before }, after: { ...declared, roles: after } };
}
