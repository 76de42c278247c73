import type { Condition, Statement } from "../model/policyDocument";
import { partitions } from "../model/partitions";
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

/** What a template's fields hold in general, and what a pattern may say of them without naming a resource. */
const written = Object.freeze([
  { field: 1, text: /(?<=^arn:)aws[a-z-]*(?=:)/ },
  { field: 3, text: /(?<=:)[a-z]{2,4}(?:-[a-z]+)+-[0-9]+(?=:)/ },
  { field: 4, text: /(?<=:)[0-9]{12}(?=:)/ },
]);

/**
 * Does an element of Resource match every resource of a type, whatever it is called? Partition, region and account
 * bound nothing here: `arn:aws:sqs:eu-west-1:123456789012:*` is every queue that the role comes across. A `*` crosses
 * colons, so that `arn:aws:sqs:*` is the same.
 * @param template - ARN template of the type, e.g. `arn:${Partition}:s3:::${BucketName}`
 */
export function namesEvery(pattern: string, template: string): boolean {
  const open = openPattern(pattern);
  return /[*?]/.test(open) && matchesPattern(open, anyArn(pattern, template), textOnly);
}

/** An ARN of a type with a name that nobody gives, and with the partition, region and account of a pattern. */
export function anyArn(pattern: string, template: string): string {
  const open = openPattern(pattern);
  return template
    .split(":")
    .map((field, i) => {
      if (i >= 5) return field.replace(/\$\{[^}]*\}/g, anyName);
      const own = plainField(open, i) ?? written.find((w) => w.field === i)?.text.exec(open)?.[0];
      return field.replace(/\$\{[^}]*\}/g, own ?? anyField);
    })
    .join(":");
}

/** A field of a pattern that says what it is: no wildcard stands in it or before it. */
function plainField(pattern: string, index: number): string | undefined {
  const fields = pattern.split(":").slice(0, index + 1);
  const field = fields[index];
  return field === "" || fields.some((text) => /[*?]/.test(text)) ? undefined : field;
}

/** Variables whose value the caller cannot choose: they stand for one name, like a name that is written. */
const ownVariable = /^\s*aws:(principal[a-z]+(\/[^,]*)?|userid|username)\s*(,|$)/i;

/**
 * A pattern without variables. Among names, one that says who the caller is stands for one name; everywhere else, and
 * where the caller decides what it says, it stands for anything.
 */
export function openPattern(pattern: string): string {
  if (!pattern.includes("${")) return pattern;
  let fields = 0;
  return pattern
    .split(/(\$\{[^}]*\})/)
    .map((part, i) => {
      if (i % 2 === 0) {
        fields += part.split(":").length - 1;
        return part;
      }
      const name = part.slice(2, -1);
      // ${*}, ${?} and ${$} are these characters, which no name holds.
      if (/^[*?$]$/.test(name)) return "\u{e002}";
      return fields >= 5 && ownVariable.test(name) ? "\u{e001}" : "*";
    })
    .join("");
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
 * May a statement do an action to anything at all? An action that takes no resource needs a `*` for everything; one
 * that takes some, a resource of at least one of their types.
 */
export function isInReach(statement: Statement, { resources }: ActionFacts): boolean {
  const given = resourcesOf(statement);
  if (resources.length === 0) return given.some((pattern) => /^[*?]*\*[*?]*$/.test(pattern));
  return resources.some(({ arn }) => reachesType(statement, given, arn));
}

/** By statement, then by ARN template: as in {@link openTypes}. */
const reachedTypes = new WeakMap<Statement, Map<string, boolean>>();

function reachesType(statement: Statement, given: readonly string[], template: string): boolean {
  const known = reachedTypes.get(statement) ?? new Map<string, boolean>();
  reachedTypes.set(statement, known);
  const reached = known.get(template) ?? given.some((pattern) => isOfType(pattern, template));
  known.set(template, reached);
  return reached;
}

/** Types whose name is the whole resource field, and holds no slash: what has one is something inside of them. */
const nameAlone = /:\$\{(Bucket|Queue|Topic|Repository|Pipeline)Name\}$/;

function isOfType(pattern: string, template: string): boolean {
  if (!arnsMeet(pattern, template)) return false;
  return !(nameAlone.test(template) && pattern.replace(/\$\{[^}]*\}/g, "").includes("/"));
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

/** Texts of every kind that a value of a key can be, with names that nobody gives: a value that fits one is open. */
const anyService: readonly string[] = Object.freeze(
  ["amazonaws.com", "amazonaws.com.cn", "amazonaws.eu"].flatMap((domain) => [
    `${anyField}.${domain}`,
    `${anyField}.\u{e000}\u{e000}-\u{e000}-\u{e000}.${domain}`,
  ]),
);

function anyArnOf(service: string, resource: string): readonly string[] {
  return partitions.map((partition) => `arn:${partition}:${service}:${anyField}:${anyField}:${resource}`);
}

