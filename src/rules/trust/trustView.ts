import { below, quote } from "../../diagnostics";
import type { ExistingDocument } from "../../model/existing";
import { isSharedIssuer, issuerProblem, issuersOf, onaIssuer } from "../../model/issuer";
import { parseArn } from "../../model/names";
import type { Condition, Statement } from "../../model/policyDocument";
import { quotaTable } from "../../model/quotas";
import type { RoleAccess } from "../../model/roleAccess";
import {
  assumeAction,
  conditionKeyPattern,
  coversPattern,
  evaluateTrust,
  keyType,
  lengthOf,
  many,
  matchesPattern,
  operatorParts,
  patternOf,
  patternsMeet,
  readDocument,
  textOnly,
  valueProblem,
  type OperatorParts,
  type Pattern,
  type ServiceReference,
  type ValueProblem,
} from "../../policy";
import type {
  Surroundings,
  TrustCondition,
  TrustedIssuer,
  TrustStatement,
  TrustView,
  WrittenCondition,
} from "../judgedRole";
import { observed, type Rule, type Said } from "../rule";
import { builtInProviders, foreignIssuer } from "./foreignIssuers";

/** Characters of a document beyond which its statements are not judged: twice what AWS raises the quota to. */
const longestJudged = 2 * quotaTable.trustPolicyLength.max;

/** A trust policy that somebody wrote, with what rules ask of it. */
export function trustView(
  access: RoleAccess,
  { origin, value }: ExistingDocument,
  surroundings: Surroundings,
): TrustView {
  const read = readDocument(value);
  // IAM takes none so long in any account, which T11 says: its values are not compared.
  const written = lengthOf(read.policy) <= longestJudged ? read.statements : [];
  const statements = written.map(({ statement, path }, i): TrustStatement => {
    const at = below(origin, ...path);
    const principals = principalsOf(statement, at);
    return {
      ...{ statement, principals, origin: at },
      name: `statement ${i + 1}${statement.Sid ? ` ${quote(statement.Sid)}` : ""}`,
      issuers: principals.flatMap(({ type, text }) =>
        type === "Federated" ? (issuerOf(text, statement, surroundings) ?? []) : [],
      ),
      conditions: conditionsOf(statement.Condition).map((c) => ({
        ...{ ...c, ...readOperator(c.operator), ...readKey(c.key) },
        origin: below(at, "Condition", c.operator, c.key),
      })),
    };
  });
  const logins = statements.filter(
    ({ statement, issuers }) =>
      statement.Effect === "Allow" && issuers.some(({ principal }) => isAbout(statement, principal)),
  );
  const view = {
    ...{ origin, value, read, access, surroundings, statements, logins, open: logins },
    loginKeys: loginKeys(surroundings.reference),
  };
  return { ...view, open: logins.filter((login) => !isClosed(login, view)) };
}

function principalsOf(
  { Principal = {} }: Statement,
  origin: TrustStatement["origin"],
): TrustStatement["principals"] {
  const at = below(origin, "Principal");
  if (Principal === "*") return [{ type: "AWS", text: "*", arn: null, origin: at }];
  return Object.entries(Principal).flatMap(([type, names]) =>
    many(names).map((text) => ({ type, text, arn: parseArn(text), origin: below(at, type) })),
  );
}

function issuerOf(principal: string, statement: Statement, view: Surroundings): TrustedIssuer | null {
  const isBuiltIn = builtInProviders.has(principal);
  const [, ofArn] = /:oidc-?provider[/:](?:https:\/\/)?(.*)$/i.exec(principal) ?? [];
  const providerName = isBuiltIn ? principal : ofArn;
  // A wildcard is no issuer's name; T04 says so.
  if (providerName === undefined || /[*?]/.test(providerName)) return null;
  const known = view.installations.flatMap(issuersOf).filter((i) => i.providerName === providerName);
  const installations = view.installations.filter((i) =>
    issuersOf(i).some((issuer) => known.includes(issuer)),
  );
  const foreign =
    installations.length > 0 ? null : foreignIssuer(providerName, conditionsOf(statement.Condition));
  const issuer = `https://${providerName}`;
  return {
    ...{ principal, providerName, foreign, installations },
    problem: isBuiltIn ? null : providerArnProblem(principal, foreign !== null, installations.length > 0),
    isOna: issuer === onaIssuer || installations.some((i) => i.ona !== null),
    openSignup: known.some((i) => i.openSignup) || (URL.canParse(issuer) && isSharedIssuer(issuer)),
  };
}

