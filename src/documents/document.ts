import { pathText, type Origin, type Path } from "../diagnostics";
import type { ExistingDocument, ExistingIdentityProvider, ExistingRole } from "../model/existing";
import { readJson } from "./json";

/** Something about a file, at a place in it: lower case, no final period. */
export interface Remark {
  readonly origin: Origin;
  readonly message: string;
  /** What to do about it, in the same style. @default - as the rule has it */
  readonly remedy?: string | undefined;
}

/** What reading a file collects. */
export interface Found {
  readonly file: string;
  readonly roles: ExistingRole[];
  /** Policies that no role of the file has, each as all that some role may do. */
  readonly unattached: ExistingRole[];
  readonly identityProviders: ExistingIdentityProvider[];
  /** What keeps a document from being read as everybody reads it. */
  readonly mistakes: Remark[];
  /** Documents that the file refers to and does not contain, e.g. those that a plan knows after apply. */
  readonly missing: Remark[];
}

/** A role of which nothing is known but its place. */
export function blankRole(origin: Origin, name: string | null = null): ExistingRole {
  return {
    ...{ name, origin, shown: new Set(), arn: null, path: null, description: null, maxSessionDuration: null },
    ...{ permissionsBoundary: null, tags: {}, trust: null, permissions: [], managedPolicies: [] },
  };
}

/**
 * A policy document as files hold one: a JSON object, that object as text, or its URL-encoded text, as IAM's API has it.
 * Null, and a mistake, where the text is not JSON; null, and missing, where the file has none.
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRole.html
 */
export function documentOf(
  kind: ExistingDocument["kind"],
  given: unknown,
  path: Path,
  role: string | null,
  found: Found,
): ExistingDocument | null {
  const origin = { file: found.file, path };
  if (given === undefined || given === null) {
    found.missing.push({
      origin,
      message: `there is no policy document at ${pathText(path)}`,
      remedy: "pass the output of the AWS CLI whole, or what aws iam get-role-policy prints of this policy",
    });
    return null;
  }
  if (typeof given !== "string") return { kind, origin, value: given, role };
  const read = readJson(decoded(given));
  for (const { message, remedy } of read.problems)
    found.mistakes.push({ origin, message: `in the policy in this text: ${message}`, remedy });
  return read.value === undefined ? null : { kind, origin, value: read.value, role };
}

/** A JSON object's text, which may be URL-encoded; white space before it may be, too. */
export function decoded(text: string): string {
  if (!/^(?:\s|%(?:09|0A|0D|20))*%7B/i.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A duration; null for anything but a whole number. */
export function seconds(value: unknown): number | null {
  return Number.isSafeInteger(value) ? Number(value) : null;
}

/** What is there, as a list. */
export function present<T>(value: T | null): readonly T[] {
  return value === null ? [] : [value];
}
