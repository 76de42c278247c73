import type { Path, Position } from "../diagnostics";
import type { ExistingAccess, ExistingDocument } from "../model/existing";
import { readAwsOutput } from "./awsOutput";
import { blankRole, decoded, documentOf, present, type Found, type Remark } from "./document";
import { isObject, own, readJson } from "./json";
import { readTerraform } from "./terraform";

/** A file about access that exists already, read. */
export interface ExistingFile {
  readonly file: string;
  readonly access: ExistingAccess;
  /** Policies that no role of a plan or state has, such as a boundary: each as all that some role may do. */
  readonly unattached: ExistingAccess["roles"];
  /** What keeps the file, or a document in it, from being JSON that everybody reads alike. */
  readonly mistakes: readonly Remark[];
  /** What the file names and does not show: it cannot be judged. */
  readonly missing: readonly Remark[];
  readonly locate: (path: Path) => Position;
  /** A line without its end, counted from 1. */
  readonly line: (number: number) => string | undefined;
}

/**
 * Reads policies that somebody else wrote: a bare document, what the AWS CLI prints of roles and policies, or a
 * Terraform plan or state. Everything that the file shows is read, whatever `kind` says.
 * @param kind - what a bare document is; null: a trust policy where it names a Principal, as no other policy of a role does
 */
export function readExisting(
  written: string,
  file: string,
  kind: ExistingDocument["kind"] | null,
): ExistingFile {
  const { value, problems, locate, positions } = readJson(decoded(written));
  const found: Found = { file, roles: [], unattached: [], identityProviders: [], mistakes: [], missing: [] };
  const foreign = value === undefined ? foreignOf(written) : null;
  for (const { path, message, remedy } of foreign === null ? problems : [{ path: [], ...foreign }])
    found.mistakes.push({ origin: { file, path }, message, remedy });
  if (value !== undefined) readValue(value, kind, found);
  const { roles, unattached, identityProviders, mistakes, missing } = found;
  return {
    file,
    access: { roles, identityProviders },
    ...{ unattached, mistakes, missing, locate },
    line: (number) => positions.line(number),
  };
}

function readValue(value: unknown, asked: ExistingDocument["kind"] | null, found: Found): void {
  const origin = { file: found.file, path: [] };
  const addBare = () => {
    // A policy may also come as text in JSON: that is how jq without -r prints one.
    const read = documentOf("permission", value, [], null, found);
    const kind = asked ?? (namesPrincipal(read?.value) ? "trust" : "permission");
    const document = read === null ? null : { ...read, kind };
    const role = blankRole(origin);
    found.roles.push(
      kind === "trust" ? { ...role, trust: document } : { ...role, permissions: present(document) },
    );
  };
  if (isObject(value) ? own(value, "Statement") !== undefined : typeof value === "string") addBare();
  // Both are tried: a plan has no key of the AWS CLI's, nor the other way round.
  else if ([readTerraform(value, found), readAwsOutput(value, found)].includes(true)) return;
  // Something with a Version is a policy without statements.
  else if (own(value, "Version") !== undefined) addBare();
  else
    found.mistakes.push({
      origin,
      ...(foreignOf(JSON.stringify(value, null, 1)) ?? unknownShape),
    });
}

function namesPrincipal(policy: unknown): boolean {
  return [own(policy, "Statement")]
    .flat()
    .some((s) => own(s, "Principal") !== undefined || own(s, "NotPrincipal") !== undefined);
}

/** What a file is that is not read here, and the way round. */
type Foreign = Pick<Remark, "message" | "remedy">;

const unknownShape: Foreign = Object.freeze({
  message: "this is not a policy document, and not a role, plan or state that this tool reads",
  remedy:
    "pass a policy document, what aws iam get-role or get-account-authorization-details prints, or terraform show -json",
});

/** By how their lines begin, in JSON, in YAML and in Terraform's own language. The AWS CDK leaves the version out. */
const foreigners: readonly (Foreign & { readonly sign: RegExp })[] = Object.freeze([
  {
    sign: /^\s*"?(?:AWSTemplateFormatVersion"?:|TemplateBody":|Type"?:\s*["']?AWS::\w+::)/m,
    message: "this is a CloudFormation template, whose functions only CloudFormation evaluates",
    remedy: "deploy it, then pass what aws iam get-role --role-name NAME prints, with the role's policies",
  },
  {
    sign: /^(?: "resource": \{|\s*(?:resource|data)\s+"aws_\w+")/m,
    message: "this is a Terraform configuration, whose expressions only Terraform evaluates",
    remedy: "pass what terraform show -json prints of its plan or state",
  },
]);

function foreignOf(written: string): Foreign | null {
  const foreign = foreigners.find(({ sign }) => sign.test(written));
  return foreign === undefined ? null : { message: foreign.message, remedy: foreign.remedy };
}
