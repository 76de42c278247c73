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
  type Pattern,
} from "../policy";
import type { SubjectLiteral } from "../subject";

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
export interface TrustStatement {
  readonly terms: Terms;
  readonly literals: readonly SubjectLiteral[];
  readonly admits: (subject: string) => boolean;
  readonly covers: (prefix: string) => boolean;
  readonly excludes: (text: string, open: boolean) => boolean;
  /** What the old statement says that the new one does not: each admits less than the old. */
  readonly notes: readonly string[];
}

export type TrustStatementResult =
  | { readonly ok: true; readonly statement: TrustStatement }
  | { readonly ok: false; readonly problem: string };

const defaultAudience = "sts.amazonaws.com";
const guarded: readonly Pattern[] = guard.map((g) => patternOf(g, true) ?? []);

/** One comparison of the subject. */
interface Test {
  readonly negated: boolean;
  readonly patterns: readonly Pattern[];
}

/** What reading conditions collects. */
interface Reading {
  readonly tests: Test[];
  readonly literals: SubjectLiteral[];
  readonly audiences: Set<string>;
  readonly notes: string[];
  aud: boolean;
  expires: string | null;
  sourceCidrs: readonly string[] | null;
}

/**
 * Reads a statement that allows an identity provider's tokens. A condition that an entry cannot say makes it unsayable:
 * without the condition, the entry would admit more.
 */
export function readTrustStatement(statement: Statement, federated: string): TrustStatementResult {
  const name = /^arn:[a-z-]+:iam::[0-9]{12}:oidc-provider\/(.+)$/s.exec(federated)?.[1];
  if (name === undefined) return refuse(`${quote(federated)} is no OpenID Connect provider`);
  const actions = many(statement.Action);
  if (!actions.some((action) => matchesAction(action, assumeAction)))
    return refuse(`it does not allow ${assumeAction}`);
  const reading: Reading = {
    ...{
      tests: [],
      literals: [],
      audiences: new Set(),
      notes: [],
      aud: false,
      expires: null,
      sourceCidrs: null,
    },
  };
  for (const action of actions.filter((a) => a.toLowerCase() !== assumeAction.toLowerCase()))
    reading.notes.push(`the action ${quote(action)} is left out: a login does not need it`);
  for (const [operator, block] of Object.entries(statement.Condition ?? {}))
    for (const [key, values] of Object.entries(block)) {
      const problem = readCondition(operator, key, many(values), name, reading);
      if (problem !== null) return refuse(`${operator} on ${quote(key)} ${problem}`);
    }
  if (reading.literals.length === 0)
    return refuse("it does not say which subjects: every token of the issuer is admitted");
  return finish(statement, federated, name, reading);
}

function refuse(problem: string): TrustStatementResult {
  return { ok: false, problem };
}

function finish(
  statement: Statement,
  federated: string,
  name: string,
  reading: Reading,
): TrustStatementResult {
  const { tests, literals, notes, expires, sourceCidrs } = reading;
  if (!reading.aud) notes.push(`any audience was admitted; now only ${defaultAudience}`);
  const audiences = reading.aud ? [...reading.audiences].sort() : [defaultAudience];
  const preferred = audiences.includes(defaultAudience) ? defaultAudience : audiences[0];
  if (preferred === undefined) return refuse("no audience is named that an installation can have");
  for (const audience of audiences.filter((a) => a !== preferred))
    notes.push(`the audience ${quote(audience)} is left out: an installation has one`);
  const admits = subjectTest(statement, federated, name);
  const negative = tests.filter((t) => t.negated).flatMap((t) => t.patterns);
  const beyondGuard = negative.filter((p) => !guarded.some((g) => coversPattern(g, p)));
  const excludes = (text: string, open: boolean): boolean => {
    const pattern = patternOf(escapePattern(text) + (open ? "*" : ""), true) ?? [];
    return (open ? beyondGuard : negative).some((p) => patternsMeet(p, pattern));
  };
  // Of patterns, only one that the prefix itself begins with can cover all that begins with the prefix.
  const wanted = tests.filter((t) => !t.negated).map((t) => startIndex(t.patterns, literalStart));
  const covers = (prefix: string): boolean => {
    const pattern = patternOf(`${escapePattern(prefix)}*`, true) ?? [];
    return (
      wanted.every((patterns) => patterns(prefix).some((p) => coversPattern(p, pattern))) &&
      !excludes(prefix, true)
    );
  };
  if (
    literals.some(({ open }) => open) &&
    !guard.every((g) => negative.some((p) => coversPattern(p, patternOf(g, true) ?? [])))
  )
    notes.push(
      "its patterns admitted URLs with dot segments, encoded dots or line ends, which open other repositories; now none does",
    );
  const terms: Terms = {
    federated,
    providerName: name,
    audience: preferred,
    expires,
    sourceCidrs: sourceCidrs ?? [],
  };
  return { ok: true, statement: { terms, literals, notes, admits, covers, excludes } };
}

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
  const plain = set === null && !ifExists;
  switch (key.toLowerCase()) {
    case `${name}:aud`.toLowerCase():
      return readAudience(parts, values, reading);
    case `${name}:sub`.toLowerCase():
      if (ifExists || set === "forallvalues")
        reading.notes.push(`${operator} also admitted tokens without a subject; now none is`);
      return readSubject(parts, values, reading);
    case "aws:currenttime":
      return plain && (base === "datelessthan" || base === "datelessthanequals")
        ? readExpiry(values, reading)
        : "is not something that an entry can say";
    case "aws:sourceip":
      return plain && base === "ipaddress"
        ? readCidrs(values, reading)
        : "is not something that an entry can say";
    default:
      return "is not something that an entry can say";
  }
}

