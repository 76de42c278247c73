import { pathText, quote, type Origin, type RuleFinding } from "../diagnostics";
import { parseArn } from "../model/names";
import type { ExistingAccess, ExistingDocument, ExistingRole } from "../model/existing";
import type { Account } from "../model/accessModel";
import { many, readDocument, servicePrefixes, type ReadDocument, type ServiceReference } from "../policy";
import { permissionMistakes } from "./permissionMistakes";
import { judgedLength, lengthOfAll, structureMistakes } from "./permissionStructure";
import {
  below,
  nothing,
  type ExistingContext,
  type Observation,
  type PermissionSubject,
  type Rule,
} from "./rule";
import { rules } from "./table";
import { wideTrustRules } from "./wideTrust";

/**
 * Everything the rules have to say about access that exists already: trust policies one by one, permissions on the sum
 * of what each role may do, identity providers together. Nothing here can be accepted: files hold no waivers.
 */
export function checkExisting(
  access: ExistingAccess,
  context: ExistingContext,
  reference: ServiceReference,
): readonly RuleFinding[] {
  const findings = new Map<string, RuleFinding>();
  const add = (finding: RuleFinding): void => {
    findings.set(JSON.stringify([finding.rule, finding.origin, finding.role, finding.message]), finding);
  };
  for (const role of access.roles) {
    const own = judgeRole(role, access.identityProviders, contextOf(role, context), reference);
    for (const finding of own) add(finding);
  }
  for (const rule of rules)
    for (const seen of rule.providers?.({ providers: access.identityProviders, context }) ?? nothing) {
      const [first] = access.identityProviders;
      if (first !== undefined) add(findingOf(rule, first.origin, null, seen));
    }
  return [...findings.values()];
}

/** Findings of T01: what keeps a file, or a document in it, from being read as everybody reads it. */
export function unreadable(mistakes: readonly FileRemark[]): readonly RuleFinding[] {
  return mistakes.map((mistake) => remarked("T01", mistake));
}

/** Findings of E01: what files name and do not show. An error where they show nothing that can be judged. */
export function unjudged(missing: readonly FileRemark[], access: ExistingAccess): readonly RuleFinding[] {
  const severity = isJudgeable(access) ? {} : { severity: "error" as const };
  return missing.map((remark) => ({ ...remarked("E01", remark), ...severity }));
}

/** Is there a document, an attached policy or an identity provider to judge? A role's name alone is nothing. */
export function isJudgeable({ roles, identityProviders }: ExistingAccess): boolean {
  return (
    identityProviders.length > 0 ||
    roles.some((r) => r.trust !== null || r.permissions.length > 0 || r.managedPolicies.length > 0)
  );
}

/** Something about a file, at a place in it. */
interface FileRemark {
  readonly origin: Origin;
  readonly message: string;
  readonly remedy?: string | undefined;
}

function remarked(rule: string, { origin, message, remedy }: FileRemark): RuleFinding {
  return findingOf(ruleOf(rule), origin, null, { message, ...(remedy === undefined ? {} : { remedy }) });
}

/** The prefixes of the services that the permissions of these roles name: what a reference must hold for them. */
export function servicesOf(access: ExistingAccess): readonly string[] {
  const documents = access.roles.flatMap(({ permissions }) => permissions);
  return servicePrefixes(documents.map(({ value }) => readDocument(value).policy));
}

/** A role of an account that the manifest has is held against that account's quotas. */
function contextOf(role: ExistingRole, context: ExistingContext): ExistingContext {
  const account = accountOf(role, context.accounts);
  return account === undefined ? context : { ...context, quotas: account.quotas };
}

function accountOf(role: ExistingRole, accounts: readonly Account[]): Account | undefined {
  const [only, ...others] = accounts;
  const id = role.arn === null ? undefined : parseArn(role.arn)?.account;
  if (id === undefined) return others.length === 0 ? only : undefined;
  return accounts.find((account) => account.id === id);
}

