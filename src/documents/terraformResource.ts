import type { Path } from "../diagnostics";
import { isObject, list, own, text } from "./document";

/** What a resource says of one of its attributes. */
export type Attribute =
  /** `partial`: of what is inside, Terraform knows some after apply only, or evaluates it. */
  | { readonly kind: "value"; readonly value: unknown; readonly partial?: true }
  /** It is another resource's, in the same module. */
  | { readonly kind: "reference"; readonly type: string; readonly name: string }
  /** Terraform knows it after apply, or evaluates it: there is nothing to judge. */
  | { readonly kind: "unknown" }
  | { readonly kind: "none" };

/** A resource of a plan, a state or a configuration. */
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

const unknown: Attribute = Object.freeze({ kind: "unknown" });
const none: Attribute = Object.freeze({ kind: "none" });

/**
 * The resources of `terraform show -json`, of a plan as of a state; null for another text.
 * @see https://developer.hashicorp.com/terraform/internals/json-format
 */
export function shownResources(root: unknown): readonly TerraformResource[] | null {
  if (text(own(root, "format_version")) === null) return null;
  const key = own(root, "planned_values") === undefined ? "values" : "planned_values";
  const pending = pendingAttributes(root);
  const configuration = own(own(root, "configuration"), "root_module");
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
      if (own(resource, "mode") === "data") return;
      const [type, name] = [text(own(resource, "type")), text(own(resource, "name"))];
      if (type === null || name === null) return;
      const address = text(own(resource, "address")) ?? `${type}.${name}`;
      const index = own(resource, "index");
      const values = own(resource, "values");
      const expressions = written.get(`${type}.${name}`);
      resources.push({
        ...{ address, module, type, name, path: [...path, "resources", i, "values"] },
        index: typeof index === "string" || typeof index === "number" ? index : null,
        read: (attribute) => {
          const value = own(values, attribute);
          const after = own(pending.get(address), attribute);
          if (value !== undefined && value !== null)
            return { kind: "value", value, ...(holds(after, (v) => v === true) ? { partial: true } : {}) };
          if (!isPending(pending.get(address), attribute)) return none;
          // What the provider computes by itself is pending too, and nobody wrote it.
          const expression = own(expressions, attribute);
          return expressions !== undefined && expression === undefined ? none : referred(expression);
        },
      });
    });
  }
  return resources;
}

/** What a plan knows after apply, by the resource's address. */
function pendingAttributes(root: unknown): ReadonlyMap<string, unknown> {
  return new Map(
    list(own(root, "resource_changes")).map((change) => [
      text(own(change, "address")) ?? "",
      own(own(change, "change"), "after_unknown"),
    ]),
  );
}

function isPending(after: unknown, attribute: string): boolean {
  const value = own(after, attribute);
  return value !== undefined && value !== false;
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
      `${text(own(resource, "type")) ?? ""}.${text(own(resource, "name")) ?? ""}`,
      own(resource, "expressions"),
    ]),
  );
}

/** An expression that is nothing but another resource's attribute. */
function referred(expression: unknown): Attribute {
  const references = list(own(expression, "references")).flatMap((reference) => {
    const [, type, name] = /^(aws_iam_\w+)\.([\w-]+)/.exec(text(reference) ?? "") ?? [];
    return type === undefined || name === undefined ? [] : [{ type, name }];
  });
  const [first] = references;
  const only = references.every(({ type, name }) => type === first?.type && name === first.name);
  const others = list(own(expression, "references")).length > references.length;
  return first !== undefined && only && !others ? { kind: "reference", ...first } : unknown;
}

/**
 * The resources of a state as Terraform keeps it, `terraform.tfstate` of version 4, which is no stable format: what of it
 * is read here has not changed since Terraform 0.12. Null for another text.
 * @see https://developer.hashicorp.com/terraform/language/state
 */
export function stateResources(root: unknown): readonly TerraformResource[] | null {
  const resources = own(root, "resources");
  if (own(root, "version") !== 4 || text(own(root, "terraform_version")) === null) return null;
  return list(resources).flatMap((resource, i) => {
    const [type, name] = [text(own(resource, "type")), text(own(resource, "name"))];
    if (own(resource, "mode") === "data" || type === null || name === null) return [];
    const module = text(own(resource, "module")) ?? "";
    return list(own(resource, "instances")).map((instance, j): TerraformResource => {
      const key = own(instance, "index_key");
      const index = typeof key === "string" || typeof key === "number" ? key : null;
      const inModule = `${module === "" ? "" : `${module}.`}${type}.${name}`;
      return {
        ...{
          address: index === null ? inModule : `${inModule}[${JSON.stringify(index)}]`,
          module,
          type,
          name,
          index,
        },
        path: ["resources", i, "instances", j, "attributes"],
        read: (attribute) => {
          const value = own(own(instance, "attributes"), attribute);
          return value === undefined || value === null ? none : { kind: "value", value };
        },
      };
    });
  });
}

/**
 * The resources of a configuration in JSON, such as the `cdk.tf.json` that a synth writes; null for another text.
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 */
export function configurationResources(root: unknown): readonly TerraformResource[] | null {
  const types = own(root, "resource");
  if (!isObject(types)) return null;
  return Object.entries(types).flatMap(([type, resources]) =>
    Object.entries(isObject(resources) ? resources : {}).map(([name, values]) => ({
      ...{ address: `${type}.${name}`, module: "", type, name, index: null },
      path: ["resource", type, name],
      read: (attribute) => {
        const value = own(values, attribute);
        return value === undefined || value === null ? none : evaluated(value);
      },
    })),
  );
}

/** A template that says what it is without Terraform: text, or nothing but another resource's attribute. */
function evaluated(value: unknown): Attribute {
  if (typeof value !== "string") {
    const partial = holds(value, (v) => typeof v === "string" && isTemplate(v));
    return { kind: "value", value: unescaped(value), ...(partial ? { partial } : {}) };
  }
  const [, type, name] = /^\$\{(aws_iam_\w+)\.([\w-]+)\.(?:name|id|arn)\}$/.exec(value) ?? [];
  if (type !== undefined && name !== undefined) return { kind: "reference", type, name };
  return isTemplate(value) ? unknown : { kind: "value", value: unescaped(value) };
}

const escape = /([$%])\1\{/g;

function isTemplate(text: string): boolean {
  return /[$%]\{/.test(text.replace(escape, ""));
}

/** A value as Terraform gives it; null for what it evaluates, as plans show that. */
function unescaped(value: unknown): unknown {
  if (typeof value === "string") return isTemplate(value) ? null : value.replace(escape, "$1{");
  if (Array.isArray(value)) return value.map(unescaped);
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unescaped(inner)]))
    : value;
}

/** Is there such a value, at any depth? */
function holds(value: unknown, test: (value: unknown) => boolean): boolean {
  if (typeof value !== "object" || value === null) return test(value);
  return Object.values(value).some((inner) => holds(inner, test));
}
