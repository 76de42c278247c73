import { quote } from "../diagnostics";
import type { Condition, Statement } from "../model/policyDocument";
import {
  assumeAction,
  coversPattern,
  escapePattern,
  evaluateTrust,
  guard,
  literalStart,
  many,
  matchesAction,
  operatorParts,
  parseCidr,
  patternOf,
  patternsMeet,
  type OperatorParts,
  type Pattern,
} from "../policy";
import { onaVersionOf, type AdmittedSubjects } from "../subject";

/** Whom a statement trusts, and when: what statements of one entry have in common. */
export interface Terms {
  /** ARN of the identity provider. */
  readonly federated: string;
  readonly providerName: string;
  readonly audience: string;
  /** `YYYY-MM-DD`. */
  readonly expires: string | null;
  /** Sorted. */
  readonly sourceCidrs: readonly string[];
}

/** A statement of a trust policy for one identity provider, as far as an entry can say it. */
export interface TrustStatement extends AdmittedSubjects {
  readonly terms: Terms;
  /** What the old statement says that the new one does not: each admits less than the old. */
  readonly notes: readonly string[];
}

const defaultAudience = "sts.amazonaws.com";

/** The pattern of all that begins with a text, or of the text alone. */
function patternFor(text: string, open: boolean): Pattern {
  return patternOf(escapePattern(text) + (open ? "*" : ""), true) ?? [];
}

const guardPatterns: readonly Pattern[] = guard.map((value) => patternOf(value, true) ?? []);

/** What reading conditions collects. */
interface Reading {
  /** Comparisons of the subject. */
  readonly tests: { readonly negated: boolean; readonly patterns: readonly Pattern[] }[];
  readonly notes: string[];
  expires: string | null;
  sourceCidrs: readonly string[];
}

/**
 * Reads a statement that allows an identity provider's tokens. A condition that an entry cannot say makes it unsayable:
 * without the condition, the entry would admit more.
 */
export function readTrustStatement(statement: Statement, federated: string): TrustStatement | string {
  const name = /^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider\/(.+)$/s.exec(federated)?.[1];
  if (name === undefined) return `${quote(federated)} is not an OpenID Connect provider`;
  const actions = many(statement.Action);
  if (!actions.some((action) => matchesAction(action, assumeAction)))
    return `it does not allow ${assumeAction}`;
  const notes = actions
    .filter((action) => action.toLowerCase() !== assumeAction.toLowerCase())
    .map((action) => `the action ${quote(action)} is left out: a login does not need it`);
  const reading: Reading = { tests: [], notes, expires: null, sourceCidrs: [] };
  for (const [operator, block] of Object.entries(statement.Condition ?? {}))
    for (const [key, values] of Object.entries(block)) {
      const problem = readCondition(operator, key, many(values), name, reading);
      if (problem !== null) return `${operator} on ${quote(key)} ${problem}`;
    }
  const aud = onKey(statement, federated, `${name}:aud`);
  const audience = [defaultAudience, ...aud.written.toSorted()].find(
    (value) => /^[A-Za-z0-9._:/-]{1,255}$/.test(value) && aud.admits(value),
  );
  if (audience === undefined) return "it names no audience that an installation can have";
  if (aud.written.length === 0) notes.push(`any audience was admitted; now only ${audience}`);
  for (const other of aud.written.filter((value) => value !== audience))
    notes.push(`the audience ${quote(other)} is left out: an installation has one`);
  const subjects = subjectsOf(reading, onKey(statement, federated, `${name}:sub`).admits);
  if (subjects.literals.length === 0)
    return "it does not say which subjects: every token of the issuer is admitted";
  const { expires, sourceCidrs } = reading;
  return { terms: { federated, providerName: name, audience, expires, sourceCidrs }, notes, ...subjects };
}

/** What a statement's conditions on one key say, and what they admit, which the evaluator decides. */
function onKey(statement: Statement, federated: string, conditionKey: string) {
  const key = conditionKey.toLowerCase();
  const Condition: Condition = Object.fromEntries(
    Object.entries(statement.Condition ?? {}).map(([operator, block]) => [
      operator,
      Object.fromEntries(Object.entries(block).filter(([k]) => k.toLowerCase() === key)),
    ]),
  );
  const policy = { Version: "2012-10-17", Statement: [{ ...statement, Condition }] } as const;
  return {
    written: Object.values(Condition).flatMap((block) => Object.values(block).flatMap(many)),
    admits: (value: string): boolean =>
      evaluateTrust(policy, { federated, context: new Map([[key, [value]]]) }).allowed,
  };
}

