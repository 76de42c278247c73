import type { Condition, Statement } from "../model/policyDocument";
import { partitions } from "../model/partitions";
import { many } from "./canonical";
import { arnFields, operatorParts } from "./operators";
import type { ActionFacts, ActionResource } from "./serviceReference";
import { matchesPattern, textOnly, textsMeet } from "./wildcard";

/** A name that nobody gives, with every separator: a pattern that matches it does so whatever a resource is called. */
const anyName =
  "\u{e000}\u{e000}:\u{e000}/\u{e000}.\u{e000}_\u{e000}/\u{e000}-\u{e000}-\u{e000}\u{e000}\u{e000}\u{e000}\u{e000}\u{e000}";
const anyField = "\u{e000}";

/** What a pattern may say of a field without naming a resource: of the partition, region and account. */
const written: readonly (RegExp | undefined)[] = Object.freeze([
  ...[undefined, /(?<=^arn:)aws[a-z-]*(?=:)/, undefined],
  ...[/(?<=:)[a-z]{2,4}(?:-[a-z]+)+-[0-9]+(?=:)/, /(?<=:)[0-9]{12}(?=:)/],
]);

/**
 * Does an element of Resource match every resource of a type, whatever it is called? Partition, region and account
 * bound nothing here: `arn:aws:sqs:eu-west-1:123456789012:*` is every queue that the role comes across. A `*` crosses
 * colons, so that `arn:aws:sqs:*` is the same.
 * @param template - ARN template of the type, e.g. `arn:${Partition}:s3:::${BucketName}`
 */
export function namesEvery(pattern: string, template: string): boolean {
  if (isEverything(pattern)) return true;
  const open = openPattern(pattern);
  return /[*?]/.test(open) && matchesPattern(open, anyArn(pattern, template), textOnly);
}

/** An ARN of a type with a name that nobody gives, and with the partition, region and account of a pattern. */
export function anyArn(pattern: string, template: string): string {
  const open = openPattern(pattern);
  return template
    .split(":")
    .map((field, i) => {
      if (i >= 5) return field.replace(variable, anyName);
      const own = plainField(open, i) ?? written[i]?.exec(open)?.[0];
      return field.replace(variable, own ?? anyField);
    })
    .join(":");
}

/** A field of a pattern that says what it is: no wildcard stands in it or before it. */
function plainField(pattern: string, index: number): string | undefined {
  const fields = pattern.split(":").slice(0, index + 1);
  const field = fields[index];
  return field === "" || fields.some((text) => /[*?]/.test(text)) ? undefined : field;
}

const variable = /\$\{([^}]*)\}/g;

/** Variables whose value the caller cannot choose: they stand for one name, like a name that is written. */
const ownVariable = /^\s*aws:(principal[a-z]+(\/[^,]*)?|userid|username)\s*(,|$)/i;

/** A pattern without variables: of names, one that says who the caller is stands for one; any other for anything. */
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

/** Is a pattern of resources everything there is? */
export function isEverything(pattern: string): boolean {
  return /^[*?]*\*[*?]*$/.test(pattern);
}

/** The resources of a statement as patterns. What NotResource leaves is everything, unless it names that itself. */
export function resourcesOf({ Resource, NotResource }: Statement): readonly string[] {
  if (NotResource !== undefined) return many(NotResource).some(isEverything) ? [] : ["*"];
  return many(Resource).map((arn) => {
    // AWS completes an ARN that ends too early with `*`; one that has a `*` may mean the rest by it.
    const fields = arnFields(arn);
    if (fields[0] !== "arn" || arn.includes("*")) return arn;
    return fields.length < 6 ? `${arn}:*` : fields[5] === "" ? `${arn}*` : arn;
  });
}

/** The types of resources that actions take, as ARN templates, of which a test holds: it is asked once for each. */
export function typesWhere(
  actions: Iterable<ActionFacts>,
  test: (template: string) => boolean,
): ReadonlySet<string> {
  const templates = new Set([...actions].flatMap(({ resources }) => resources.map(({ arn }) => arn)));
  return new Set([...templates].filter(test));
}

/**
 * Is an action allowed on resources of any name? Where it needs several, all of them must be open. False for an action
 * that takes no resource.
 * @param open - the types of which every resource is named: see {@link namesEvery}
 */
export function isAtLarge({ resources }: ActionFacts, open: ReadonlySet<string>): boolean {
  const required = resources.filter((r) => r.required);
  const isOpen = ({ arn }: ActionResource) => open.has(arn);
  return required.length > 0 ? required.every(isOpen) : resources.some(isOpen);
}

/** Actions that list everything of a kind, and that the reference gives no type: AWS asks for them on this ARN. */
const asksForAll: ReadonlyMap<string, string> = new Map([
  ["dynamodb:ListTables", "arn:${Partition}:dynamodb:${Region}:${Account}:table/${TableName}"],
  ["iam:ListRoles", "arn:${Partition}:iam::${Account}:role/"],
  ["s3:ListAllMyBuckets", "arn:${Partition}:s3:::${BucketName}"],
]);

/**
 * May an action without a type in the reference be allowed on a pattern? The reference leaves out resources that AWS
 * does ask on, such as `cluster/NAME` for `eks:CreateCluster`: only of a few actions it is known that they take all or
 * nothing.
 */
export function takesUntyped({ name }: ActionFacts, pattern: string): boolean {
  const all = asksForAll.get(name);
  return all === undefined || namesEvery(pattern, all);
}

