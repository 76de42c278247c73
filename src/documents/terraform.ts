import { pathText, type Path } from "../diagnostics";
import { roleFacts, type ExistingDocument, type ExistingRole, type RoleFact } from "../model/existing";
import { blankRole, documentOf, present, seconds, type Found } from "./document";
import { isObject, list, own, text, texts } from "./json";
import { terraformResources, type TerraformResource } from "./terraformResource";

/**
 * A role, while what belongs to it is gathered. After a refresh, the provider's copy of a policy stands in the role too:
 * policies are told apart as IAM does, and the resource of its own has the last word.
 */
interface RoleInHand {
  readonly role: ExistingRole;
  /** Inline policies by name, in lower case; customer-managed ones by their address. */
  readonly permissions: Map<string, ExistingDocument>;
  /** By ARN. */
  readonly managedPolicies: Map<string, ExistingRole["managedPolicies"][number]>;
}

/**
 * Reads IAM roles, policies and identity providers of a plan or state. What Terraform knows after apply only is listed as
 * missing. False where it is neither.
 */
export function readTerraform(root: unknown, found: Found): boolean {
  const resources = terraformResources(root);
  if (resources === null) return false;
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const roles = new Map(ofType("aws_iam_role").map((resource) => [resource, roleOf(resource, found)]));
  const roleIndex = indexed([...roles.keys()], "name");
  const policyIndex = indexed(ofType("aws_iam_policy"), "arn");
  const holdersOf = (known: readonly TerraformResource[]) => known.flatMap((r) => roles.get(r) ?? []);

  for (const resource of ofType("aws_iam_role_policy")) {
    const { known } = targetsOf(resource, "role", roleIndex, found);
    if (known.length === 0)
      found.roles.push(...aloneRole(resource, text(resource.read("role").value), found));
    for (const { role, permissions } of holdersOf(known))
      for (const document of present(readDocument(resource, "permission", "policy", role.name, found)))
        permissions.set(inlineKey(resource.read("name").value) ?? resource.address, document);
  }
  const attached = new Set<TerraformResource>();
  for (const [type, roleAttribute, policyAttribute] of attachments)
    for (const resource of ofType(type)) {
      const to =
        roleAttribute === null
          ? { known: [resource], elsewhere: [] }
          : targetsOf(resource, roleAttribute, roleIndex, found);
      const { known, elsewhere } = targetsOf(resource, policyAttribute, policyIndex, found);
      const origin = { file: found.file, path: [...resource.path, policyAttribute] };
      for (const { role, permissions, managedPolicies } of holdersOf(to.known)) {
        for (const policy of known)
          for (const document of present(readDocument(policy, "permission", "policy", role.name, found))) {
            permissions.set(policy.address, document);
            attached.add(policy);
          }
        for (const arn of elsewhere) managedPolicies.set(arn, { arn, origin });
      }
      if (to.known.length > 0) continue;
      const name = to.elsewhere[0] ?? null;
      for (const arn of elsewhere)
        found.roles.push({ ...blankRole(origin, name), managedPolicies: [{ arn, origin }] });
    }
  for (const { role, permissions, managedPolicies } of roles.values())
    found.roles.push({
      ...role,
      permissions: [...permissions.values()],
      managedPolicies: [...managedPolicies.values()],
    });
  for (const resource of policyIndex.resources)
    if (!attached.has(resource)) found.unattached.push(...aloneRole(resource, null, found));
  for (const resource of ofType("aws_iam_openid_connect_provider")) addProvider(resource, found);
  return true;
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

function roleOf(resource: TerraformResource, found: Found): RoleInHand {
  const value = (attribute: string) => resource.read(attribute).value;
  const name = text(value("name"));
  // With what the provider adds to every resource, where that is shown.
  const tags = value("tags_all") ?? value("tags");
  // What Terraform says of a role that it makes is all that the role has, but for what it does not know yet; its policies are
  // resources of their own.
  const shown = (Object.keys(roleFacts) as RoleFact[]).filter((fact) => {
    const attribute = fact.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    return resource.read(attribute).isWhole && (fact !== "tags" || resource.read("tags_all").isWhole);
  });
  const role: ExistingRole = {
    ...blankRole({ file: found.file, path: resource.path }, name),
    ...{ shown: new Set(shown), arn: text(value("arn")) },
    ...{ path: text(value("path")), description: text(value("description")) },
    maxSessionDuration: seconds(value("max_session_duration")),
    permissionsBoundary: text(value("permissions_boundary")),
    tags: Object.fromEntries(
      Object.entries(isObject(tags) ? tags : {}).filter(
        (tag): tag is [string, string] => typeof tag[1] === "string",
      ),
    ),
    trust: readDocument(resource, "trust", "assume_role_policy", name, found),
  };
  return { role, permissions: inlinePolicies(resource, name, found), managedPolicies: new Map() };
}

function inlinePolicies(
  resource: TerraformResource,
  role: string | null,
  found: Found,
): RoleInHand["permissions"] {
  const { value, isWhole } = resource.read("inline_policy");
  if (value === undefined && !isWhole) note(resource, "inline_policy", found);
  const policies = new Map<string, ExistingDocument>();
  for (const [i, block] of list(value).entries()) {
    const path: Path = [...resource.path, "inline_policy", i, "policy"];
    // An empty block takes every inline policy away.
    if (!isObject(block) || Object.values(block).every((v) => v === null || v === "")) continue;
    const policy = text(own(block, "policy"));
    if (policy === null) note(resource, "inline_policy", found);
    else
      for (const document of present(documentOf("permission", policy, path, role, found)))
        policies.set(inlineKey(own(block, "name")) ?? pathText(path), document);
  }
  return policies;
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
  const { value } = resource.read(attribute);
  if (value !== undefined) return documentOf(kind, value, [...resource.path, attribute], role, found);
  note(resource, attribute, found);
  return null;
}

function note({ address, path }: TerraformResource, attribute: string, found: Found): void {
  found.missing.push({
    origin: { file: found.file, path },
    message: `${attribute} of ${address} is not in the file: Terraform knows it after apply`,
  });
}

/** A policy whose role the file does not show is judged as all that a role may do. */
function aloneRole(resource: TerraformResource, name: string | null, found: Found): readonly ExistingRole[] {
  return present(readDocument(resource, "permission", "policy", name, found)).map((document) => ({
    ...blankRole(document.origin, name),
    permissions: [document],
  }));
}

/** Resources that others name by one of their attributes: a file may hold tens of thousands. */
interface Index {
  readonly resources: readonly TerraformResource[];
  readonly byText: ReadonlyMap<string, readonly TerraformResource[]>;
}

function indexed(resources: readonly TerraformResource[], attribute: string): Index {
  const byText = new Map<string, TerraformResource[]>();
  for (const resource of resources) {
    const key = text(resource.read(attribute).value);
    if (key !== null) byText.set(key, [...(byText.get(key) ?? []), resource]);
  }
  return { resources, byText };
}

/** What an attribute names: one resource or several of the file, by text or by reference, and texts of others. */
function targetsOf(
  resource: TerraformResource,
  attribute: string,
  { resources, byText }: Index,
  found: Found,
): { readonly known: readonly TerraformResource[]; readonly elsewhere: readonly string[] } {
  const { value, isWhole, refersTo } = resource.read(attribute);
  const names = Array.isArray(value) ? texts(value) : present(text(value));
  const alike = resources.filter(
    ({ module, type, name }) =>
      module === resource.module && type === refersTo?.type && name === refersTo.name,
  );
  // Where there are several, it is the one of the same index.
  const referred = alike.length === 1 ? alike : alike.filter(({ index }) => index === resource.index);
  const known = [...names.flatMap((name) => byText.get(name) ?? []), ...referred];
  if (known.length === 0 && !isWhole) note(resource, attribute, found);
  return { known, elsewhere: names.filter((name) => !byText.has(name)) };
}

function addProvider(resource: TerraformResource, found: Found): void {
  const url = text(resource.read("url").value);
  if (url === null) {
    note(resource, "url", found);
    return;
  }
  const thumbprints = resource.read("thumbprint_list").value;
  found.identityProviders.push({
    origin: { file: found.file, path: resource.path },
    arn: text(resource.read("arn").value),
    url,
    audiences: texts(resource.read("client_id_list").value),
    thumbprints: Array.isArray(thumbprints) ? texts(thumbprints) : null,
  });
}