/** How the issuers of Gitpod Classic, and the one of Ona, are named. */
const issuerForm = /^app\.gitpod\.io$|^(?!app\.(gitpod\.io|ona\.com)\/)[a-z0-9.-]+\/idp$/;

/** Why no token logs in by a provider of this ARN, T09's reasons aside; null: one may. @param foreign - is it another's issuer? */
function providerArnProblem(principal: string, foreign: boolean, declared: boolean): string | null {
  const arn = parseArn(principal);
  if (arn === null) return "which is not a complete ARN";
  if (arn.service !== "iam" || arn.region !== "")
    return "which is not an ARN of IAM: arn:PARTITION:iam::ACCOUNT:oidc-provider/ISSUER";
  const [, name] = /^oidc-provider\/(.+)$/.exec(arn.resource) ?? [];
  if (name === undefined) return "whose resource does not begin with oidc-provider/";
  if (hasPlaceholder(name)) return null;
  const isFit = foreign ? !/^[^/]*[A-Z:]/.test(name) : declared || issuerForm.test(name);
  const { problem } = issuerProblem(`https://${name}`) ?? {
    problem: "is neither HOST/idp, as Gitpod's are, nor Ona's, app.gitpod.io",
  };
  return isFit ? null : `whose issuer ${problem}`;
}

function readOperator(operator: string) {
  const parts = operatorParts(operator);
  const isText = /^string(not)?(equals|equalsignorecase|like)$/.test(parts.base);
  const positive = isText && !parts.negated;
  const binding = positive && parts.set !== "forallvalues" && !parts.ifExists;
  return { ...parts, positive, binding, comparable: isText && !parts.base.endsWith("ignorecase") };
}

/** Services whose condition keys end in words that claims have, too. */
const services = /^(aws|sts|iam|saml)$/;

function readKey(key: string): Pick<TrustCondition, "prefix" | "claim"> {
  const at = key.lastIndexOf(":");
  const prefix = key.slice(0, Math.max(at, 0)).toLowerCase();
  const claim = key.slice(at + 1).toLowerCase();
  const isIssuers = !services.test(prefix) && (/[./]/.test(prefix) || /^(sub|aud)$/.test(claim));
  return { prefix: isIssuers ? prefix : null, claim };
}

export type StatementJudge = (statement: TrustStatement, view: TrustView) => Said;

const eachIn =
  (list: "statements" | "logins" | "open") =>
  (judge: StatementJudge): NonNullable<Rule["trust"]> =>
  (view) =>
    view[list].flatMap((statement) => observed(judge(statement, view), statement.origin));

export const each = eachIn("statements");
/** Judges each statement by which tokens log in. */
export const eachLogin = eachIn("logins");
/** Judges each of them that lets somebody in: what else a statement would let in that admits nobody is no news. */
export const eachOpenLogin = eachIn("open");

export function issuerNames({ issuers }: TrustStatement): string {
  return [...new Set(issuers.map((i) => quote(i.providerName)))].join(", ");
}

/** Is a statement about logins of this identity provider, whatever its conditions? */
export function isAbout(statement: Statement, federated: string): boolean {
  const bare: Statement = { ...statement, Effect: "Allow", Condition: undefined };
  return evaluateTrust({ Version: "2012-10-17", Statement: [bare] }, { federated, context: new Map() })
    .allowed;
}

export function conditionsOf(condition: Condition | undefined): readonly WrittenCondition[] {
  return Object.entries(condition ?? {}).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, values]) => ({ operator, key, values: many(values) })),
  );
}

export function federatedOf({ Principal }: Statement): readonly string[] {
  return Principal === undefined || Principal === "*" ? [] : many(Principal["Federated"]);
}

