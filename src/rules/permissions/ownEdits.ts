import { below } from "../../diagnostics";
import type { Condition, Statement } from "../../model/policyDocument";
import type { RoleAccess } from "../../model/roleAccess";
import {
  anyArn,
  comparisonsOf,
  many,
  matchesPattern,
  openPattern,
  resourceBound,
  resourcesOf,
  textOnly,
} from "../../policy";
import type { JudgedRole } from "../judgedRole";
import { listed, rulesOf, type Rule } from "../rule";
import { keepsFromAdministrators } from "./managedPolicies";
import { allows, isDenied, ofAccount } from "./statements";
import { words } from "./tables";

/** What is a role's own, by IAM's type of resource, and what changes it: permissions, trust, boundary, audiences. */
export const ownThings = Object.freeze({
  role: {
    what: "itself",
    edits: words(`
      iam:AttachRolePolicy iam:DeleteRolePermissionsBoundary iam:DeleteRolePolicy iam:DetachRolePolicy
      iam:PutRolePermissionsBoundary iam:PutRolePolicy iam:UpdateAssumeRolePolicy iam:UpdateRole
    `),
  },
  policy: {
    what: "its own policies or boundary",
    edits: words("iam:CreatePolicyVersion iam:DeletePolicyVersion iam:SetDefaultPolicyVersion"),
  },
  "oidc-provider": {
    what: "the identity provider that it trusts",
    edits: words(`
      iam:AddClientIDToOpenIDConnectProvider iam:DeleteOpenIDConnectProvider
      iam:RemoveClientIDFromOpenIDConnectProvider iam:UpdateOpenIDConnectProviderThumbprint
    `),
  },
});

/** Rules about what a role may change of its own. */
export const ownEditRules: readonly Rule[] = rulesOf({
  G09: {
    severity: "error",
    title: "the role can change itself, its boundary or its identity provider",
    why: "what was reviewed no longer holds once somebody has logged in",
    remedy: "name other roles, policies and providers, or remove the actions",
    // An action that `*` allows counts too: G01 can be accepted, and this cannot.
    role: (role) => {
      const targets = role.statements.length === 0 ? [] : targetsOf(role.access);
      return role.statements.flatMap(({ statement, origin }) =>
        Object.entries(ownThings).flatMap(([type, { what, edits }]) => {
          const own = targets.filter((target) => target.type === type);
          const open = edits.filter(
            (action) =>
              allows(statement, action) && own.some((target) => isOpenOn(statement, action, target, role)),
          );
          const message = `this role can change ${what}, by ${listed(open)}`;
          const element = statement.NotResource === undefined ? "Resource" : "NotResource";
          return open.length === 0 ? [] : [{ message, origin: below(origin, element) }];
        }),
      );
    },
  },
});

/** Something of the role's own; null: not known. What has tags has those of the role. */
interface Target {
  readonly type: keyof typeof ownThings;
  readonly arn: string | null;
  readonly tags: RoleAccess["tags"];
}

function targetsOf(access: RoleAccess): readonly Target[] {
  const { arn, tags, identityProviderArns: providers } = access;
  const attached = [access.permissionsBoundary, ...access.managedPolicies.map((policy) => policy.arn)];
  return [
    { type: "role", arn, tags },
    ...(access.made?.policies.managed ?? []).map((own) => ({ type: "policy" as const, arn: own.arn, tags })),
    ...attached
      .filter((own) => own !== null && !/^arn:[^:]*:iam::aws:/.test(own))
      .map((own) => ({ type: "policy" as const, arn: own, tags: null })),
    ...(providers.length === 0 ? [null] : providers).map((own) => ({
      ...{ type: "oidc-provider" as const, arn: own, tags: null },
    })),
  ];
}

/** Does a condition keep the statement from a target, by tags that it does not have, or by what IAM has no key for? */
function isSpared(condition: Condition | undefined, { tags }: Target): boolean {
  if (resourceBound(condition) !== "some") return false;
  const byTag = comparisonsOf(condition, /:resourcetag\//);
  if (byTag.length === 0 || tags === null) return true;
  const own = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]));
  return byTag.some(({ name, values }) => {
    const value = own.get(name.slice(name.indexOf("/") + 1));
    if (value === undefined) return true;
    return !values.some((pattern) => matchesPattern(tagPattern(pattern, own), value, textOnly));
  });
}

/** The role's own tags stand where a condition names the caller's; other variables stand for anything. */
function tagPattern(pattern: string, own: ReadonlyMap<string, string>): string {
  return pattern
    .replace(
      /\$\{\s*aws:PrincipalTag\/([^,}]*?)\s*\}/gi,
      (_, key: string) => own.get(key.toLowerCase()) ?? "*",
    )
    .replace(/\$\{[^}]*\}/g, "*")
    .toLowerCase();
}

/** What the condition on a boundary says nothing about: whoever has taken it away is not bound by it. */
const unbinding = "iam:DeleteRolePermissionsBoundary";

function isOpenOn(statement: Statement, action: string, target: Target, role: JudgedRole): boolean {
  if (action !== unbinding && keepsFromAdministrators(statement, "iam:permissionsboundary")) return false;
  const { access, denials } = role;
  const inAccount = (pattern: string): string => ofAccount(pattern, access.account?.id ?? null);
  return (
    resourcesOf(statement).some((resource) => {
      const pattern = inAccount(resource);
      // What is not known has the name that a pattern for all of its type would match.
      const arn = target.arn ?? anyArn(pattern, "arn:${P}:iam::${A}:" + target.type + "/${N}");
      const is = (own: string): boolean => matchesPattern(own, arn, textOnly);
      return (
        is(openPattern(pattern)) &&
        !isDenied(denials, action, [arn]) &&
        !many(statement.NotResource).some((spared) => is(inAccount(spared)))
      );
    }) && !isSpared(statement.Condition, target)
  );
}
