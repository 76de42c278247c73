import type { Path } from "../diagnostics";
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

/** A role, while what belongs to it is gathered. */
interface RoleInHand {
  readonly resource: TerraformResource;
  readonly role: ExistingRole;
  readonly permissions: ExistingDocument[];
  readonly managedPolicies: ExistingRole["managedPolicies"][number][];
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
  const attached = new Set<TerraformResource>();
  for (const resource of ofType("aws_iam_role_policy_attachment"))
    attach(resource, holdersOf(resource, "role", gathered), gathered, attached);
  for (const resource of ofType("aws_iam_policy_attachment")) {
    const names = texts(valueOf(resource, "roles"));
    if (names.length === 0 && resource.read("roles").kind !== "value") continue;
    const holders = names.flatMap((name) => rolesNamed(name, gathered));
    attach(resource, holders, gathered, attached);
  }
  for (const { role, permissions, managedPolicies } of roles)
    found.roles.push({
      ...role,
      permissions: [...role.permissions, ...permissions],
      managedPolicies: [...role.managedPolicies, ...managedPolicies],
    });
  for (const resource of policies) if (!attached.has(resource)) addAlone(resource, "policy", null, found);
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
    permissions: inlinePolicies(resource, name, found),
    managedPolicies: texts(value("managed_policy_arns")).map((arn, i) => ({
      arn,
      origin: { file: found.file, path: [...path, "managed_policy_arns", i] },
    })),
  };
  if (!isWhole(resource.read("managed_policy_arns"))) note(resource, "managed_policy_arns", found);
  return { resource, role, permissions: [], managedPolicies: [] };
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
): readonly ExistingDocument[] {
  const { kind } = resource.read("inline_policy");
  if (kind === "unknown" || kind === "reference") note(resource, "inline_policy", found);
  return list(valueOf(resource, "inline_policy")).flatMap((block, i) => {
    const policy = own(block, "policy");
    const path: Path = [...resource.path, "inline_policy", i, "policy"];
    // An empty block takes every inline policy away.
    if (!isObject(block) || Object.values(block).every((v) => v === null || v === "")) return [];
    if (typeof policy === "string") return present(documentOf("permission", policy, path, role, found));
    note(resource, "inline_policy", found);
    return [];
  });
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
  if (holders.length === 0) addAlone(resource, "policy", text(valueOf(resource, "role")), gathered.found);
  for (const { role, permissions } of holders) {
    const document = readDocument(resource, "permission", "policy", role.name, gathered.found);
    if (document !== null) permissions.push(document);
  }
}

/** A policy whose role the file does not show is judged as all that a role may do. */
function addAlone(resource: TerraformResource, attribute: string, name: string | null, found: Found): void {
  const document = readDocument(resource, "permission", attribute, name, found);
  if (document !== null) found.roles.push({ ...blankRole(document.origin, name), permissions: [document] });
}

function attach(
  resource: TerraformResource,
  holders: readonly RoleInHand[],
  gathered: Gathered,
  attached: Set<TerraformResource>,
): void {
  const { found } = gathered;
  const origin = { file: found.file, path: [...resource.path, "policy_arn"] };
  const arn = text(valueOf(resource, "policy_arn"));
  const policy = policyOf(resource, arn, gathered);
  if (policy === undefined && arn === null) note(resource, "policy_arn", found);
  else if (holders.length === 0) {
    const name = text(valueOf(resource, "role"));
    if (policy === undefined && arn !== null)
      found.roles.push({ ...blankRole(origin, name), managedPolicies: [{ arn, origin }] });
  }
  if (policy !== undefined && holders.length > 0) attached.add(policy);
  for (const { role, permissions, managedPolicies } of holders) {
    if (policy === undefined) {
      if (arn !== null) managedPolicies.push({ arn, origin });
      continue;
    }
    const document = readDocument(policy, "permission", "policy", role.name, found);
    if (document !== null) permissions.push(document);
  }
}

function policyOf(
  resource: TerraformResource,
  arn: string | null,
  { policies, policiesByArn }: Gathered,
): TerraformResource | undefined {
  if (arn !== null) return policiesByArn.get(arn)?.[0];
  return referredTo(resource, "policy_arn", policies)[0];
}

/** The roles of the file that an attribute names. */
function holdersOf(
  resource: TerraformResource,
  attribute: string,
  gathered: Gathered,
): readonly RoleInHand[] {
  const name = text(valueOf(resource, attribute));
  if (name !== null) return rolesNamed(name, gathered);
  const targets = referredTo(
    resource,
    attribute,
    gathered.roles.map((role) => role.resource),
  );
  if (targets.length === 0) note(resource, attribute, gathered.found);
  return gathered.roles.filter((role) => targets.includes(role.resource));
}

function rolesNamed(name: string, { rolesByName }: Gathered): readonly RoleInHand[] {
  return rolesByName.get(name) ?? [];
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
