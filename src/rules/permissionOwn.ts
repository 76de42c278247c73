import type { Condition, Statement } from "../model/policyDocument";
import {
  anyArn,
  comparisonsOf,
  many,
  matchesAction,
  matchesPattern,
  openPattern,
  resourceBound,
  resourcesOf,
  textOnly,
} from "../policy";
import { keepsFromAdministrators } from "./permissionBound";
import { below, type Observation, type PermissionSubject } from "./rule";
import { policyEdits, providerEdits, roleEdits } from "./sensitiveActions";
import { denialsOf, isDenied, listed } from "./statementJudge";

/** Something of the role's own. */
interface Target {
  readonly what: string;
  /** What changes it. */
  readonly edits: readonly string[];
  /** Its ARN; for what is not known, the ARN that a pattern for all of its type would match. */
  readonly arnFor: (pattern: string) => string;
  /** Null: not known. */
  readonly tags: PermissionSubject["roleTags"];
}

/**
 * G09: what of a role's own it may change. An action that `*` allows counts too: G01 can be accepted, and this cannot.
 */
export function ownEdits(subject: PermissionSubject): readonly Observation[] {
  const denials = denialsOf(subject);
  const targets = targetsOf(subject);
  return subject.written.flatMap(({ policy, origins }) =>
    policy.Statement.flatMap((statement, i) => {
      const origin = origins[i];
      const allowed = allowedEdits(statement);
      if (origin === undefined || allowed.size === 0) return [];
      const found = new Map<string, Set<string>>();
      for (const target of targets) {
        if (isSpared(statement.Condition, target, subject)) continue;
        for (const action of target.edits) {
          if (!allowed.has(action) || isDenied(denials, action)) continue;
          if (isOpenOn(statement, action, target, subject))
            found.set(target.what, (found.get(target.what) ?? new Set()).add(action));
        }
      }
      const element = statement.NotResource === undefined ? "Resource" : "NotResource";
      return [...found].map(([what, actions]) => ({
        message: `this role can change ${what}, by ${listed([...actions])}`,
        origin: below(origin, element),
      }));
    }),
  );
}

function targetsOf(subject: PermissionSubject): readonly Target[] {
  const { roleArn, roleTags, ownPolicies, identityProviderArns } = subject;
  const attached = [subject.permissionsBoundary, ...subject.managedPolicies.map((m) => m.arn)].filter(
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

const edits: readonly string[] = [...roleEdits, ...policyEdits, ...providerEdits];
const allowedBefore = new WeakMap<Statement, ReadonlySet<string>>();

/** The edits that a statement allows. */
function allowedEdits(statement: Statement): ReadonlySet<string> {
  const before = allowedBefore.get(statement);
  if (before !== undefined) return before;
  const { Action, NotAction } = statement;
  const matches = (patterns: readonly string[], action: string): boolean =>
    patterns.some((pattern) => matchesAction(pattern, action));
  const allowed = edits.filter((action) =>
    NotAction === undefined ? matches(many(Action), action) : !matches(many(NotAction), action),
  );
  const found: ReadonlySet<string> = new Set(statement.Effect === "Allow" ? allowed : []);
  allowedBefore.set(statement, found);
  return found;
}

/** Does a condition keep the statement from a target, by tags that it does not have, or by what IAM has no key for? */
function isSpared(condition: Condition | undefined, { tags }: Target, subject: PermissionSubject): boolean {
  if (resourceBound(condition) !== "some") return false;
  const byTag = comparisonsOf(condition, "*:resourcetag/*");
  if (byTag.length === 0 || tags === null) return true;
  const own = new Map(Object.entries(tags).map(([key, value]) => [key.toLowerCase(), value.toLowerCase()]));
  return byTag.some(({ name, values }) => {
    const value = own.get(name.slice(name.indexOf("/") + 1));
    if (value === undefined) return true;
    return !values.some((pattern) => matchesPattern(tagPattern(pattern, subject), value, textOnly));
  });
}

/** The role's own tags stand where a condition names the caller's; other variables stand for anything. */
function tagPattern(pattern: string, { roleTags }: PermissionSubject): string {
  const own = new Map(Object.entries(roleTags ?? {}).map(([key, value]) => [key.toLowerCase(), value]));
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
  { written, account }: PermissionSubject,
): boolean {
  if (action !== unbinding && keepsFromAdministrators(statement, "iam:permissionsboundary")) return false;
  const filled = (pattern: string): string =>
    account === null ? pattern : pattern.replace(/\$\{\s*aws:PrincipalAccount\s*\}/gi, account.id);
  const matches = (patterns: readonly string[], arn: string): boolean =>
    patterns.some((pattern) => matchesPattern(filled(pattern), arn, textOnly));
  const spared = (arn: string): boolean =>
    written.some(({ policy }) =>
      policy.Statement.some(
        (s) =>
          s.Effect === "Deny" &&
          Object.keys(s.Condition ?? {}).length === 0 &&
          many(s.Action).some((pattern) => matchesAction(pattern, action)) &&
          matches(many(s.Resource), arn),
      ),
    );
  return resourcesOf(statement).some((resource) => {
    const pattern = filled(resource);
    const arn = arnFor(pattern);
    if (!matchesPattern(openPattern(pattern), arn, textOnly) || spared(arn)) return false;
    return !matches(many(statement.NotResource), arn);
  });
}