/** What people leave in an ARN that they copied, or put into it: brackets, a scheme, whole words in capitals. */
export function hasPlaceholder(text: string): boolean {
  return /[<>{}[\]$]|:\/\/|(?<![A-Za-z0-9])(YOUR|REPLACE|INSERT|CHANGE|CHANGEME|PLACEHOLDER|TODO|FIXME|ACCOUNT|ISSUER|HOST|X{6,}|x{6,})(?![A-Za-z0-9])/.test(
    text,
  );
}

/** Have two conditions one key? IAM compares keys without letter case. */
export function sameKey(one: Pick<TrustCondition, "key">, other: Pick<TrustCondition, "key">): boolean {
  return one.key.toLowerCase() === other.key.toLowerCase();
}

/** Is this a condition on who the caller is, be it with a key that is wrong? */
export function isIdentity({ claim }: TrustCondition): boolean {
  return claim === "sub" || claim === "aud";
}

/** The conditions of a statement on a claim of one of its issuers. */
export function on(view: TrustStatement, claim: string): readonly TrustCondition[] {
  return view.conditions.filter((c) => c.claim === claim && isOwn(view, c));
}

/** Is this a condition on a claim of one of the statement's issuers? */
export function isOwn(view: TrustStatement, { prefix }: TrustCondition): boolean {
  return prefix !== null && view.issuers.some((i) => i.providerName.toLowerCase() === prefix);
}

/** Do conditions demand that a key is there? What is true of a missing key then does no harm. */
export function isDemanded(conditions: readonly WrittenCondition[], key: Pick<WrittenCondition, "key">) {
  const isFalse = ({ values }: WrittenCondition): boolean => /^false(,false)*$/i.test(values.join());
  return conditions.some((c) => c.operator.toLowerCase() === "null" && sameKey(c, key) && isFalse(c));
}

/** A value as its operator reads it; null where it holds a policy variable. */
export function patternIn(condition: Pick<TrustCondition, "base">, value: string): Pattern | null {
  return patternOf(value, condition.base.endsWith("like"));
}

export function isOpen(pattern: Pattern): boolean {
  return pattern.some((token) => typeof token === "string");
}

/** Is it nothing but wildcards, a `*` among them? */
export function isEverything(pattern: Pattern | null): boolean {
  return pattern?.includes("many") === true && pattern.every((token) => typeof token === "string");
}

/** Does the condition read the value as more than one text? True also where it holds a policy variable. */
export function isPatternValue(condition: TrustCondition, value: string): boolean {
  const pattern = patternIn(condition, value);
  return pattern === null || isOpen(pattern);
}

const patternsIn = (list: ValueList) => list.values.map((value) => patternIn(list, value));

/** Is all that the values of one condition stand for among what those of another do? False where nobody can tell. */
export function isWithin(narrow: ValueList, wide: ValueList): boolean {
  const patterns = patternsIn(wide);
  return patternsIn(narrow).every(
    (own) => own !== null && patterns.some((p) => p !== null && coversPattern(p, own)),
  );
}

/** Have the values of two conditions nothing in common? False where nobody can tell. */
export function isApart(one: ValueList, other: ValueList): boolean {
  const patterns = patternsIn(other);
  return patternsIn(one).every(
    (own) => own !== null && patterns.every((p) => p !== null && !patternsMeet(p, own)),
  );
}

type ValueList = Pick<TrustCondition, "base" | "values">;

/** Does a value hold what looks like a wildcard? A `?` that begins a query is meant as it is written. */
export function hasWildcard(value: string): boolean {
  const bare = value.replace(/\$\{[*?$]\}/g, "");
  return bare.includes("*") || /\?(?![A-Za-z_]+=)/.test(bare);
}

/** What Deny statements with one condition let through, as conditions: to deny whoever is not like a value is to demand it. */
export function demands(view: TrustView, login: TrustStatement, claim: string): readonly TrustCondition[] {
  return view.statements.flatMap((deny) => {
    const [only, ...more] = deny.conditions;
    if (only === undefined || more.length > 0) return [];
    if (!only.negated || only.set !== null || only.ifExists || only.claim !== claim) return [];
    if (!isOwn(login, only) || !denies(deny, login)) return [];
    const positive = only.base.startsWith("string");
    return [{ ...only, negated: false, base: only.base.replace("not", ""), positive, binding: positive }];
  });
}

