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
import { keepsFromAdministrators } from "./boundary";
import { allowedBy, isDenied, ofAccount } from "./statements";
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
  /** Its ARN; for what is not known, the ARN that a pattern for all of its type would match. */
  readonly arnFor: (pattern: string) => string;
  /** Null: not known. */
  readonly tags: RoleAccess["tags"];
}

/** An action that `*` allows counts too: G01 can be accepted, and this cannot. */
function ownEdits(role: JudgedRole): readonly Observation[] {
  const targets = role.statements.length === 0 ? [] : targetsOf(role.access);
  return role.statements.flatMap(({ statement, origin }) => {
    const allows = allowedBy(statement);
    const found = new Map<string, Set<string>>();
    for (const target of targets) {
      const edits = target.edits.filter(allows);
      if (edits.length === 0 || isSpared(statement.Condition, target, role.access)) continue;
      for (const action of edits)
        if (isOpenOn(statement, action, target, role))
          found.set(target.what, (found.get(target.what) ?? new Set()).add(action));
    }
    const element = statement.NotResource === undefined ? "Resource" : "NotResource";
    return [...found].map(([what, actions]) => ({
      message: `this role can change ${what}, by ${listed([...actions])}`,
      origin: below(origin, element),
    }));
  });
}

function targetsOf(access: RoleAccess): readonly Target[] {
  const { arn: roleArn, tags: roleTags, identityProviderArns } = access;
  const ownPolicies = access.policies?.managed.map((policy) => policy.arn) ?? [];
  const attached = [access.permissionsBoundary, ...access.managedPolicies.map((m) => m.arn)].filter(
    (arn) => arn !== null && !/^arn:[^:]*:iam::aws:/.test(arn),
  ) as readonly string[];
  const policies = { what: "its own policies or boundary", edits: policyEdits };
  const provider = { what: "the identity provider that it trusts", edits: providerEdits, tags: null };
  const unknown = (type: string) => (pattern: string) =>
    anyArn(pattern, "arn:${P}:iam::${A}:" + type + "/${N}");
  return [
    {
      ...{ what: "itself", edits: roleEdits, tags: roleTags },
      arnFor: roleArn === null ? unknown("role") : () => roleArn,
    },
    ...ownPolicies.map((arn) => ({ ...policies, tags: roleTags, arnFor: () => arn })),
    ...attached.map((arn) => ({ ...policies, tags: null, arnFor: () => arn })),
    ...(identityProviderArns.length === 0
      ? [{ ...provider, arnFor: unknown("oidc-provider") }]
      : identityProviderArns.map((arn) => ({ ...provider, arnFor: () => arn }))),
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

function isOpenOn(
  statement: Statement,
  action: string,
  { arnFor }: Target,
  { denials, access: { account } }: JudgedRole,
): boolean {
  if (action !== unbinding && keepsFromAdministrators(statement, "iam:permissionsboundary")) return false;
  return resourcesOf(statement).some((resource) => {
    const pattern = ofAccount(resource, account?.id ?? null);
    const arn = arnFor(pattern);
    if (!matchesPattern(openPattern(pattern), arn, textOnly) || isDenied(denials, action, [arn]))
      return false;
    return !many(statement.NotResource).some((spared) =>
      matchesPattern(ofAccount(spared, account?.id ?? null), arn, textOnly),
    );
  });
}
