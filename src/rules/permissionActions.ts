import type { Statement } from "../model/policyDocument";
import { isAtLarge, type ActionFacts } from "../policy";
import { escalationPaths } from "./escalation";
import { widePolicies, type WidePolicy } from "./managedPolicies";
import type { Observation, PermissionSubject, Rule } from "./rule";
import { credentialMakers, credentialReaders, dataReaders, sharingActions } from "./sensitiveActions";
import { raisedByWideTrust } from "./wideTrust";
import {
  allowedActions,
  eachStatement,
  isUnbounded,
  listed,
  type Remark,
  type StatementScope,
} from "./statementJudge";

/** Rules about actions that matter whatever else the role may do. */
export const actionRules = Object.freeze({
  G05: {
    id: "G05",
    severity: "warning",
    waivableError: true,
    title: "credentials that outlive or exceed the role",
    why: "whoever has the role walks away with keys, passwords or tokens of somebody else, which no expiry here ends",
    remedy: "leave the actions out, or name the resources",
    permissions: raisedByWideTrust(
      "warning",
      withManaged(
        "G05",
        eachStatement((statement, scope) =>
          remark(
            statement,
            scope,
            (action) =>
              credentialMakers.has(action.name) ||
              (credentialReaders.has(action.name) && isUnbounded(statement) && isAtLarge(statement, action)),
            (names) => `${names} ${plural(names, "gives", "give")} out credentials`,
          ),
        ),
      ),
    ),
  },
  G06: {
    id: "G06",
    severity: "warning",
    waivableError: true,
    title: "reads of data at large",
    why: "one workspace is enough to carry off every secret, object or table of the account",
    remedy: "grant the secrets, buckets and tables by name",
    permissions: raisedByWideTrust(
      "warning",
      withManaged(
        "G06",
        eachStatement((statement, scope) =>
          remark(
            statement,
            scope,
            (action) =>
              dataReaders.has(action.name) && isUnbounded(statement) && isAtLarge(statement, action),
            (names) => `${names} ${plural(names, "reads", "read")} whatever there is, not what is named`,
          ),
        ),
      ),
    ),
  },
  G07: {
    id: "G07",
    severity: "warning",
    waivableError: true,
    title: "resource policies or sharing",
    why: "the role can open a resource to other accounts or to everybody, and that stays when the role is gone",
    remedy: "leave the actions out: let the resource's own stack decide",
    permissions: raisedByWideTrust(
      "warning",
      withManaged(
        "G07",
        eachStatement((statement, scope) =>
          remark(
            statement,
            scope,
            (action) => changesSharing(action) && isUnbounded(statement),
            (names) => `${names} ${plural(names, "changes", "change")} who else may reach the resource`,
          ),
        ),
      ),
    ),
  },
} as const satisfies Record<string, Rule>);

function remark(
  statement: Statement,
  scope: StatementScope,
  counts: (action: ActionFacts) => boolean,
  message: (names: string) => string,
): readonly Remark[] {
  const names = allowedActions(statement, scope)
    .filter(counts)
    .map((action) => action.name);
  return names.length === 0 ? [] : [{ path: ["Action"], message: message(listed(names)) }];
}

/** Adds what AWS's own policies hold of the kind: behind a wide trust it is open to whoever gets in. */
function withManaged(
  rule: WidePolicy["rule"],
  judge: (subject: PermissionSubject) => readonly Observation[],
): (subject: PermissionSubject) => readonly Observation[] {
  return (subject) => {
    if (subject.wideTrust.length === 0) return judge(subject);
    const managed = subject.managedPolicies.flatMap(({ arn, origin }) => {
      const [, name = ""] = /^arn:[^:]*:iam::aws:policy\/(.*)$/s.exec(arn) ?? [];
      return (widePolicies.get(name) ?? [])
        .filter((wide) => wide.rule === rule)
        .map(({ what }) => ({ message: `the managed policy ${name} ${what}`, origin }));
    });
    return [...judge(subject), ...managed];
  };
}

function plural(names: string, one: string, several: string): string {
  return names.includes(" and ") ? several : one;
}

/** What G04 says more about. */
const escalating: ReadonlySet<string> = new Set(
  escalationPaths.flatMap(({ steps: [first, ...others] }) =>
    others.length === 0 ? (first?.actions ?? []) : [],
  ),
);

/**
 * The reference files much under this level that only reads, or that is about other things: the name has to speak of
 * access, too.
 */
function changesSharing({ name, accessLevels }: ActionFacts): boolean {
  if (sharingActions.has(name)) return true;
  if (!accessLevels.includes("Permissions management") || escalating.has(name)) return false;
  const verb = name.slice(name.indexOf(":") + 1);
  return (
    /Polic|Permission|Acl|Grant|Shar|PublicAccess|Attribute|Ownership|Authorize|AccessPoint|Boundary/.test(
      verb,
    ) && !/^(Get|List|Describe|Validate|Retire)/.test(verb)
  );
}