/**
 * Keys that name the resource, or what stands for its name, in lower case, with texts of the form that their values
 * have.
 */
const resourceKeys: readonly (readonly [key: string, texts: readonly string[]])[] = Object.freeze<
  [string, readonly string[]][]
>([
  ["*:resourcetag/*", []],
  ["s3:existingobjecttag/*", []],
  ["ec2:createaction", []],
  ["ec2:parentsnapshot", anyArnOf("ec2", `snapshot/${anyField}`)],
  ["kms:viaservice", anyService],
  ["kms:resourcealiases", [`alias/${anyName}`]],
  ["kms:encryptioncontext:*", [...anyArnOf(anyField, anyName), `arn:aws:s3:::${anyName}`]],
  ["kms:grantisforawsresource", ["false"]],
  ["secretsmanager:secretid", anyArnOf("secretsmanager", `secret:${anyName}`)],
  ["secretsmanager:name", []],
  ["lambda:functionarn", anyArnOf("lambda", `function:${anyName}`)],
  ["ecs:cluster", anyArnOf("ecs", `cluster/${anyName}`)],
  ["cloudwatch:namespace", [`AWS/${anyField}`]],
  ["iam:awsservicename", anyService],
  ["s3:dataaccesspointarn", anyArnOf("s3", `accesspoint/${anyName}`)],
]);

/** Keys that name whose the resource is. */
const ownerKeys: readonly (readonly [key: string, texts: readonly string[]])[] = Object.freeze<
  [string, readonly string[]][]
>([
  ["aws:resourceaccount", [anyField.repeat(12)]],
  ["aws:resourceorgid", [`o-${anyField.repeat(10)}`]],
  ["aws:resourceorgpaths", [`o-${anyField.repeat(10)}/r-${anyField.repeat(4)}/ou-${anyName}/`]],
  ["s3:resourceaccount", [anyField.repeat(12)]],
]);

/**
 * How far a condition bounds the resources: to some of them (`some`: by a tag, an alias, the service in between), to
 * those of an account or organization (`owned`), or not at all (null).
 */
export function resourceBound(condition: Condition | undefined): "some" | "owned" | null {
  if (condition === undefined) return null;
  if (resourceKeys.some(([key, texts]) => isBound(condition, key, texts))) return "some";
  return ownerKeys.some(([key, texts]) => isBound(condition, key, texts)) ? "owned" : null;
}

/** Does a condition demand that a role is passed to services that it names? */
export function namesService(condition: Condition | undefined): boolean {
  return isBound(condition, "iam:passedtoservice", anyService);
}

/**
 * Does some comparison demand a key, and admit no value that says nothing?
 * @param key - pattern in lower case
 * @param texts - values that one of the key's form would have, with names that nobody gives
 */
function isBound(condition: Condition | undefined, key: string, texts: readonly string[]): boolean {
  return comparisonsOf(condition, key).some(
    ({ name, values }) => values.length > 0 && !values.some((value) => isOpen(value, name, texts)),
  );
}

/** True for a value that any text matches, or any of the key's form, or that is what it is compared with. */
function isOpen(value: string, key: string, texts: readonly string[]): boolean {
  const open = value
    .split(/(\$\{[^}]*\})/)
    .map((part, i) => {
      if (i % 2 === 0) return part;
      const name = part.slice(2, -1).trim().toLowerCase();
      return ownVariable.test(name) && name !== key ? "\u{e001}" : "*";
    })
    .join("");
  return [anyName, anyField, ...texts].some((text) =>
    matchesPattern(open.toLowerCase(), text.toLowerCase(), textOnly),
  );
}

/** A comparison that holds only with a value of its key. */
export interface Comparison {
  /** In lower case. */
  readonly name: string;
  readonly values: readonly string[];
}

/**
 * The comparisons that demand a key. Those that hold without the key (negated, `…IfExists`, `ForAllValues`) demand
 * nothing, nor do operators that IAM does not have.
 * @param key - pattern in lower case
 */
export function comparisonsOf(condition: Condition | undefined, key: string): readonly Comparison[] {
  return Object.entries(condition ?? {})
    .filter(([operator]) => demands(operator))
    .flatMap(([, block]) => Object.entries(block))
    .map(([name, values]) => ({ name: name.toLowerCase(), values: many(values) }))
    .filter(({ name }) => matchesPattern(key, name, textOnly));
}

/**
 * For each comparison that demands a key, the values that it admits: see {@link comparisonsOf}.
 * @param key - pattern in lower case
 */
export function requiredValues(
  condition: Condition | undefined,
  key: string,
): readonly (readonly string[])[] {
  return comparisonsOf(condition, key).map(({ values }) => values);
}

function demands(operator: string): boolean {
  const { base, set, ifExists, negated, known } = operatorParts(operator);
  return known && !ifExists && !negated && set !== "forallvalues" && /^(string|arn|bool)/.test(base);
}
