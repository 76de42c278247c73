import type { Path } from "../diagnostics";
import { isObject, list, own, text } from "./json";

/** What a resource says of one of its attributes. */
export interface Attribute {
  /** Undefined where there is none, or where Terraform knows it after apply only. */
  readonly value?: unknown;
  /** False where there is more than the file shows. */
  readonly isWhole: boolean;
  /** It is another resource's attribute, in the same module. */
  readonly refersTo?: Reference | undefined;
}

type Reference = Pick<TerraformResource, "type" | "name">;

/** A resource of a plan or a state. */
export interface TerraformResource {
  readonly address: string;
  /** Address of its module; empty for the root. */
  readonly module: string;
  readonly type: string;
  readonly name: string;
  /** Key of `for_each`, or index of `count`; null where it has neither. */
  readonly index: string | number | null;
  /** Where its values stand. */
  readonly path: Path;
  readonly read: (attribute: string) => Attribute;
}

const none: Attribute = Object.freeze({ isWhole: true });

/** The resources of what Terraform prints or keeps, as JSON; null for another text. */
export function terraformResources(root: unknown): readonly TerraformResource[] | null {
  if (text(own(root, "format_version")) !== null) return shownResources(root);
  if (own(root, "version") === 4 && text(own(root, "terraform_version")) !== null)
    return stateResources(root);
  return null;
}

/** A resource as every format names it; null for a data source, and for what is none. */
function namedIn(resource: unknown): Pick<TerraformResource, "type" | "name"> | null {
  const [type, name] = [text(own(resource, "type")), text(own(resource, "name"))];
  return own(resource, "mode") === "data" || type === null || name === null ? null : { type, name };
}

function indexOf(index: unknown): TerraformResource["index"] {
  return typeof index === "string" || typeof index === "number" ? index : null;
}

/**
 * The resources of `terraform show -json`, of a plan as of a state.
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
function shownResources(root: unknown): readonly TerraformResource[] {
  const key = own(root, "planned_values") === undefined ? "values" : "planned_values";
  const configuration = own(own(root, "configuration"), "root_module");
  // What a plan knows after apply, by the resource's address.
  const pending = new Map(
    list(own(root, "resource_changes")).map((change) => [
      own(change, "address"),
      own(own(change, "change"), "after_unknown"),
    ]),
  );
  const resources: TerraformResource[] = [];
  const modules = [{ node: own(own(root, key), "root_module"), path: [key, "root_module"] as Path }];
  // Modules may be nested as deep as the text is.
  for (const { node, path } of modules) {
    list(own(node, "child_modules")).forEach((child, i) => {
      modules.push({ node: child, path: [...path, "child_modules", i] });
    });
    const module = text(own(node, "address")) ?? "";
    const written = configured(configuration, module);
    list(own(node, "resources")).forEach((resource, i) => {
      const named = namedIn(resource);
      if (named === null) return;
      const address = text(own(resource, "address")) ?? `${named.type}.${named.name}`;
      const values = own(resource, "values");
      const expressions = written.get(`${named.type}.${named.name}`);
      resources.push({
        ...{ ...named, address, module, index: indexOf(own(resource, "index")) },
        path: [...path, "resources", i, "values"],
        read: (attribute) => {
          const value = own(values, attribute) ?? undefined;
          const after = own(pending.get(address), attribute) ?? false;
          if (value !== undefined) return { value, isWhole: !isPending(after) };
          const expression = own(expressions, attribute);
          // What the provider computes by itself is pending too, and nobody wrote it.
          if (after === false || (expressions !== undefined && expression === undefined)) return none;
          return { isWhole: false, refersTo: referred(expression) };
        },
      });
    });
  }
  return resources;
}

/** The expressions of a module's resources, by type and name. */
function configured(rootModule: unknown, module: string): ReadonlyMap<string, unknown> {
  // An index may hold any text, dots and brackets too: it is taken out first.
  const names = module
    .replace(/\["(?:[^"\\]|\\.)*"\]|\[\d+\]/g, "")
    .split(".")
    .filter((segment) => segment !== "" && segment !== "module");
  let node = rootModule;
  for (const name of names) node = own(own(own(node, "module_calls"), name), "module");
  return new Map(
    list(own(node, "resources")).map((resource) => [
      `${String(own(resource, "type"))}.${String(own(resource, "name"))}`,
      own(resource, "expressions"),
    ]),
  );
}

/** An expression that is nothing but another resource's attribute. */
function referred(expression: unknown): Reference | undefined {
  const references = list(own(expression, "references")).map((reference) => {
    const [, type = "", name = ""] = /^(aws_iam_\w+)\.([\w-]+)/.exec(text(reference) ?? "") ?? [];
    return { type, name };
  });
  const [first] = references;
  const isOne = references.every(({ type, name }) => type === first?.type && name === first.name);
  return isOne && first?.type !== "" ? first : undefined;
}

/**
 * The resources of a state as Terraform keeps it, `terraform.tfstate` of version 4, which is no stable format: what of it
 * is read here has not changed since Terraform 0.12.
 * @see https://developer.hashicorp.com/terraform/language/state
 */
function stateResources(root: unknown): readonly TerraformResource[] {
  return list(own(root, "resources")).flatMap((resource, i) => {
    const named = namedIn(resource);
    if (named === null) return [];
    const module = text(own(resource, "module")) ?? "";
    const inModule = `${module === "" ? "" : `${module}.`}${named.type}.${named.name}`;
    return list(own(resource, "instances")).map((instance, j): TerraformResource => {
      const index = indexOf(own(instance, "index_key"));
      const address = index === null ? inModule : `${inModule}[${JSON.stringify(index)}]`;
      return {
        ...{ ...named, address, module, index },
        path: ["resources", i, "instances", j, "attributes"],
        read: (attribute) => ({
          value: own(own(instance, "attributes"), attribute) ?? undefined,
          isWhole: true,
        }),
      };
    });
  });
}

/** Does Terraform know a part of it after apply only, at any depth? */
function isPending(after: unknown): boolean {
  return after === true || Object.values(isObject(after) ? after : list(after)).some(isPending);
}
