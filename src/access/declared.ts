import type { AccessModel, Role } from "../model/accessModel";
import { issuersOf } from "../model/issuer";
import type { Statement } from "../model/policyDocument";
import { escapePattern } from "../policy";
import type { AcceptedFinding, Access, AccessRole } from "./accessRole";
import { admitsWords } from "./subjectWords";

/** The roles that a manifest declares. */
export function declaredAccess(model: AccessModel): Access {
  const installations = new Map(model.installations.map((i) => [i.name, i]));
  const issuers = new Map(model.installations.map((i) => [i.name, issuersOf(i).map(({ issuer }) => issuer)]));
  const roles = model.accounts.flatMap((account) =>
    account.roles.map((role): AccessRole => {
      const installation = installations.get(role.installation);
      if (installation === undefined) throw new Error(`role ${role.name} names an unknown installation`);
      const { entry, subjects } = role;
      return {
        name: role.name,
        arn: role.arn,
        account,
        installation: installation.name,
        entry: { kind: entry.kind, url: entry.url },
        origin: entry.origin,
        admits: admitsWords(role, installation),
        subjects: { exact: subjects.exact, like: subjects.prefixes.map((p) => `${escapePattern(p)}*`) },
        issuers: issuers.get(role.installation) ?? [],
        audience: installation.audience,
        trustPolicy: role.trustPolicy,
        statements: withoutExpiry(role.permissionPolicy?.Statement ?? [], role.expires),
        managedPolicies: role.managedPolicies,
        permissionsBoundary: role.permissionsBoundary,
        sessionSeconds: role.sessionDuration,
        maxSessionSeconds: role.maxSessionDuration,
        expires: role.expires?.slice(0, "YYYY-MM-DD".length) ?? null,
        sourceCidrs: role.sourceCidrs,
        accepted: acceptedOf(role, model),
        tags: role.tags,
      };
    }),
  );
  return { roles, hosts: model.hosts };
}

/** What the entry accepts, and what `defaults` accepts for every entry of the main manifest. */
function acceptedOf({ entry }: Role, model: AccessModel): readonly AcceptedFinding[] {
  const own = new Set(entry.accept.map(({ rule }) => rule));
  const inherited = entry.mainManifest ? model.accept.filter(({ rule }) => !own.has(rule)) : [];
  return [...entry.accept, ...inherited]
    .map(({ rule, reason, until }) => ({ rule, reason, until }))
    .sort((a, b) => (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0));
}

/** Statements without the Deny of everything from a moment on, which says the same as the role's `expires`. */
export function withoutExpiry(
  statements: readonly Statement[],
  expires: string | null,
): readonly Statement[] {
  if (expires === null) return statements;
  return statements.filter(
    ({ Effect, Action, Resource, Condition = {} }) =>
      !(
        Effect === "Deny" &&
        Action === "*" &&
        Resource === "*" &&
        JSON.stringify(Condition) ===
          JSON.stringify({ DateGreaterThanEquals: { "aws:CurrentTime": expires } })
      ),
  );
}
