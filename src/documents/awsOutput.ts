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

/** A reader of one shape: takes what it knows out of the root, and says whether there was anything. */
type Reader = (root: unknown, found: Found) => boolean;

/**
 * Reads what the AWS CLI prints: get-role, list-roles, get-role-policy, get-policy-version, list-attached-role-policies,
 * get-account-authorization-details, get-open-id-connect-provider. False where it is none of them.
 * @see https://docs.aws.amazon.com/cli/latest/reference/iam/
 */
export function readAwsOutput(root: unknown, found: Found): boolean {
  if (own(root, "IsTruncated") === true)
    found.missing.push({
      origin: { file: found.file, path: ["IsTruncated"] },
      message: "the answer goes on behind this, and the rest is not in the file",
      remedy: "run the command without --max-items and --no-paginate",
    });
  return readers.map((reader) => reader(root, found)).some((known) => known);
}

/** A role by itself, as `jq .Role` or an item of a list gives it. */
function addRole(role: unknown, path: Path, found: Found): void {
  const detailed =
    own(role, "RolePolicyList") !== undefined || own(role, "AttachedManagedPolicies") !== undefined;
  found.roles.push(detailed ? detailOf(role, path, new Map(), found) : roleOf(role, path, found));
}

function isRole(value: unknown): boolean {
  return own(value, "AssumeRolePolicyDocument") !== undefined;
}

const readers: readonly Reader[] = Object.freeze<Reader[]>([
  (root, found) => {
    if (isRole(root)) addRole(root, [], found);
    return isRole(root);
  },
  (root, found) => {
    const roles = list(root);
    if (roles.length === 0 || !roles.every(isRole)) return false;
    roles.forEach((role, i) => {
      addRole(role, [i], found);
    });
    return true;
  },
  (root, found) => {
    const role = own(root, "Role");
    if (isObject(role)) found.roles.push(roleOf(role, ["Role"], found, getRoleShows(role)));
    return isObject(role);
  },
  (root, found) => {
    const roles = own(root, "Roles");
    list(roles).forEach((role, i) => found.roles.push(roleOf(role, ["Roles", i], found, listRolesShows)));
    return Array.isArray(roles);
  },
  (root, found) => {
    const details = own(root, "RoleDetailList");
    const managed = managedDocuments(root);
    list(details).forEach((role, i) => {
      found.roles.push(detailOf(role, ["RoleDetailList", i], managed, found));
    });
    return Array.isArray(details);
  },
  (root, found) => {
    const policy = own(root, "PolicyDocument");
    if (policy === undefined) return false;
    const role = text(own(root, "RoleName"));
    found.roles.push(withPermission(role, policy, ["PolicyDocument"], found));
    return true;
  },
  (root, found) => {
    const policy = own(own(root, "PolicyVersion"), "Document");
    if (policy === undefined) return false;
    found.roles.push(withPermission(null, policy, ["PolicyVersion", "Document"], found));
    return true;
  },
  (root, found) => {
    const attached = own(root, "AttachedPolicies");
    if (!Array.isArray(attached)) return false;
    const path = ["AttachedPolicies"];
    const origin = { file: found.file, path };
    found.roles.push({
      ...blankRole(origin),
      shown: new Set(["policies"]),
      managedPolicies: attachments(attached, path, found),
    });
    return true;
  },
  (root, found) => {
    const url = text(own(root, "Url"));
    if (url === null) return false;
    const thumbprints = own(root, "ThumbprintList");
    found.identityProviders.push({
      origin: { file: found.file, path: [] },
      arn: null,
      url,
      audiences: texts(own(root, "ClientIDList")),
      thumbprints: Array.isArray(thumbprints) ? texts(thumbprints) : null,
    });
    return true;
  },
]);

function withPermission(role: string | null, policy: unknown, path: Path, found: Found): ExistingRole {
  const origin = { file: found.file, path };
  return {
    ...blankRole(origin, role),
    permissions: present(documentOf("permission", policy, path, role, found)),
  };
}

/** What a list of roles says of each: it leaves out boundaries and tags. The longest session it always says. */
const listRolesShows: readonly RoleFact[] = Object.freeze<RoleFact[]>(["path", "description"]);

