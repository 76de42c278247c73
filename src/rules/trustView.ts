import { quote, type Origin } from "../diagnostics";
import type { Installation } from "../model/accessModel";
import { isSharedIssuer } from "../model/issuer";
import { parseArn } from "../model/names";
import type { Statement } from "../model/policyDocument";
import { quotaTable } from "../model/quotas";
import {
  evaluateTrust,
  many,
  operatorParts,
  patternOf,
  policyLength,
  type OperatorParts,
  type Pattern,
} from "../policy";
import { builtInProviders, foreignIssuer, type ForeignIssuer } from "./foreignIssuers";
import { below, conditionsOf, type TrustSubject } from "./rule";

/** An issuer of OpenID Connect tokens that a statement trusts. */
export interface TrustedIssuer {
  /** The principal as written: the identity provider's ARN, or the name of a built-in one. */
  readonly principal: string;
  /** E.g. `api.gitpod.io/idp`. */
  readonly providerName: string;
  /** Null where it is Gitpod's, or may be. */
  readonly foreign: ForeignIssuer | null;
  /** Those declared with this issuer. */
  readonly installations: readonly Installation[];
  /** Can anybody get a token here? */
  readonly openSignup: boolean;
}

/** A condition of a trust policy, with its key read as AWS reads it. */
export interface TrustCondition extends OperatorParts {
  readonly operator: string;
  readonly key: string;
  /** What stands before the claim in lower case, e.g. `api.gitpod.io/idp`; null for keys like `aws:SourceIp`. */
  readonly prefix: string | null;
  /** What follows it in lower case, e.g. `sub`. */
  readonly claim: string;
  readonly values: readonly string[];
  readonly origin: Origin;
}

/** A statement with what rules ask of it. */
export interface TrustStatement {
  readonly statement: Statement;
  /** For messages: `statement 2 "login"`. */
  readonly name: string;
  readonly origin: Origin;
  /** Empty where it is about other principals. */
  readonly issuers: readonly TrustedIssuer[];
  readonly conditions: readonly TrustCondition[];
}

/** A trust policy with what rules ask of it. */
export interface TrustView {
  readonly subject: TrustSubject;
  readonly statements: readonly TrustStatement[];
  /** The Allow statements that trust an issuer of OpenID Connect tokens. */
  readonly logins: readonly TrustStatement[];
  /** Is it so long that IAM takes it in no account? Its values are then not compared with each other. */
  readonly endless: boolean;
}

/** Characters of a document beyond which its values are not compared: twice what AWS raises the quota to. */
const longestCompared = 2 * quotaTable.trustPolicyLength.max;

const views = new WeakMap<TrustSubject, TrustView>();

/** The view of a trust policy; made once for all the rules that ask. */
export function trustView(subject: TrustSubject): TrustView {
  const known = views.get(subject);
  if (known) return known;
  const statements = subject.document.policy.Statement.map((s, i) => readStatement(s, i, subject));
  const logins = statements.filter((s) => s.statement.Effect === "Allow" && s.issuers.length > 0);
  const endless = policyLength(subject.document.policy) > longestCompared;
  const view = { subject, statements, logins, endless };
  views.set(subject, view);
  return view;
}

function readStatement(statement: Statement, index: number, subject: TrustSubject): TrustStatement {
  const origin = below(subject.origin, ...(subject.document.paths[index] ?? []));
  const sid = statement.Sid === undefined || statement.Sid === "" ? "" : ` ${quote(statement.Sid)}`;
  return {
    statement,
    name: `statement ${index + 1}${sid}`,
    origin,
    issuers: federatedOf(statement).flatMap((principal) => issuerOf(principal, subject) ?? []),
    conditions: conditionsOf(statement.Condition).map((c) => ({
      ...c,
      ...operatorParts(c.operator),
      ...readKey(c.key),
      origin: below(origin, "Condition", c.operator, c.key),
    })),
  };
}

/** The federated principals of a statement. */
export function federatedOf({ Principal }: Statement): readonly string[] {
  return Principal === undefined || Principal === "*" ? [] : many(Principal["Federated"]);
}

