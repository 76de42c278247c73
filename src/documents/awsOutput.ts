import type { Path } from "../diagnostics";
import type { ExistingRole, RoleFact } from "../model/existing";
import { blankRole, documentOf, present, seconds, type Found } from "./document";
import { isObject, list, own, text, texts } from "./json";

/** Something in a file, and where. */
type Placed = readonly [path: Path, value: unknown];

/**
 * Reads what the AWS CLI prints: get-role, list-roles, get-role-policy, get-policy-version, list-attached-role-policies,
 * get-account-authorization-details, get-open-id-connect-provider. False where it is none of them.
 * @see https://docs.aws.amazon.com/cli/latest/reference/iam/
 */
export function readAwsOutput(root: unknown, found: Found): boolean {
  const { file } = found;
  if (own(root, "IsTruncated") === true)
    found.missing.push({
      origin: { file, path: ["IsTruncated"] },
      message: "the answer goes on after this, and the rest is not in the file",
      remedy: "run the command without --max-items and --no-paginate",
    });
  const managed = managedDocuments(root);
  const roles = rolesIn(root);
  for (const role of roles) found.roles.push(roleOf(role, managed, found));
  const policies = [["PolicyDocument"], ["PolicyVersion", "Document"]]
    .map((path): Placed => [path, path.reduce<unknown>((value, key) => own(value, key), root)])
    .filter(([, policy]) => policy !== undefined);
  for (const [path, policy] of policies) {
    const name = text(own(root, "RoleName"));
    const permissions = present(documentOf("permission", policy, path, name, found));
    found.roles.push({ ...blankRole({ file, path }, name), permissions });
  }
  const attached = own(root, "AttachedPolicies");
  if (Array.isArray(attached)) {
    const path = ["AttachedPolicies"];
    const managedPolicies = attachments([path, attached], file);
    found.roles.push({ ...blankRole({ file, path }), shown: new Set(["policies"]), managedPolicies });
  }
  const url = text(own(root, "Url"));
  if (url !== null) {
    const thumbprints = own(root, "ThumbprintList");
    found.identityProviders.push({
      ...{ origin: { file, path: [] }, arn: null, url, audiences: texts(own(root, "ClientIDList")) },
      thumbprints: Array.isArray(thumbprints) ? texts(thumbprints) : null,
    });
  }
  const isList = [own(root, "Roles"), own(root, "RoleDetailList"), attached].some(Array.isArray);
  return isList || roles.length > 0 || policies.length > 0 || url !== null;
}

/** The roles of an answer; some people pass a role by itself, or a list, as `jq .Role` gives them. */
function rolesIn(root: unknown): readonly Placed[] {
  const isRole = (value: unknown) => own(value, "AssumeRolePolicyDocument") !== undefined;
  const role = own(root, "Role");
  const items = (key: string): readonly Placed[] => list(own(root, key)).map((item, i) => [[key, i], item]);
  return [
    ...(isRole(root) ? [[[], root] satisfies Placed] : []),
    ...(list(root).every(isRole) ? list(root).map((item, i): Placed => [[i], item]) : []),
    ...(isObject(role) ? [[["Role"], role] satisfies Placed] : []),
    ...items("Roles"),
    ...items("RoleDetailList"),
  ];
}

/** What a command says of every role, so that a role has none of it where it is not said. */
function shownBy([key]: Path, role: unknown): readonly RoleFact[] {
  // Lists leave out boundaries and tags; the longest session they always say.
  if (key === "Roles") return ["path", "description"];
  // A Role without its longest session is the answer to another command than get-role.
  const isWhole = key === "Role" && own(role, "MaxSessionDuration") !== undefined;
  if (isWhole) return ["path", "description", "permissionsBoundary", "tags"];
  const isDetailed =
    own(role, "RolePolicyList") !== undefined || own(role, "AttachedManagedPolicies") !== undefined;
  // The details of an account leave out descriptions and longest sessions.
  return key === "RoleDetailList" || isDetailed ? ["path", "permissionsBoundary", "tags", "policies"] : [];
}

function roleOf([path, role]: Placed, managed: ReadonlyMap<string, Placed>, found: Found): ExistingRole {
  const { file } = found;
  const name = text(own(role, "RoleName"));
  const permission = (policy: unknown, at: Path) =>
    present(documentOf("permission", policy, at, name, found));
  const facts = {
    path: text(own(role, "Path")),
    description: text(own(role, "Description")),
    maxSessionDuration: seconds(own(role, "MaxSessionDuration")),
    permissionsBoundary: text(own(own(role, "PermissionsBoundary"), "PermissionsBoundaryArn")),
    tags: Array.isArray(own(role, "Tags")) ? list(own(role, "Tags")) : null,
  };
  const said = (Object.keys(facts) as (keyof typeof facts)[]).filter((fact) => facts[fact] !== null);
  const trust = own(role, "AssumeRolePolicyDocument");
  const trustPath = [...path, "AssumeRolePolicyDocument"];
  const attached = attachments(
    [[...path, "AttachedManagedPolicies"], own(role, "AttachedManagedPolicies")],
    file,
  );
  return {
    ...{ ...facts, name, origin: { file, path }, arn: text(own(role, "Arn")) },
    shown: new Set([...shownBy(path, role), ...said]),
    tags: Object.fromEntries(
      (facts.tags ?? []).map((tag) => [text(own(tag, "Key")) ?? "", text(own(tag, "Value")) ?? ""]),
    ),
    trust: trust === undefined ? null : documentOf("trust", trust, trustPath, name, found),
    permissions: [
      ...list(own(role, "RolePolicyList")).flatMap((policy, i) =>
        permission(own(policy, "PolicyDocument"), [...path, "RolePolicyList", i, "PolicyDocument"]),
      ),
      ...attached.flatMap(({ arn }) => {
        const [at, policy] = managed.get(arn) ?? [];
        const ofAws = /^arn:[^:]*:iam::aws:/.test(arn);
        return at === undefined ? [] : permission(policy, at).map((document) => ({ ...document, ofAws }));
      }),
    ],
    managedPolicies: attached.filter(({ arn }) => !managed.has(arn)),
  };
}

/** The default version of each customer-managed policy, by ARN. */
function managedDocuments(root: unknown): ReadonlyMap<string, Placed> {
  const entries = list(own(root, "Policies")).flatMap((policy, i) =>
    list(own(policy, "PolicyVersionList")).flatMap((version, j): readonly [string, Placed][] => {
      const [arn, document] = [text(own(policy, "Arn")), own(version, "Document")];
      if (arn === null || document === undefined || own(version, "IsDefaultVersion") !== true) return [];
      return [[arn, [["Policies", i, "PolicyVersionList", j, "Document"], document]]];
    }),
  );
  return new Map(entries);
}

function attachments([path, attached]: Placed, file: string): ExistingRole["managedPolicies"] {
  return list(attached).flatMap((policy, i) => {
    const arn = text(own(policy, "PolicyArn"));
    return arn === null ? [] : [{ arn, origin: { file, path: [...path, i, "PolicyArn"] } }];
  });
}
