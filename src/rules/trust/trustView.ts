import { quote } from "../../diagnostics";
import type { ExistingDocument } from "../../model/existing";
import { isSharedIssuer } from "../../model/issuer";
import { parseArn } from "../../model/names";
import type { Condition, Statement } from "../../model/policyDocument";
import { quotaTable } from "../../model/quotas";
import type { RoleAccess } from "../../model/roleAccess";
import {
  evaluateTrust,
  many,
  operatorParts,
  patternOf,
  lengthOf,
  readDocument,
  type Pattern,
} from "../../policy";
import type {
  ReadPolicy,
  Surroundings,
  TrustCondition,
  TrustedIssuer,
  TrustStatement,
  TrustView,
} from "../judgedRole";
import { below } from "../rule";
import { builtInProviders, foreignIssuer } from "./foreignIssuers";

/** Characters of a document beyond which its values are not compared: twice what AWS raises the quota to. */
const longestCompared = 2 * quotaTable.trustPolicyLength.max;

/** A trust policy that somebody wrote, with what rules ask of it. */
export function trustView(
  access: RoleAccess,
  { origin, value }: ExistingDocument,
  surroundings: Surroundings,
): TrustView {
  const document: ReadPolicy = { origin, value, read: readDocument(value) };
  const statements = document.read.policy.Statement.map((s, i) =>
    readStatement(s, i, document, surroundings),
  );
  return {
    ...document,
    ...{ access, surroundings, statements },
    logins: statements.filter((s) => s.statement.Effect === "Allow" && s.issuers.length > 0),
    endless: lengthOf(document.read.policy) > longestCompared,
  };
}

function readStatement(
  statement: Statement,
  index: number,
  { origin: start, read }: ReadPolicy,
  surroundings: Surroundings,
): TrustStatement {
  const origin = below(start, ...(read.paths[index] ?? []));
  const sid = statement.Sid === undefined || statement.Sid === "" ? "" : ` ${quote(statement.Sid)}`;
  return {
    statement,
    name: `statement ${index + 1}${sid}`,
    origin,
    issuers: federatedOf(statement).flatMap((principal) => issuerOf(principal, surroundings) ?? []),
    conditions: conditionsOf(statement.Condition).map((c) => ({
      ...c,
      ...operatorParts(c.operator),
      ...readKey(c.key),
      origin: below(origin, "Condition", c.operator, c.key),
    })),
  };
}

/** The conditions of a statement, one by one. */
export function conditionsOf(
  condition: Condition | undefined,
): readonly { readonly operator: string; readonly key: string; readonly values: readonly string[] }[] {
  return Object.entries(condition ?? {}).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, values]) => ({ operator, key, values: many(values) })),
  );
}

/** The federated principals of a statement. */
export function federatedOf({ Principal }: Statement): readonly string[] {
  return Principal === undefined || Principal === "*" ? [] : many(Principal["Federated"]);
}

function issuerOf(principal: string, { installations: declared }: Surroundings): TrustedIssuer | null {
  const resource = parseArn(principal)?.resource ?? "";
  const ofArn = resource.startsWith("oidc-provider/")
    ? resource.slice("oidc-provider/".length).replace(/^https:\/\//, "")
    : null;
  const providerName = builtInProviders.has(principal) ? principal : ofArn;
  // A wildcard is no issuer's name; T04 says so.
  if (providerName === null || /[*?]/.test(providerName)) return null;
  const installations = declared.filter((i) => i.providerName === providerName);
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
  const { policy } = view.read;
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