/** The details of an account leave out descriptions and longest sessions. */
const detailsShow: readonly RoleFact[] = Object.freeze<RoleFact[]>([
  ...(["path", "permissionsBoundary", "tags", "policies"] as const),
]);

/** `get-role` says all but the policies; a Role without its longest session is the answer to another command. */
function getRoleShows(role: unknown): readonly RoleFact[] {
  const whole = own(role, "MaxSessionDuration") !== undefined;
  return whole ? ["path", "description", "permissionsBoundary", "tags"] : [];
}

/** @param shows - what its command says of every role, so that it is not there where it is not said */
function roleOf(role: unknown, path: Path, found: Found, shows: readonly RoleFact[] = []): ExistingRole {
  const name = text(own(role, "RoleName"));
  const trust = own(role, "AssumeRolePolicyDocument");
  const facts = {
    path: text(own(role, "Path")),
    description: text(own(role, "Description")),
    maxSessionDuration: seconds(own(role, "MaxSessionDuration")),
    permissionsBoundary: text(own(own(role, "PermissionsBoundary"), "PermissionsBoundaryArn")),
  };
  const given = (["path", "description", "maxSessionDuration", "permissionsBoundary"] as const).filter(
    (fact) => facts[fact] !== null,
  );
  return {
    name,
    origin: { file: found.file, path },
    shown: new Set([...shows, ...given, ...(Array.isArray(own(role, "Tags")) ? (["tags"] as const) : [])]),
    arn: text(own(role, "Arn")),
    ...facts,
    tags: Object.fromEntries(
      list(own(role, "Tags")).map((tag) => [text(own(tag, "Key")) ?? "", text(own(tag, "Value")) ?? ""]),
    ),
    trust:
      trust === undefined
        ? null
        : documentOf("trust", trust, [...path, "AssumeRolePolicyDocument"], name, found),
    permissions: [],
    managedPolicies: [],
  };
}

interface ManagedDocument {
  readonly path: Path;
  readonly document: unknown;
}

/** The default version of each customer-managed policy, by ARN. */
function managedDocuments(root: unknown): ReadonlyMap<string, ManagedDocument> {
  const entries = list(own(root, "Policies")).flatMap((policy, i) =>
    list(own(policy, "PolicyVersionList")).flatMap((version, j): readonly [string, ManagedDocument][] => {
      const [arn, document] = [text(own(policy, "Arn")), own(version, "Document")];
      if (arn === null || document === undefined || own(version, "IsDefaultVersion") !== true) return [];
      return [[arn, { path: ["Policies", i, "PolicyVersionList", j, "Document"], document }]];
    }),
  );
  return new Map(entries);
}

function detailOf(
  detail: unknown,
  path: Path,
  managed: ReadonlyMap<string, ManagedDocument>,
  found: Found,
): ExistingRole {
  const role = roleOf(detail, path, found, detailsShow);
  const inline = list(own(detail, "RolePolicyList")).flatMap((policy, i) =>
    present(
      documentOf(
        "permission",
        own(policy, "PolicyDocument"),
        [...path, "RolePolicyList", i, "PolicyDocument"],
        role.name,
        found,
      ),
    ),
  );
  const attached = attachments(
    list(own(detail, "AttachedManagedPolicies")),
    [...path, "AttachedManagedPolicies"],
    found,
  );
  const shown = attached.flatMap(({ arn }): readonly ExistingDocument[] => {
    const policy = managed.get(arn);
    return policy === undefined
      ? []
      : present(documentOf("permission", policy.document, policy.path, role.name, found));
  });
  return {
    ...role,
    permissions: [...inline, ...shown],
    managedPolicies: attached.filter(({ arn }) => !managed.has(arn)),
  };
}

function attachments(
  attached: readonly unknown[],
  path: Path,
  found: Found,
): ExistingRole["managedPolicies"] {
  return attached.flatMap((policy, i) => {
    const arn = text(own(policy, "PolicyArn"));
    return arn === null ? [] : [{ arn, origin: { file: found.file, path: [...path, i, "PolicyArn"] } }];
  });
}
