import type { ManifestOrigin } from "../model/accessModel";
import type { AccessRole } from "./accessRole";
import { managedPermission, type Permission } from "./permissionWords";

/** The line of a place in its file. */
export type LineOf = (origin: ManifestOrigin) => number;

/** A role as it is shown. */
export interface ShownRole {
  readonly role: AccessRole;
  /** What of its permissions is shown. */
  readonly may: readonly Permission[];
  /** Of its entry, or of the role in a file. */
  readonly line: number;
}

/** The JSON of `access`: stable, one role after the other. */
export function accessJson(shown: readonly ShownRole[]): string {
  const roles = shown.map(({ role, may, line }) => ({
    role: role.name,
    arn: role.arn,
    account: { name: role.account.name, id: role.account.id },
    installation: role.installation,
    entry: role.entry && { ...role.entry, file: role.origin.file, line },
    admits: role.admits,
    subjects: role.subjects,
    may: may.map(({ words, actions, resources }) => ({ words, actions, resources })),
    managedPolicies: role.managedPolicies,
    permissionsBoundary: role.permissionsBoundary,
    sessionSeconds: role.sessionSeconds,
    expires: role.expires,
    sourceCidrs: role.sourceCidrs,
    issuers: role.issuers,
    audience: role.audience,
    accepted: role.accepted,
  }));
  return `${JSON.stringify({ roles }, null, 2)}\n`;
}

/** `90m` as `1h30m`. */
export function durationWords(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = seconds % 60 === 0 ? "" : `${seconds % 60}s`;
  return `${hours === 0 ? "" : `${hours}h`}${minutes === 0 ? "" : `${minutes}m`}${rest}` || "0m";
}

/** What a role may do, in words. */
export function mayWords(may: readonly Permission[], managedPolicies: readonly string[]): readonly string[] {
  const all = [...may, ...managedPolicies.map(managedPermission)].map(({ words }) => words);
  return all.length === 0 ? ["nothing"] : all;
}

/** What somebody accepted of a role, in words. */
export function acceptedWords({ accepted }: AccessRole): readonly string[] {
  return accepted.map(
    ({ rule, reason, until }) => `${rule}: ${reason}${until === null ? "" : ` (until ${until})`}`,
  );
}