/** Is this a Deny of logins of every issuer of a statement? */
function denies({ statement }: TrustStatement, login: TrustStatement): boolean {
  return statement.Effect === "Deny" && login.issuers.every((i) => isAbout(statement, i.principal));
}

/** Whom a login admits by `sub`: its conditions that name values, and what Deny statements demand. */
export function namedSubjects(view: TrustView, login: TrustStatement): readonly TrustCondition[] {
  return [...on(login, "sub").filter((c) => c.positive), ...demands(view, login, "sub")];
}

/** May a token with this `sub` log in by a statement, all else being as wanted? A Deny counts that looks at nothing but `sub`. */
export function admits(view: TrustView, login: TrustStatement, issuer: TrustedIssuer, sub: string): boolean {
  const key = `${issuer.providerName}:sub`.toLowerCase();
  const request = { federated: issuer.principal, context: new Map([[key, [sub]]]) };
  const isOfSub = (c: TrustCondition): boolean => c.key.toLowerCase() === key;
  const denies = view.statements
    .filter(({ statement, conditions }) => statement.Effect === "Deny" && conditions.every(isOfSub))
    .map(({ statement }) => statement);
  const wanted = login.conditions.filter(isOfSub).map((c) => ({ [c.operator]: { [c.key]: c.values } }));
  // All of them must hold.
  return [{}, ...wanted].every((Condition) => {
    const Principal = { Federated: issuer.principal };
    const allow: Statement = { Effect: "Allow", Principal, Action: assumeAction, Condition };
    return evaluateTrust({ ...view.read.policy, Statement: [allow, ...denies] }, request).allowed;
  });
}

/** The claims that become condition keys whoever issues the token. */
export const claimsOfEveryIssuer: readonly string[] = Object.freeze("amr aud email oaud sub".split(" "));

/** The keys that a web identity login may have, as AWS publishes them; empty where they were not loaded. */
function loginKeys(reference: ServiceReference): readonly string[] {
  const login = reference.actions.get("sts")?.get("assumerolewithwebidentity");
  if (login === undefined) return [];
  const ofRole = login.resources.flatMap((resource) => resource.conditionKeys);
  const ofRequest = reference.globalConditionKeys.filter(
    (key) => key.startsWith("aws:") && !ofOthers.test(key),
  );
  const published = [...login.conditionKeys, ...ofRole].map(conditionKeyPattern);
  return [...published, ...ofRequest, "sts:durationseconds"];
}

/** Keys of callers that have AWS credentials already, of services that call on somebody's behalf, and of instances. */
const ofOthers =
  /^aws:(principal|multifactorauth|user(id|name)$|tokenissuetime|federatedprovider|assumedroot|source(account|arn|owner|org|identity)|chatbotsourcearn|ec2instance|calledvia)/;

/** Keys that a token fills only with claims that Gitpod and Ona do not put into theirs. */
const ofOtherIssuers = /^(aws:requesttag\/.*|aws:tagkeys|sts:(transitivetagkeys|sourceidentity))$/;

/** Has no login by a statement this key, whatever the token? */
export function isMissing(condition: TrustCondition, login: TrustStatement, view: TrustView): boolean {
  const { prefix, claim } = condition;
  const isGitpods = login.issuers.every((issuer) => issuer.foreign === null);
  const key = condition.key.toLowerCase();
  const isPublished =
    view.loginKeys.length === 0 || view.loginKeys.some((one) => matchesPattern(one, key, textOnly));
  if (prefix === null) return (isGitpods && ofOtherIssuers.test(key)) || !isPublished;
  if (!isOwn(login, condition)) return true;
  if (claimsOfEveryIssuer.includes(claim)) return isGitpods && claim === "amr";
  return isGitpods || !isPublished;
}

/** The reason that T25 gives. */
export const literally: ValueProblem = Object.freeze({ problem: "is taken literally" });