/** Types whose name is the whole resource field, and holds no slash: what has one is something inside of them. */
const nameAlone = /:\$\{(Bucket|Queue|Topic|Repository|Pipeline)Name\}$/;

/** May a pattern be of a type of resource? */
export function isOfType(pattern: string, template: string): boolean {
  if (isEverything(pattern)) return true;
  if (!arnsMeet(pattern, template)) return false;
  return !(nameAlone.test(template) && pattern.replace(variable, "").includes("/"));
}

/** May both patterns match one ARN? Compared by fields: no ARN stands in a name of another. Variables are anything. */
export function arnsMeet(one: string, other: string): boolean {
  const [a, b] = [fieldsOf(one), fieldsOf(other)];
  if (a.length !== b.length) return textsMeet(a.join(":"), b.join(":"));
  return a.every((field, i) => textsMeet(field, b[i] ?? ""));
}

/** Six fields, the last with its colons; or one, of a pattern that is shorter. */
function fieldsOf(pattern: string): readonly string[] {
  const open = pattern.replace(variable, "*");
  const fields = arnFields(open);
  return fields.length < 6 ? [open] : fields;
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

/** The tags that a resource has, by AWS's own key and by those of services: those of the request or caller are others. */
const resourceTag =
  /^[a-z0-9-]+:(?:resource|existingobject|(?:table|vector)?bucket|accesspoint|(?!req-)[a-z-]+-)?tag\//;

/** A key in lower case, or what it looks like. */
export type KeyName = string | RegExp;

/** Keys that bound resources by what they are (`some`) or whose (`owned`), with texts of the form of their values. */
type BoundingKey = readonly [key: KeyName, texts: readonly string[], bound: "some" | "owned"];
const boundingKeys: readonly BoundingKey[] = Object.freeze<BoundingKey[]>([
  [resourceTag, [], "some"],
  ["ec2:createaction", [], "some"],
  ["ec2:parentsnapshot", anyArnOf("ec2", `snapshot/${anyField}`), "some"],
  ["kms:viaservice", anyService, "some"],
  ["kms:resourcealiases", [`alias/${anyName}`], "some"],
  [/^kms:encryptioncontext:/, [...anyArnOf(anyField, anyName), `arn:aws:s3:::${anyName}`], "some"],
  ["kms:grantisforawsresource", ["false"], "some"],
  ["secretsmanager:secretid", anyArnOf("secretsmanager", `secret:${anyName}`), "some"],
  ["secretsmanager:name", [], "some"],
  ["lambda:functionarn", anyArnOf("lambda", `function:${anyName}`), "some"],
  ["ecs:cluster", anyArnOf("ecs", `cluster/${anyName}`), "some"],
  ["cloudwatch:namespace", [`AWS/${anyField}`], "some"],
  ["iam:awsservicename", anyService, "some"],
  ["s3:dataaccesspointarn", anyArnOf("s3", `accesspoint/${anyName}`), "some"],
  ["aws:resourceaccount", [anyField.repeat(12)], "owned"],
  ["aws:resourceorgid", [`o-${anyField.repeat(10)}`], "owned"],
  ["aws:resourceorgpaths", [`o-${anyField.repeat(10)}/r-${anyField.repeat(4)}/ou-${anyName}/`], "owned"],
  ["s3:resourceaccount", [anyField.repeat(12)], "owned"],
]);

/** How far a condition bounds the resources: to `some`, to those of an account or organization, or not at all. */
export function resourceBound(condition: Condition | undefined): "some" | "owned" | null {
  const found = boundingKeys.find(([key, texts]) => isBound(condition, key, texts));
  return found?.[2] ?? null;
}

/** Does a condition demand that a role is passed to services that it names? */
export function namesService(condition: Condition | undefined): boolean {
  return isBound(condition, "iam:passedtoservice", anyService);
}

/** Does a comparison demand a key, and refuse all texts of its form with names that nobody gives? */
function isBound(condition: Condition | undefined, key: KeyName, texts: readonly string[]): boolean {
  return comparisonsOf(condition, key).some(
    ({ name, values }) => values.length > 0 && !values.some((value) => isOpen(value, name, texts)),
  );
}

/** True for a value that any text matches, or any of the key's form, or that is what it is compared with. */
function isOpen(value: string, key: string, texts: readonly string[]): boolean {
  const open = value.toLowerCase().replace(variable, (_, written: string) => {
    const name = written.trim();
    return ownVariable.test(name) && name !== key ? "\u{e001}" : "*";
  });
  return [anyName, anyField, ...texts].some((text) => matchesPattern(open, text.toLowerCase(), textOnly));
}

/** A comparison that holds only with a value of its key. */
export interface Comparison {
  /** In lower case. */
  readonly name: string;
  readonly values: readonly string[];
}

/** The comparisons that demand a key: not those that hold without it, nor those that IAM does not have. */
export function comparisonsOf(condition: Condition | undefined, key: KeyName): readonly Comparison[] {
  return Object.entries(condition ?? {})
    .filter(([operator]) => demands(operator))
    .flatMap(([, block]) => Object.entries(block))
    .map(([name, values]) => ({ name: name.toLowerCase(), values: many(values) }))
    .filter(({ name }) => (typeof key === "string" ? name === key : key.test(name)));
}

function demands(operator: string): boolean {
  const { base, set, ifExists, negated, known } = operatorParts(operator);
  return known && !ifExists && !negated && set !== "forallvalues" && /^(string|arn|bool)/.test(base);
}
