import type { AccessModel, Role } from "../model/accessModel";
import { issuersOf } from "../model/issuer";
import type { Statement } from "../model/policyDocument";
import { canonicalDocument } from "../policy";
import type { Access, AccessRole } from "./accessRole";
import { admitsWords, comparedSubjects } from "./subjectWords";

/** The roles that a manifest declares. */
export function declaredAccess(model: AccessModel): Access {
  const installations = new Map(
    model.installations.map((i) => [i.name, { ...i, issuers: issuersOf(i).map(({ issuer }) => issuer) }]),
  );
  const roles = model.accounts.flatMap((account) =>
    account.roles.map((role): AccessRole => {
      const installation = installations.get(role.installation);
      if (installation === undefined) throw new Error(`role ${role.name} names an unknown installation`);
      const { name, arn, entry, made, managedPolicies, permissionsBoundary, sourceCidrs, tags } = role;
      return {
        // Named one by one: spread, ten thousand of them take a quarter of a second more.
        name,
        arn,
        account,
        trustPolicy: () => made.trustPolicy,
        managedPolicies,
        permissionsBoundary,
        sourceCidrs,
        tags,
        installation: installation.name,
        entry: { kind: entry.kind, url: entry.url },
        origin: entry.origin,
        admits: admitsWords(role, installation),
        subjects: comparedSubjects(role.subjects),
        issuers: installation.issuers,
        audience: installation.audience,
        statements: () => withoutExpiry(made.permissionPolicy?.Statement ?? [], role.expires),
        grants: role.grants,
        written: canonicalDocument(role.statements.map(({ statement }) => statement)).Statement,
        sessionSeconds: role.sessionDuration,
        expires: role.expires?.slice(0, "YYYY-MM-DD".length) ?? null,
        accepted: acceptedOf(role, model),
      };
    }),
  );
  return { roles, hosts: model.hosts };
}

/** What the entry accepts, and what `defaults` accepts for every entry of the main manifest. */
function acceptedOf({ entry }: Role, model: AccessModel): AccessRole["accepted"] {
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
  const said = JSON.stringify({ DateGreaterThanEquals: { "aws:CurrentTime": expires } });
  return statements.filter(
    ({ Effect, Action, Resource, Condition }) =>
      Effect !== "Deny" || Action !== "*" || Resource !== "*" || JSON.stringify(Condition) !== said,
  );
}
