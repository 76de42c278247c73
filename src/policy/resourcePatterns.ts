import type { Condition, Statement } from "../model/policyDocument";
import { many } from "./canonical";
import { operatorParts } from "./operatorParts";
import { patternOf, patternsMeet } from "./patternRelations";
import type { ActionFacts } from "./serviceReference";
import { matchesPattern, textOnly } from "./wildcard";

/**
 * A name that nobody gives, with every separator that names have: a pattern that matches an ARN made of it does so
 * whatever the resource is called.
 */
const anyName =
  "\u{e000}\u{e000}:\u{e000}/\u{e000}.\u{e000}_\u{e000}/\u{e000}-\u{e000}-\u{e000}\u{e000}\u{e000}\u{e000}\u{e000}\u{e000}";
const anyField = "\u{e000}";

/**
 * Does an element of Resource match every resource of a type, whatever it is called? Partition, region and account
 * bound nothing here: `arn:aws:sqs:eu-west-1:123456789012:*` is every queue that the role comes across.
 * @param template - ARN template of the type, e.g. `arn:${Partition}:s3:::${BucketName}`
 */
export function namesEvery(pattern: string, template: string): boolean {
  if (!/[*?]/.test(pattern)) return false;
  const written = pattern.split(":");
  const arn = template
    .split(":")
    .map((field, i) => {
      const own = written[i];
      if (i >= 5) return field.replace(/\$\{[^}]*\}/g, anyName);
      const literal = own !== undefined && written.length > 5 && !/[*?]/.test(own);
      return field.replace(/\$\{[^}]*\}/g, literal ? own : anyField);
    })
    .join(":");
  return matchesPattern(pattern, arn, textOnly);
}

/** The resources of a statement as patterns; those of NotResource are everything. */
export function resourcesOf(statement: Statement): readonly string[] {
  return statement.NotResource === undefined ? many(statement.Resource) : ["*"];
}

/**
 * May a statement do an action to resources of any name? Where the action needs several, all of them must be open.
 * False for an action that takes no resource.
 */
export function isAtLarge(statement: Statement, { resources }: ActionFacts): boolean {
  const required = resources.filter((r) => r.required);
  return required.length > 0
    ? required.every((r) => namesAllOf(statement, r.arn))
    : resources.some((r) => namesAllOf(statement, r.arn));
}

/** By statement, then by ARN template: the actions of a service share a few types of resources. */
const openTypes = new WeakMap<Statement, Map<string, boolean>>();

function namesAllOf(statement: Statement, template: string): boolean {
  const known = openTypes.get(statement) ?? new Map<string, boolean>();
  openTypes.set(statement, known);
  const open = known.get(template) ?? resourcesOf(statement).some((pattern) => namesEvery(pattern, template));
  known.set(template, open);
  return open;
}

/**
 * Is there an ARN that both patterns match? Patterns of six fields are compared field by field, as no resource has
 * another one's ARN inside its name. Policy variables may stand for anything.
 */
export function arnsMeet(one: string, other: string): boolean {
  const [a, b] = [fieldsOf(one), fieldsOf(other)];
  if (a.length !== b.length) return fieldsMeet(a.join(":"), b.join(":"));
  return a.every((field, i) => fieldsMeet(field, b[i] ?? ""));
}

/** Six fields, the last with its colons; or one, of a pattern that is shorter. */
function fieldsOf(pattern: string): readonly string[] {
  const open = pattern.replace(/\$\{[^}]*\}/g, "*");
  const fields = open.split(":");
  return fields.length < 6 ? [open] : [...fields.slice(0, 5), fields.slice(5).join(":")];
}

function fieldsMeet(one: string, other: string): boolean {
  const [a, b] = [patternOf(one, true), patternOf(other, true)];
  return !a || !b || patternsMeet(a, b);
}

/** Keys that name the resource, or what stands for its name. In lower case. */
const resourceKeys: readonly string[] = Object.freeze([
  ...["*:resourcetag/*", "s3:existingobjecttag/*", "ec2:createaction", "ec2:parentsnapshot"],
  ...["kms:viaservice", "kms:resourcealiases", "kms:encryptioncontext:*", "kms:grantisforawsresource"],
  ...[
    "secretsmanager:secretid",
    "secretsmanager:name",
    "lambda:functionarn",
    "ecs:cluster",
    "cloudwatch:namespace",
  ],
  ...["iam:awsservicename", "s3:dataaccesspointarn"],
]);

/** Keys that name whose the resource is. */
const ownerKeys: readonly string[] = Object.freeze([
  ...["aws:resourceaccount", "aws:resourceorgid", "aws:resourceorgpaths", "s3:resourceaccount"],
]);

/**
 * How far a condition bounds the resources: to some of them (`some`: by a tag, an alias, the service in between), to
 * those of an account or organization (`owned`), or not at all (null).
 */
export function resourceBound(condition: Condition | undefined): "some" | "owned" | null {
  const has = (keys: readonly string[]): boolean =>
    keys.some((key) => requiredValues(condition, key).some((values) => !values.some(isOpen)));
  if (has(resourceKeys)) return "some";
  return has(ownerKeys) ? "owned" : null;
}

/** True for a value that any text matches. */
function isOpen(value: string): boolean {
  return matchesPattern(value, anyName, textOnly);
}

/**
 * For each comparison that demands a key, the values that it admits. Comparisons that hold without the key (negated,
 * `…IfExists`, `ForAllValues`) demand nothing.
 * @param key - pattern in lower case
 */
export function requiredValues(
  condition: Condition | undefined,
  key: string,
): readonly (readonly string[])[] {
  return Object.entries(condition ?? {})
    .filter(([operator]) => demands(operator))
    .flatMap(([, block]) => Object.entries(block))
    .filter(([name]) => matchesPattern(key, name.toLowerCase(), textOnly))
    .map(([, values]) => many(values));
}

function demands(operator: string): boolean {
  const { base, set, ifExists, negated } = operatorParts(operator);
  return !ifExists && !negated && set !== "forallvalues" && /^(string|arn|bool)/.test(base);
}