function judgeRole(
  role: ExistingRole,
  identityProviders: ExistingAccess["identityProviders"],
  context: ExistingContext,
  reference: ServiceReference,
): readonly RuleFinding[] {
  const trust = role.trust === null ? [] : judgeTrust(role, role.trust, identityProviders, context);
  const wideTrust = [...new Set(trust.map(({ rule }) => rule).filter((id) => wideTrustRules.has(id)))].sort();
  const length = lengthOfAll(role.permissions);
  const tooLong = length > judgedLength;
  const documents = (tooLong ? [] : role.permissions).map((document) => ({
    ...{ document, read: readDocument(document.value) },
  }));
  const subject: PermissionSubject = {
    written: documents.map(({ document, read }) => ({
      policy: read.policy,
      origins: read.paths.map((path) => below(document.origin, ...path)),
    })),
    granted: null,
    managedPolicies: role.managedPolicies,
    roleArn: role.arn,
    roleTags: role.shown.has("tags") ? role.tags : null,
    permissionsBoundary: role.permissionsBoundary,
    ownPolicies: [],
    identityProviderArns: role.trust === null ? [] : trustedProviders(readDocument(role.trust.value)),
    account: accountFacts(role, context),
    wideTrust,
    reference,
  };
  if (tooLong) {
    const message = `the role's permissions have ${length} characters; IAM takes ${judgedLength} in all policies of a role, and nobody has judged these`;
    return [
      ...trust,
      findingOf(ruleOf("G12"), role.permissions[0]?.origin ?? role.origin, role.name, { message }),
    ];
  }
  const malformed = documents.flatMap(({ document, read }) => [
    ...shapeFindings(document, read, role.name),
    ...[
      ...permissionMistakes(read, document.origin),
      ...structureMistakes(read, document, context.quotas),
    ].map((seen) => findingOf(ruleOf(seen.rule), document.origin, role.name, seen)),
  ]);
  const permissions = rules.flatMap((rule) =>
    (rule.permissions?.(subject) ?? nothing).map((seen) => findingOf(rule, role.origin, role.name, seen)),
  );
  return [...trust, ...malformed, ...permissions];
}

function judgeTrust(
  role: ExistingRole,
  { value, origin }: ExistingDocument,
  identityProviders: ExistingAccess["identityProviders"],
  context: ExistingContext,
): readonly RuleFinding[] {
  const subject = { document: readDocument(value), origin, role, identityProviders, context };
  return rules.flatMap((rule) =>
    (rule.trust?.(subject) ?? nothing).map((seen) => findingOf(rule, origin, role.name, seen)),
  );
}

/** T01 of a permission document: its trust judge sees trust policies alone. */
function shapeFindings(
  { origin }: ExistingDocument,
  { problems, policy, paths }: ReadDocument,
  role: string | null,
): readonly RuleFinding[] {
  const shape = problems.map(({ path, message }) => {
    const place = path.length === 0 ? "" : `${pathText(path)}: `;
    return findingOf(ruleOf("T01"), below(origin, ...path), role, { message: `${place}${message}` });
  });
  const about = policy.Statement.findIndex((s) => s.Principal !== undefined || s.NotPrincipal !== undefined);
  if (about < 0) return shape;
  const path = paths[about] ?? [];
  const message = `${pathText(path)} names a principal: this is a trust policy, or one of a resource, and no permission policy`;
  const remedy = "pass a role's trust policy with --trust-policy; a role's own policies name no principal";
  return [...shape, findingOf(ruleOf("T01"), below(origin, ...path), role, { message, remedy })];
}

/** The identity providers that a trust policy names as principals. */
function trustedProviders({ policy }: ReadDocument): readonly string[] {
  const federated = policy.Statement.flatMap(({ Principal }) =>
    Principal === undefined || Principal === "*" ? [] : many(Principal["Federated"]),
  );
  return [...new Set(federated.filter((arn) => parseArn(arn)?.resource.startsWith("oidc-provider/")))].sort();
}

const partitions = Object.freeze(["aws", "aws-cn", "aws-us-gov", "aws-eusc"] as const);

function accountFacts(role: ExistingRole, { accounts }: ExistingContext): PermissionSubject["account"] {
  const arn = role.arn === null ? null : parseArn(role.arn);
  const partition = partitions.find((p) => p === arn?.partition);
  if (arn !== null && partition !== undefined) return { id: arn.account, partition };
  const account = accountOf(role, accounts);
  return account === undefined ? null : { id: account.id, partition: account.partition };
}

function ruleOf(id: string): Rule {
  const rule = rules.find((r) => r.id === id);
  if (!rule) throw new Error(`no rule ${quote(id)}`);
  return rule;
}

function findingOf(rule: Rule, origin: Origin, role: string | null, seen: Observation): RuleFinding {
  return {
    rule: rule.id,
    severity: seen.severity ?? rule.severity,
    origin: seen.origin ?? origin,
    role,
    message: seen.message,
    remedy: seen.remedy ?? rule.remedy,
    accepted: false,
  };
}
