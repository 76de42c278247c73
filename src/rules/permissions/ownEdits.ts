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
import { listed, type Observation, type Rule } from "../rule";
import { keepsFromAdministrators } from "./managedPolicies";
import { allows, isDenied, ofAccount } from "./statements";
import { words } from "./tables";

/** What changes a role: its permissions, its trust, its boundary. */
export const roleEdits = words(`
  iam:AttachRolePolicy iam:DeleteRolePermissionsBoundary iam:DeleteRolePolicy iam:DetachRolePolicy
  iam:PutRolePermissionsBoundary iam:PutRolePolicy iam:UpdateAssumeRolePolicy iam:UpdateRole
`);

/** What changes a managed policy, such as a boundary. */
export const policyEdits = words(`
  iam:CreatePolicyVersion iam:DeletePolicyVersion iam:SetDefaultPolicyVersion
`);

/** What changes an OpenID Connect identity provider. */
export const providerEdits = words(`
  iam:AddClientIDToOpenIDConnectProvider iam:DeleteOpenIDConnectProvider
  iam:RemoveClientIDFromOpenIDConnectProvider iam:UpdateOpenIDConnectProviderThumbprint
`);

/** Rules about what a role may change of its own. */
export const ownEditRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G09",
    severity: "error",
    title: "the role can change itself, its boundary or its identity provider",
    why: "what was reviewed no longer holds once somebody has logged in",
    remedy: "name other roles, policies and providers, or remove the actions",
    role: ownEdits,
  },
]);

/** Something of the role's own. */
interface Target {
  readonly what: string;
  /** What changes it. */
  readonly edits: readonly string[];
  readonly type: "role" | "policy" | "oidc-provider";
  /** Null: not known. */
  readonly arn: string | null;
  /** Null: not known. */
  readonly tags: RoleAccess["tags"];
}

/** An action that `*` allows counts too: G01 can be accepted, and this cannot. */
function ownEdits(role: JudgedRole): readonly Observation[] {
  const targets = role.statements.length === 0 ? [] : targetsOf(role.access);
  const kinds = [...new Set(targets.map(({ what }) => what))];
  return role.statements.flatMap(({ statement, origin }) =>
    kinds.flatMap((what) => {
      const actions = targets
        .filter((target) => target.what === what)
        .flatMap((target) => target.edits.filter((action) => isOpenOn(statement, action, target, role)));
      const message = `this role can change ${what}, by ${listed([...new Set(actions)])}`;
      const element = statement.NotResource === undefined ? "Resource" : "NotResource";
      return actions.length === 0 ? [] : [{ message, origin: below(origin, element) }];
    }),
  );
}

function targetsOf(access: RoleAccess): readonly Target[] {
  const { arn, tags, identityProviderArns: providers } = access;
  const attached = [access.permissionsBoundary, ...access.managedPolicies.map((policy) => policy.arn)];
  const policies = { what: "its own policies or boundary", edits: policyEdits, type: "policy" } as const;
  const provider = {
    ...{ what: "the identity provider that it trusts", edits: providerEdits, type: "oidc-provider" as const },
    tags: null,
  };
  return [
    { what: "itself", edits: roleEdits, type: "role", arn, tags },
    ...(access.policies?.managed ?? []).map((policy) => ({ ...policies, arn: policy.arn, tags })),
    ...attached
      .filter((own) => own !== null && !/^arn:[^:]*:iam::aws:/.test(own))
      .map((own) => ({ ...policies, arn: own, tags: null })),
    ...(providers.length === 0 ? [null] : providers).map((own) => ({ ...provider, arn: own })),
  ];
}

/** Does a condition keep the statement from a target, by tags that it does not have, or by what IAM has no key for? */
function isSpared(condition: Condition | undefined, { tags }: Target, access: RoleAccess): boolean {
  if (resourceBound(condition) !== "some") return false;
  const byTag = comparisonsOf(condition, /:resourcetag\//);
  if (byTag.length === 0 || tags === null) return true;
  const own = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]));
  return byTag.some(({ name, values }) => {
    const value = own.get(name.slice(name.indexOf("/") + 1));
    if (value === undefined) return true;
    return !values.some((pattern) => matchesPattern(tagPattern(pattern, access), value, textOnly));
  });
}

/** The role's own tags stand where a condition names the caller's; other variables stand for anything. */
function tagPattern(pattern: string, { tags }: RoleAccess): string {
  const own = new Map(Object.entries(tags ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
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
  if (!allows(statement, action)) return false;
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
    }) && !isSpared(statement.Condition, target, access)
  );
}
