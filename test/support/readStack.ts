import type { Account } from "../../src/model/accessModel";

type Values = Readonly<Record<string, unknown>>;

/** A resource of Terraform, with every value known. */
export interface Resource {
  readonly type: string;
  readonly values: Values;
}

/** What a stack's JSON says once Terraform has evaluated it. */
export interface EvaluatedStack {
  readonly resources: readonly Resource[];
  /** Arguments of the AWS provider. */
  readonly provider: Values;
  /** Names of the roles that the output `role_arns` lists. */
  readonly outputs: readonly string[];
  /** Templates that are neither text nor a reference to one of the stack's own resources: there must be none. */
  readonly live: readonly string[];
}

interface StackJson {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  readonly provider: { readonly aws: readonly Values[] };
  readonly output: { readonly role_arns: { readonly value: Values } };
}

/** The inverse of what writes stacks: evaluates every template of one, in keys and values. */
export function evaluateStack(json: unknown): EvaluatedStack {
  const stack = json as StackJson;
  const live: string[] = [];
  const names = new Map(
    Object.entries(stack.resource["aws_iam_role"] ?? {}).map(([id, { name }]) => [
      id,
      unescaped(String(name)),
    ]),
  );
  const isOwn = (template: string): boolean => {
    const [, type = "", id = ""] =
      /^\$\{(aws_iam_[a-z_]+)\.([A-Za-z_][\w-]*)\.(?:name|arn|policy_arn)\}$/.exec(template) ?? [];
    return Object.hasOwn(stack.resource[type] ?? {}, id);
  };
  const text = (template: string): string => {
    const [, id] = /^\$\{aws_iam_role\.([A-Za-z_][\w-]*)\.name\}$/.exec(template) ?? [];
    const name = id === undefined ? undefined : names.get(id);
    if (name !== undefined) return name;
    if (isOwn(template)) return template;
    if (/[$%]\{/.test(template.replace(/([$%])\1\{/g, "\0"))) live.push(template);
    return unescaped(template);
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === "string") return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [text(key), walk(inner)]));
  };
  const resources = Object.entries(stack.resource).flatMap(([type, byId]) =>
    Object.values(byId).map((body) => ({ type, values: walk(body) as Values })),
  );
  const outputs = Object.keys(walk(stack.output.role_arns.value) as Values);
  return { resources, provider: walk(stack.provider.aws[0]) as Values, outputs, live };
}

/** An account's resources in the words of the model, so that the two can be compared. */
export function readResources(resources: readonly Resource[]) {
  const of = (type: string) => resources.filter((r) => r.type === type).map((r) => r.values);
  const policies = of("aws_iam_role_policy");
  const attachments = of("aws_iam_role_policy_attachment");
  const own = of("aws_iam_policy");
  return {
    identityProviders: of("aws_iam_openid_connect_provider")
      .map((v) => ({ issuer: v["url"], audiences: v["client_id_list"], tags: v["tags"] ?? {} }))
      .sort((a, b) => (String(a.issuer) < String(b.issuer) ? -1 : 1)),
    roles: of("aws_iam_role")
      .map((v) => ({
        name: v["name"],
        path: v["path"],
        description: v["description"] ?? "",
        maxSessionDuration: v["max_session_duration"],
        permissionsBoundary: v["permissions_boundary"] ?? null,
        tags: v["tags"] ?? {},
        trustPolicy: parsed(v["assume_role_policy"]),
        inlinePolicy: parsed(policies.find((policy) => policy["role"] === v["name"])?.["policy"]),
        ownPolicies: own
          .filter((policy) => String(policy["name"]).replace(/-[0-9]+$/, "") === v["name"])
          .map((policy) => ({ name: policy["name"], document: parsed(policy["policy"]) })),
        managedPolicies: attachments
          .filter((a) => a["role"] === v["name"] && !String(a["policy_arn"]).startsWith("${aws_iam_policy."))
          .map((a) => a["policy_arn"]),
      }))
      .sort((a, b) => (String(a.name) < String(b.name) ? -1 : 1)),
  };
}

/** What {@link readResources} must find for an account. */
export function expectedResources(account: Account) {
  return {
    identityProviders: account.identityProviders.map(({ issuer, audiences, tags }) => ({
      issuer,
      audiences,
      tags,
    })),
    roles: account.roles.map((role) => ({
      name: role.name,
      path: role.path,
      description: role.description,
      maxSessionDuration: role.maxSessionDuration,
      permissionsBoundary: role.permissionsBoundary,
      tags: role.tags,
      trustPolicy: role.made.trustPolicy,
      inlinePolicy: role.made.policies.inline,
      ownPolicies: role.made.policies.managed.map(({ name, document }) => ({ name, document })),
      managedPolicies: role.managedPolicies,
    })),
  };
}

function unescaped(template: string): string {
  return template.replace(/([$%])\1\{/g, "$1{");
}

function parsed(json: unknown): unknown {
  return typeof json === "string" ? JSON.parse(json) : null;
}
