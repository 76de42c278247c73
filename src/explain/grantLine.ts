import type { Account } from "../model/accessModel";
import {
  accessLevels,
  canonicalDocument,
  evaluatePermission,
  grantKinds,
  grantNameProblem,
  grantStatements,
  grantTable,
  readGrantArn,
  type AccessLevel,
  type GrantKind,
  type PermissionRequest,
} from "../policy";
import { yamlScalar } from "./lines";

/** What belongs to a resource that a grant names, and how to get there from its ARN. */
const owners: Readonly<Partial<Record<GrantKind, readonly [RegExp, owner: string]>>> = Object.freeze({
  // What is done to a bucket as a whole, a grant of all its objects holds.
  s3: [/^(arn:[^:]+:s3:::[^/]+)$/, "$1/*"],
  dynamodb: [/^(.+:table\/[^/]+)\/index\/.*$/, "$1"],
  logs: [/^(.+:log-group:[^:]+):.*$/, "$1"],
  codeartifact: [/^(.+):package\/([^/]+\/[^/]+)\/.*$/, "$1:repository/$2"],
});

/** The line of a manifest that grants a request of a role in this account; null where no grant allows it. */
export function grantLine(request: PermissionRequest, account: Account): string | null {
  const { action, resource } = request;
  for (const kind of grantKinds) {
    const [pattern, owner] = owners[kind] ?? [];
    const arn = pattern === undefined || owner === undefined ? resource : resource.replace(pattern, owner);
    for (const access of accessLevels(kind)) {
      if (!names(kind, access, action) || !allows(kind, access, arn, request, account)) continue;
      const written = kind === "s3" && arn !== resource ? arn.slice(arn.indexOf(":::") + 3) : arn;
      const [least] = accessLevels(kind);
      return `- { ${kind}: ${yamlScalar(written)}${access === least ? "" : `, access: ${access}`} }`;
    }
  }
  return null;
}

function names(kind: GrantKind, access: AccessLevel, action: string): boolean {
  const parts = grantTable[kind].access[access] ?? [];
  return parts.some((part) => part.actions.some((a) => a.toLowerCase() === action.toLowerCase()));
}

function allows(
  kind: GrantKind,
  access: AccessLevel,
  text: string,
  request: PermissionRequest,
  account: Account,
): boolean {
  const near = { partition: account.partition, region: account.region, account: account.id };
  const read = readGrantArn(kind, text, near);
  if (!read.ok || read.target.partition !== account.partition) return false;
  if (grantNameProblem(kind, read.target.name) !== null) return false;
  const grant = { kind, access, target: read.target, arn: read.arn, kmsKey: null };
  return evaluatePermission(canonicalDocument(grantStatements(grant)), request).allowed;
}