/** What a statement says of subjects, as questions. */
function subjectsOf({ tests, notes }: Reading, admits: AdmittedSubjects["admits"]): AdmittedSubjects {
  const positive = tests.filter((test) => !test.negated).map((test) => test.patterns);
  const negative = tests.filter((test) => test.negated).flatMap((test) => test.patterns);
  const beyondGuard = negative.filter((p) => !guardPatterns.some((g) => coversPattern(g, p)));
  const excludes = (text: string, open: boolean): boolean =>
    (open ? beyondGuard : negative).some((p) => patternsMeet(p, patternFor(text, open)));
  const covers = (prefix: string): boolean =>
    positive.every((patterns) => patterns.some((p) => coversPattern(p, patternFor(prefix, true)))) &&
    !excludes(prefix, true);
  const literals = positive
    .flat()
    .map((p) => ({ text: literalStart(p), open: p.some((token) => typeof token === "string") }));
  const isGuarded = guardPatterns.every((g) => negative.some((p) => coversPattern(p, g)));
  if (!isGuarded && literals.some(({ text, open }) => open && onaVersionOf(text) === null))
    notes.push(
      "its patterns admitted URLs with dot segments, encoded dots or line ends, which open other repositories; now none does",
    );
  return { literals, admits, covers, excludes };
}

const unsayable = "is not something that an entry can say";

/** Takes in one operator on one key; else why an entry cannot say it. */
function readCondition(
  operator: string,
  key: string,
  values: readonly string[],
  name: string,
  reading: Reading,
): string | null {
  const parts = operatorParts(operator);
  const { base, set, ifExists } = parts;
  const isPlain = set === null && !ifExists;
  switch (key.toLowerCase()) {
    case `${name}:aud`.toLowerCase():
      return base === "stringequals" || base === "stringlike" ? null : unsayable;
    case `${name}:sub`.toLowerCase():
      if (ifExists || set === "forallvalues")
        reading.notes.push(`${operator} also admitted tokens without a subject; now none is`);
      return readSubject(parts, values, reading);
    case "aws:currenttime":
      return isPlain && (base === "datelessthan" || base === "datelessthanequals")
        ? readExpiry(values, reading)
        : unsayable;
    case "aws:sourceip":
      return isPlain && base === "ipaddress" ? readCidrs(values, reading) : unsayable;
    default:
      return unsayable;
  }
}

function readSubject(
  { base, negated, set }: OperatorParts,
  values: readonly string[],
  reading: Reading,
): string | null {
  if (negated && set !== null) return unsayable;
  const wildcards = base === "stringlike" || base === "stringnotlike";
  const ignoreCase = base === "stringequalsignorecase";
  if (!wildcards && !ignoreCase && base !== "stringequals" && base !== "stringnotequals") return unsayable;
  if (values.length === 0) return "has no value";
  const patterns = values.flatMap((value) => {
    const pattern = patternOf(value, wildcards);
    return pattern === null ? [] : [pattern];
  });
  if (patterns.length < values.length) return "holds a policy variable";
  if (ignoreCase) reading.notes.push("letter case did not count in subjects; now it does");
  reading.tests.push({ negated, patterns });
  return null;
}

function readExpiry(values: readonly string[], reading: Reading): string | null {
  const [moment = "", ...others] = values;
  const day = others.length === 0 ? dayOf(moment) : null;
  if (day === null)
    return `is ${values.map(quote).join(", ")}: an entry can say one moment in UTC, like 2027-03-31T00:00:00Z`;
  if (moment !== `${day}T00:00:00Z`)
    reading.notes.push(`logins ended at ${quote(moment)}; now at the beginning of that day, 00:00 UTC`);
  reading.expires = reading.expires === null || day < reading.expires ? day : reading.expires;
  return null;
}

/**
 * The UTC day of a moment; null for one that is on no calendar, or that does not say its zone: what that means must
 * not depend on where this runs.
 * @see https://www.w3.org/TR/NOTE-datetime
 */
function dayOf(moment: string): string | null {
  const [, seconds = ""] = /^([\d-]{10}T\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?:Z|\+00:00)$/.exec(moment) ?? [];
  const time = Date.parse(`${seconds}Z`);
  // A 30 February would be a day in March.
  const isReal = !Number.isNaN(time) && new Date(time).toISOString().startsWith(seconds);
  return isReal ? seconds.slice(0, "YYYY-MM-DD".length) : null;
}

function readCidrs(values: readonly string[], reading: Reading): string | null {
  if (reading.sourceCidrs.length > 0) return "stands there twice";
  const cidrs = values.map(parseCidr).flatMap((read) => (read.ok ? [read.cidr] : []));
  if (cidrs.length < values.length || cidrs.length === 0)
    return `is ${values.map(quote).join(", ") || "empty"}, which an entry cannot say`;
  reading.sourceCidrs = cidrs.sort();
  return null;
}
