import { pathText, type Path } from "../diagnostics";
import type { ExistingDocument, ExistingRole, RoleFact } from "../model/existing";
import {
  blankRole,
  documentOf,
  isObject,
  list,
  own,
  present,
  seconds,
  text,
  texts,
  type Found,
} from "./document";
import {
  configurationResources,
  shownResources,
  stateResources,
  type Attribute,
  type TerraformResource,
} from "./terraformResource";

/**
 * A role, while what belongs to it is gathered. After a refresh, the provider's copy of a policy stands in the role too:
 * policies are told apart as IAM does, and the resource of its own has the last word.
 */
interface RoleInHand {
  readonly resource: TerraformResource;
  readonly role: ExistingRole;
  /** Inline policies by name, in lower case; customer-managed ones by their address. */
  readonly permissions: Map<string, ExistingDocument>;
  /** By ARN. */
  readonly managedPolicies: Map<string, ExistingRole["managedPolicies"][number]>;
}

/** Everything that the following functions look at. */
interface Gathered {
  readonly resources: readonly TerraformResource[];
  readonly roles: readonly RoleInHand[];
  readonly policies: readonly TerraformResource[];
  readonly rolesByName: ReadonlyMap<string | null, readonly RoleInHand[]>;
  readonly policiesByArn: ReadonlyMap<unknown, readonly TerraformResource[]>;
  readonly found: Found;
}

/**
 * Reads IAM roles, policies and identity providers of a plan or state (`terraform show -json`), or of a configuration in
 * JSON. What Terraform knows after apply only is listed as missing. False where it is none of them.
 */
export function readTerraform(root: unknown, found: Found): boolean {
  const resources = shownResources(root) ?? stateResources(root) ?? configurationResources(root);
  if (resources === null) return false;
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const roles = ofType("aws_iam_role").map((resource) => roleOf(resource, found));
  const policies = ofType("aws_iam_policy");
  const gathered: Gathered = {
    ...{ resources, roles, policies, found },
    rolesByName: grouped(roles, ({ role }) => role.name),
    policiesByArn: grouped(policies, (policy) => valueOf(policy, "arn")),
  };
  for (const resource of ofType("aws_iam_role_policy")) addInline(resource, gathered);
  const attached = new Set(
    attachments.flatMap(([type, role, policy]) =>
      ofType(type).flatMap((resource) => attach(resource, role, policy, gathered)),
    ),
  );
  for (const { role, permissions, managedPolicies } of roles)
    found.roles.push({
      ...role,
      permissions: [...permissions.values()],
      managedPolicies: [...managedPolicies.values()],
    });
  for (const resource of policies)
    if (!attached.has(resource)) found.unattached.push(...aloneRole(resource, null, found));
  for (const resource of ofType("aws_iam_openid_connect_provider")) addProvider(resource, found);
  return true;
}

function valueOf(resource: TerraformResource, attribute: string): unknown {
  const read = resource.read(attribute);
  return read.kind === "value" ? read.value : undefined;
}

function roleOf(resource: TerraformResource, found: Found): RoleInHand {
  const { path } = resource;
  const value = (attribute: string) => valueOf(resource, attribute);
  const name = text(value("name"));
  // With what the provider adds to every resource, where that is shown.
  const tags = value("tags_all") ?? value("tags");
  const role: ExistingRole = {
    ...{ name, origin: { file: found.file, path }, shown: shownOf(resource) },
    ...{ arn: text(value("arn")), path: text(value("path")), description: text(value("description")) },
    maxSessionDuration: seconds(value("max_session_duration")),
    permissionsBoundary: text(value("permissions_boundary")),
    tags: Object.fromEntries(
      Object.entries(isObject(tags) ? tags : {}).filter(
        (tag): tag is [string, string] => typeof tag[1] === "string",
      ),
    ),
    trust: readDocument(resource, "trust", "assume_role_policy", name, found),
    permissions: [],
    managedPolicies: [],
  };
  return { resource, role, permissions: inlinePolicies(resource, name, found), managedPolicies: new Map() };
}