function issuerOf(principal: string, { context }: TrustSubject): TrustedIssuer | null {
  const resource = parseArn(principal)?.resource ?? "";
  const ofArn = resource.startsWith("oidc-provider/")
    ? resource.slice("oidc-provider/".length).replace(/^https:\/\//, "")
    : null;
  const providerName = builtInProviders.has(principal) ? principal : ofArn;
  // A wildcard is no issuer's name; T04 says so.
  if (providerName === null || /[*?]/.test(providerName)) return null;
  const installations = context.installations.filter((i) => i.providerName === providerName);
  return {
    principal,
    providerName,
    foreign: installations.length > 0 ? null : foreignIssuer(providerName),
    installations,
    openSignup: installations.some((i) => i.openSignup) || isShared(providerName),
  };
}

function isShared(providerName: string): boolean {
  const issuer = `https://${providerName}`;
  return URL.canParse(issuer) && isSharedIssuer(issuer);
}

/** Services whose condition keys end in words that claims have, too. */
const services = /^(aws|sts|iam|saml)$/;

function readKey(key: string): Pick<TrustCondition, "prefix" | "claim"> {
  const at = key.lastIndexOf(":");
  const prefix = key.slice(0, Math.max(at, 0)).toLowerCase();
  const claim = key.slice(at + 1).toLowerCase();
  const issuer = !services.test(prefix) && (/[./]/.test(prefix) || /^(sub|aud)$/.test(claim));
  return { prefix: issuer ? prefix : null, claim };
}

/** The conditions of a statement on a claim of one of its issuers. */
export function on(view: TrustStatement, claim: string): readonly TrustCondition[] {
  return view.conditions.filter((c) => c.claim === claim && isOwn(view, c));
}

/** Is this a condition on a claim of one of the statement's issuers? */
export function isOwn(view: TrustStatement, { prefix }: TrustCondition): boolean {
  return prefix !== null && view.issuers.some((i) => i.providerName.toLowerCase() === prefix);
}

const stringOperators = /^string(not)?(equals|equalsignorecase|like)$/;

/** Does it name values that are let in, whether or not it also lets others in? */
export function isPositive({ base, negated }: TrustCondition): boolean {
  return !negated && stringOperators.test(base);
}

/** Does it name values that are let in, and hold only where the key is there? */
export function isBinding(condition: TrustCondition): boolean {
  return isPositive(condition) && condition.set !== "forallvalues" && !condition.ifExists;
}

/** Does the statement demand that the key is there? What is true of a missing key then does no harm. */
export function isDemanded({ conditions }: TrustStatement, key: string): boolean {
  return conditions.some(
    (c) =>
      c.base === "null" &&
      c.known &&
      c.key.toLowerCase() === key.toLowerCase() &&
      c.values.length > 0 &&
      c.values.every((v) => v.toLowerCase() === "false"),
  );
}

/** A value as its operator reads it; null where it holds a policy variable. */
export function patternIn(condition: Pick<TrustCondition, "base">, value: string): Pattern | null {
  return patternOf(value, condition.base.endsWith("like"));
}

/**
 * Does a value hold what looks like a wildcard? A `?` that begins a query is meant as it is written: URLs of some hosts
 * hold the branch there.
 */
export function hasWildcard(value: string): boolean {
  const bare = value.replace(/\$\{[*?$]\}/g, "");
  return bare.includes("*") || /\?(?![A-Za-z_]+=)/.test(bare);
}

/**
 * What Deny statements let through, said as conditions: to deny whoever is not like a value is to demand it. Only those
 * that apply to everybody else, whatever else the request holds.
 */
export function demands(view: TrustView, login: TrustStatement, claim: string): readonly TrustCondition[] {
  return view.statements.flatMap((deny) => {
    const [only, ...more] = deny.conditions;
    if (deny.statement.Effect !== "Deny" || only === undefined || more.length > 0) return [];
    if (!only.negated || only.set !== null || only.ifExists || only.claim !== claim) return [];
    if (!isOwn(login, only) || !deniesAll(deny, login)) return [];
    return [{ ...only, negated: false, base: only.base.replace("not", "") }];
  });
}

/** Is the Deny about every issuer of the login, and about the login? */
function deniesAll(deny: TrustStatement, login: TrustStatement): boolean {
  const bare: Statement = { ...deny.statement, Condition: undefined };
  return login.issuers.every(
    ({ principal }) =>
      evaluateTrust(
        { Version: "2012-10-17", Statement: [bare] },
        { federated: principal, context: new Map() },
      ).denied,
  );
}

/**
 * May a token of the issuer with this `sub` log in by this statement, if everything else about it is as the statement
 * wants it? A Deny counts where it looks at nothing but `sub`.
 */
export function admits(view: TrustView, login: TrustStatement, issuer: TrustedIssuer, sub: string): boolean {
  const key = `${issuer.providerName}:sub`.toLowerCase();
  const { policy } = view.subject.document;
  const denies = view.statements.filter(
    ({ statement, conditions }) =>
      statement.Effect === "Deny" && conditions.every((c) => c.key.toLowerCase() === key),
  );
  const condition = Object.entries(login.statement.Condition ?? {}).map(
    ([operator, block]) =>
      [operator, Object.fromEntries(Object.entries(block).filter(([k]) => k.toLowerCase() === key))] as const,
  );
  const allow: Statement = {
    Effect: "Allow",
    Principal: { Federated: issuer.principal },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: Object.fromEntries(condition),
  };
  return evaluateTrust(
    { ...policy, Statement: [allow, ...denies.map((d) => d.statement)] },
    { federated: issuer.principal, context: new Map([[key, [sub]]]) },
  ).allowed;
}
