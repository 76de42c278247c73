import type { Path, Position } from "../diagnostics";
import type { ExistingAccess, ExistingDocument } from "../model/existing";
import { readAwsOutput } from "./awsOutput";
import { blankRole, decoded, documentOf, isObject, own, present, type Found, type Remark } from "./document";
import { readJson } from "./json";
import { readTerraform } from "./terraform";

/** A file about access that exists already, read. */
export interface ExistingFile {
  readonly file: string;
  readonly access: ExistingAccess;
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
 * Terraform plan, state or configuration in JSON. Everything that the file shows is read, whatever `kind` says.
 * @param kind - what a bare document is
 */
export function readExisting(written: string, file: string, kind: ExistingDocument["kind"]): ExistingFile {
  const { value, problems, locate, positions } = readJson(decoded(written));
  const found: Found = { file, roles: [], identityProviders: [], mistakes: [], missing: [] };
  for (const { path, message, remedy } of problems)
    found.mistakes.push({ origin: { file, path }, message, remedy });
  if (value !== undefined && !readBare(value, kind, found)) {
    // Both are tried: a plan has no key of the AWS CLI's, nor the other way round.
    const known = [readTerraform(value, found), readAwsOutput(value, found)];
    if (!known.includes(true)) addUnknown(value, kind, found);
  }
  const { roles, identityProviders, mistakes, missing } = found;
  return {
    file,
    access: { roles, identityProviders },
    ...{ mistakes, missing, locate },
    line: (number) => positions.line(number),
  };
}

function readBare(value: unknown, kind: ExistingDocument["kind"], found: Found): boolean {
  if (isObject(value) ? own(value, "Statement") === undefined : Array.isArray(value)) return false;
  addBare(value, kind, found);
  return true;
}

/** Something with a Version is a policy without statements; the rest is nothing that can be judged. */
function addUnknown(value: unknown, kind: ExistingDocument["kind"], found: Found): void {
  if (own(value, "Version") !== undefined) {
    addBare(value, kind, found);
    return;
  }
  found.mistakes.push({
    origin: { file: found.file, path: [] },
    message: "this is no policy document, and no role, plan or state that is known here",
    remedy:
      "pass a policy document, what aws iam get-role or get-account-authorization-details prints, or terraform show -json",
  });
}

function addBare(value: unknown, kind: ExistingDocument["kind"], found: Found): void {
  const role = blankRole({ file: found.file, path: [] });
  // A policy may also come as text in JSON: that is how jq without -r prints one.
  const document = documentOf(kind, value, [], null, found);
  found.roles.push(
    kind === "trust" ? { ...role, trust: document } : { ...role, permissions: present(document) },
  );
}