const attributes: readonly (readonly [fact: RoleFact, attribute: string])[] = Object.freeze<
  [RoleFact, string][]
>([
  ["path", "path"],
  ["description", "description"],
  ["maxSessionDuration", "max_session_duration"],
  ["permissionsBoundary", "permissions_boundary"],
  ["tags", "tags"],
  ["tags", "tags_all"],
]);

/** What Terraform says of a role that it makes is all that the role has, but for what it does not know yet. */
function shownOf(resource: TerraformResource): ReadonlySet<RoleFact> {
  const shown = new Set<RoleFact>(["policies", ...attributes.map(([fact]) => fact)]);
  for (const [fact, attribute] of attributes) if (!isWhole(resource.read(attribute))) shown.delete(fact);
  const longest = valueOf(resource, "max_session_duration");
  if (longest !== undefined && seconds(longest) === null) shown.delete("maxSessionDuration");
  return shown;
}

function isWhole(read: Attribute): boolean {
  return read.kind === "none" || (read.kind === "value" && read.partial !== true);
}

function inlinePolicies(
  resource: TerraformResource,
  role: string | null,
  found: Found,
): RoleInHand["permissions"] {
  const { kind } = resource.read("inline_policy");
  if (kind === "unknown" || kind === "reference") note(resource, "inline_policy", found);
  const blocks = list(valueOf(resource, "inline_policy")).flatMap(
    (block, i): [string, ExistingDocument][] => {
      const policy = text(own(block, "policy"));
      const path: Path = [...resource.path, "inline_policy", i, "policy"];
      // An empty block takes every inline policy away.
      if (!isObject(block) || Object.values(block).every((v) => v === null || v === "")) return [];
      if (policy === null) note(resource, "inline_policy", found);
      const document = policy === null ? null : documentOf("permission", policy, path, role, found);
      return document === null ? [] : [[inlineKey(own(block, "name")) ?? pathText(path), document]];
    },
  );
  return new Map(blocks);
}

/** IAM tells no two names apart by case. */
function inlineKey(name: unknown): string | null {
  return text(name)?.toLowerCase() ?? null;
}

/** A document of a resource; null, and noted, where Terraform does not know it yet. */
function readDocument(
  resource: TerraformResource,
  kind: ExistingDocument["kind"],
  attribute: string,
  role: string | null,
  found: Found,
): ExistingDocument | null {
  const read = resource.read(attribute);
  if (read.kind === "value") return documentOf(kind, read.value, [...resource.path, attribute], role, found);
  note(resource, attribute, found);
  return null;
}

function note({ address, path }: TerraformResource, attribute: string, found: Found): void {
  found.missing.push({
    origin: { file: found.file, path },
    message: `${attribute} of ${address} is not in the file: Terraform knows it after apply, or evaluates it`,
  });
}

function addInline(resource: TerraformResource, gathered: Gathered): void {
  const holders = holdersOf(resource, "role", gathered);
  if (holders.length === 0)
    gathered.found.roles.push(...aloneRole(resource, text(valueOf(resource, "role")), gathered.found));
  for (const { role, permissions } of holders) {
    const document = readDocument(resource, "permission", "policy", role.name, gathered.found);
    if (document !== null)
      permissions.set(inlineKey(valueOf(resource, "name")) ?? resource.address, document);
  }
}

/** A policy whose role the file does not show is judged as all that a role may do. */
function aloneRole(resource: TerraformResource, name: string | null, found: Found): readonly ExistingRole[] {
  return present(readDocument(resource, "permission", "policy", name, found)).map((document) => ({
    ...blankRole(document.origin, name),
    permissions: [document],
  }));
}

/** What attaches policies to roles, with its attributes for both. `null`: it is the role itself. */
const attachments: readonly (readonly [type: string, role: string | null, policy: string])[] = Object.freeze<
  [string, string | null, string][]