/** Why a value never equals what a request holds; null where it may. */
export function neverEquals(condition: TrustCondition, value: string, view: TrustView): ValueProblem | null {
  const { base, key, prefix } = condition;
  const isText = /^string(not)?equals/.test(base) && isIdentity(condition) && prefix !== null;
  const type = keyType(key, view.surroundings.reference);
  return valueProblem(base, key, value, type) ?? (isText && hasWildcard(value) ? literally : null);
}

export function idleValue(
  { operator, negated }: WrittenCondition & OperatorParts,
  value: string,
  { problem, remedy }: ValueProblem,
) {
  const effect = negated ? "excludes nothing" : "never matches";
  return { message: `${quote(value)} ${problem}: ${operator} ${effect}`, remedy };
}

/** Does a condition hold for every login by a statement, or for none? Null: it depends on the login. */
export function outcome(
  condition: TrustCondition,
  login: TrustStatement,
  view: TrustView,
): "always" | "never" | null {
  const { base, set, ifExists, negated, values } = condition;
  const missing = isMissing(condition, login, view);
  if (base === "null") {
    if (set === "forallvalues") return "always";
    const wanted = new Set(values.map((value) => value.toLowerCase() === "true"));
    const present = isOwn(login, condition) && isIdentity(condition);
    if (wanted.size !== 1 || (!missing && !present)) return null;
    return wanted.has(missing) ? "always" : "never";
  }
  if (missing) return ifExists || set === "forallvalues" || (negated && set === null) ? "always" : "never";
  if (set !== null || values.length === 0 || values.some((v) => neverEquals(condition, v, view) === null))
    return null;
  if (negated) return "always";
  return ifExists ? null : "never";
}

/** The same for a condition of a Deny, held against what a statement demands of its logins, too. */
export function outcomeOfDeny(condition: TrustCondition, login: TrustStatement, view: TrustView) {
  const known = outcome(condition, login, view);
  if (known !== null || !condition.comparable) return known;
  const bounds = login.conditions.filter(
    (c) => sameKey(c, condition) && c.binding && c.comparable && c.values.length > 0,
  );
  const isAlways = condition.positive ? isWithin : isApart;
  if (condition.set === null && bounds.some((bound) => isAlways(bound, condition))) return "always";
  return condition.binding && bounds.some((bound) => isApart(bound, condition)) ? "never" : null;
}

/** Does a Deny refuse whoever would log in by a statement? */
export function refusesAll(deny: TrustStatement, login: TrustStatement, view: TrustView): boolean {
  return denies(deny, login) && deny.conditions.every((c) => outcomeOfDeny(c, login, view) === "always");
}

/** Can nobody log in by a statement? What it would let in is then not worth a word: the reason has a finding. */
function isClosed(login: TrustStatement, view: TrustView): boolean {
  return (
    login.issuers.every((issuer) => issuer.problem !== null) ||
    login.conditions.some((c) => outcome(c, login, view) === "never") ||
    on(login, "sub").some((c) => c.values.length > 0 && contradicted(c, login).length === c.values.length) ||
    view.statements.some((deny) => refusesAll(deny, login, view))
  );
}

/** Values of a condition on sub that another one of the same statement refuses. */
export function contradicted(c: TrustCondition, login: TrustStatement): readonly string[] {
  if (c.claim !== "sub" || !c.binding || !c.comparable) return [];
  const others = on(login, "sub").filter((other) => other !== c && other.comparable);
  return c.values.filter(
    (value) =>
      (c.base === "stringlike" || !hasWildcard(value)) && others.some((other) => refuses(other, c, value)),
  );
}

/** Can nothing of one value of a condition meet another condition, too? */
function refuses(other: TrustCondition, own: TrustCondition, value: string): boolean {
  if (other.set !== null || other.ifExists) return false;
  const one = { ...own, values: [value] };
  if (other.negated) return isWithin(one, other);
  // Two lists of exact values that differ in part are a choice; a pattern beside them is a mistake.
  if (other.base === own.base && own.base !== "stringlike")
    return !own.values.some((v) => other.values.includes(v));
  return isApart(one, other);
}