function readAudience(
  { base, negated }: ReturnType<typeof operatorParts>,
  values: readonly string[],
  reading: Reading,
): string | null {
  const wildcards = base === "stringlike";
  if (negated || (base !== "stringequals" && !wildcards)) return "is not something that an entry can say";
  const usable = values.filter((v) => /^[A-Za-z0-9._:/-]{1,255}$/.test(v));
  for (const value of values.filter((v) => !usable.includes(v)))
    reading.notes.push(`the audience ${quote(value)} is left out: it is a pattern, or no audience`);
  const admitsDefault = values.some((v) => {
    const pattern = wildcards ? patternOf(v, true) : null;
    return pattern !== null && coversPattern(pattern, patternOf(defaultAudience, false) ?? []);
  });
  const own = admitsDefault ? [...usable, defaultAudience] : usable;
  const before = [...reading.audiences];
  reading.audiences.clear();
  for (const audience of own) if (!reading.aud || before.includes(audience)) reading.audiences.add(audience);
  reading.aud = true;
  return null;
}

function readSubject(
  { base, negated, set }: ReturnType<typeof operatorParts>,
  values: readonly string[],
  reading: Reading,
): string | null {
  if (negated && set !== null) return "is not something that an entry can say";
  const ignoreCase = base === "stringequalsignorecase";
  const wildcards = base === "stringlike" || base === "stringnotlike";
  if (!ignoreCase && !wildcards && base !== "stringequals" && base !== "stringnotequals")
    return "is not something that an entry can say";
  const patterns: Pattern[] = [];
  for (const value of values) {
    const pattern = patternOf(value, wildcards);
    if (pattern === null) {
      if (negated) return "holds a policy variable";
      reading.notes.push(`the subject ${quote(value)} is left out: it holds a policy variable`);
      continue;
    }
    patterns.push(pattern);
    const open = pattern.some((token) => typeof token === "string");
    if (!negated) reading.literals.push({ text: literalStart(pattern), open });
  }
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
  const [, day, time = "", seconds = ":00"] =
    /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(:\d{2})?(?:\.\d{1,9})?(?:Z|\+00:00)$/.exec(moment) ?? [];
  if (day === undefined) return null;
  const parsed = new Date(`${day}T${time}${seconds}Z`);
  // A 30 February would be a day in March.
  const real = !Number.isNaN(parsed.getTime()) && parsed.toISOString() === `${day}T${time}${seconds}.000Z`;
  return real ? day : null;
}

function readCidrs(values: readonly string[], reading: Reading): string | null {
  if (reading.sourceCidrs !== null) return "stands there twice";
  const cidrs = values.map(parseCidr);
  const wrong = cidrs.findIndex((c) => !c.ok);
  if (wrong >= 0) return `has ${quote(values[wrong] ?? "")}, which an entry cannot say`;
  reading.sourceCidrs = cidrs.flatMap((c) => (c.ok ? [c.cidr] : [])).sort();
  return reading.sourceCidrs.length === 0 ? "names no address" : null;
}

/**
 * Items by what every text that they fit begins with: the returned function gives those that a text may fit, and takes
 * as long for many as for few.
 */
function startIndex<T>(items: readonly T[], startOf: (item: T) => string): (text: string) => readonly T[] {
  const byStart = new Map<string, T[]>();
  for (const item of items) {
    const start = startOf(item);
    const others = byStart.get(start);
    if (others === undefined) byStart.set(start, [item]);
    else others.push(item);
  }
  const lengths = [...new Set([...byStart.keys()].map((start) => start.length))];
  return (text) =>
    lengths.flatMap((length) => (length > text.length ? [] : (byStart.get(text.slice(0, length)) ?? [])));
}

/** Does a statement for an identity provider admit a subject, all its other conditions aside? The evaluator decides. */
function subjectTest(
  statement: Statement,
  federated: string,
  providerName: string,
): (subject: string) => boolean {
  const key = `${providerName}:sub`.toLowerCase();
  const blocks = Object.entries(statement.Condition ?? {}).map(
    ([operator, block]) =>
      [
        operator,
        Object.entries(block)
          .filter(([own]) => own.toLowerCase() === key)
          .map(([own, values]) => [own, valuesFor(operator, many(values))] as const),
      ] as const,
  );
  return (subject) => {
    const condition: Condition = Object.fromEntries(
      blocks.map(([operator, block]) => [
        operator,
        Object.fromEntries(block.map(([own, valuesOf]) => [own, valuesOf(subject)])),
      ]),
    );
    // Without a value there is nothing that the subject could equal.
    if (Object.values(condition).some((block) => Object.values(block).some((v) => v.length === 0)))
      return false;
    return evaluateTrust(
      { Version: "2012-10-17", Statement: [{ ...statement, Condition: condition }] },
      { federated, context: new Map([[key, [subject]]]) },
    ).allowed;
  };
}

/** The values of an operator that can make a difference for a subject. */
function valuesFor(operator: string, values: readonly string[]): (subject: string) => readonly string[] {
  const { base, negated } = operatorParts(operator);
  if (negated || (base !== "stringlike" && base !== "stringequals")) return () => values;
  // A policy variable may stand for anything.
  return startIndex(values, (value) => literalStart(patternOf(value, base === "stringlike") ?? []));
}