>([
  ["aws_iam_role", null, "managed_policy_arns"],
  ["aws_iam_role_policy_attachment", "role", "policy_arn"],
  ["aws_iam_policy_attachment", "roles", "policy_arn"],
  ["aws_iam_role_policy_attachments_exclusive", "role_name", "policy_arns"],
]);

/** Attaches what a resource says to the roles of the file. Returns the policies of the file that are attached by it. */
function attach(
  resource: TerraformResource,
  roleAttribute: string | null,
  policyAttribute: string,
  gathered: Gathered,
): readonly TerraformResource[] {
  const { found, roles, policies, policiesByArn } = gathered;
  const holders =
    roleAttribute === null
      ? roles.filter((role) => role.resource === resource)
      : holdersOf(resource, roleAttribute, gathered);
  const value = valueOf(resource, policyAttribute);
  const arns = Array.isArray(value) ? texts(value) : present(text(value));
  const shown = [
    ...arns.flatMap((arn) => policiesByArn.get(arn)?.[0] ?? []),
    ...referredTo(resource, policyAttribute, policies),
  ];
  if (!isWhole(resource.read(policyAttribute)) && shown.length === 0) note(resource, policyAttribute, found);
  for (const { role, permissions } of holders)
    for (const policy of shown) {
      const document = readDocument(policy, "permission", "policy", role.name, found);
      if (document !== null) permissions.set(policy.address, document);
    }
  const origin = { file: found.file, path: [...resource.path, policyAttribute] };
  for (const arn of arns.filter((arn) => !policiesByArn.has(arn))) {
    for (const { managedPolicies } of holders) managedPolicies.set(arn, { arn, origin });
    if (holders.length > 0 || roleAttribute === null) continue;
    const name = text(valueOf(resource, roleAttribute));
    found.roles.push({ ...blankRole(origin, name), managedPolicies: [{ arn, origin }] });
  }
  return holders.length === 0 ? [] : shown;
}

/** The roles of the file that an attribute names: one, or a list. */
function holdersOf(
  resource: TerraformResource,
  attribute: string,
  { roles, rolesByName, found }: Gathered,
): readonly RoleInHand[] {
  const value = valueOf(resource, attribute);
  const names = Array.isArray(value) ? texts(value) : present(text(value));
  if (names.length > 0) return names.flatMap((name) => rolesByName.get(name) ?? []);
  const targets = referredTo(
    resource,
    attribute,
    roles.map((role) => role.resource),
  );
  if (targets.length === 0 && !isWhole(resource.read(attribute))) note(resource, attribute, found);
  return roles.filter((role) => targets.includes(role.resource));
}

/** Items by what they have in common: a file may hold tens of thousands. */
function grouped<K, T>(items: readonly T[], keyOf: (item: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(item);
  }
  return groups;
}

/** The resource that an attribute refers to: in the same module, of the same index where there are several. */
function referredTo(
  resource: TerraformResource,
  attribute: string,
  candidates: readonly TerraformResource[],
): readonly TerraformResource[] {
  const read = resource.read(attribute);
  if (read.kind !== "reference") return [];
  const alike = candidates.filter(
    ({ module, type, name }) => module === resource.module && type === read.type && name === read.name,
  );
  const sameIndex = alike.filter(({ index }) => index === resource.index);
  return alike.length === 1 ? alike : sameIndex;
}

function addProvider(resource: TerraformResource, found: Found): void {
  const url = text(valueOf(resource, "url"));
  if (url === null) {
    note(resource, "url", found);
    return;
  }
  const thumbprints = valueOf(resource, "thumbprint_list");
  found.identityProviders.push({
    origin: { file: found.file, path: resource.path },
    arn: text(valueOf(resource, "arn")),
    url,
    audiences: texts(valueOf(resource, "client_id_list")),
    thumbprints: Array.isArray(thumbprints) ? texts(thumbprints) : null,
  });
}
