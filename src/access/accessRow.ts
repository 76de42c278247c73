import type { ManifestOrigin } from "../model/accessModel";
import type { AcceptedFinding, AccessRole, Subjects } from "./accessRole";
import { managedPermission, permissionsOf, type Permission } from "./permissionWords";

/** The line of a place in its file. */
export type LineOf = (origin: ManifestOrigin) => number;

/** What is shown of a role: an item of the JSON of `access`. */
export interface AccessRow {
  readonly role: string;
  readonly arn: string;
  readonly account: { readonly name: string; readonly id: string };
  readonly installation: string | null;
  readonly entry: {
    readonly kind: "org" | "repo";
    readonly url: string;
    readonly file: string;
    readonly line: number;
  } | null;
  readonly admits: readonly string[];
  readonly subjects: Subjects;
  readonly may: readonly Permission[];
  readonly managedPolicies: readonly string[];
  readonly permissionsBoundary: string | null;
  readonly sessionSeconds: number;
  readonly expires: string | null;
  readonly sourceCidrs: readonly string[];
  readonly issuers: readonly string[];
  readonly audience: string;
  readonly accepted: readonly AcceptedFinding[];
}

/**
 * Says a role in words.
 * @param may - what of its permissions is shown. @default - everything
 */
export function accessRow(
  role: AccessRole,
  lineOf: LineOf,
  may: readonly Permission[] = permissionsOf(role.statements, role.account),
): AccessRow {
  const { name, arn, account, installation, entry, origin, admits, subjects, managedPolicies } = role;
  const { permissionsBoundary, sessionSeconds, expires, sourceCidrs, issuers, audience, accepted } = role;
  return {
    ...{ role: name, arn, account: { name: account.name, id: account.id }, installation },
    entry: entry && { ...entry, file: origin.file, line: lineOf(origin) },
    ...{ admits, subjects, may, managedPolicies },
    ...{ permissionsBoundary, sessionSeconds, expires, sourceCidrs, issuers, audience, accepted },
  };
}

/** The JSON of `access`: stable, one role after the other. */
export function accessJson(rows: readonly AccessRow[]): string {
  const roles = rows.map((row) => ({
    ...row,
    may: row.may.map(({ words, actions, resources }) => ({ words, actions, resources })),
  }));
  return `${JSON.stringify({ roles }, null, 2)}\n`;
}

/** `90m` as `1h30m`. */
export function durationWords(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = seconds % 60 === 0 ? "" : `${seconds % 60}s`;
  return `${hours === 0 ? "" : `${hours}h`}${minutes === 0 ? "" : `${minutes}m`}${rest}` || "0m";
}

/** What a role has in common for every reader of words: labels, each with its lines. */
export function factsOf(row: AccessRow): readonly (readonly [label: string, lines: readonly string[]])[] {
  const { may, managedPolicies, permissionsBoundary, sourceCidrs, issuers, audience, accepted } = row;
  const permissions = [
    ...may.map(({ words }) => words),
    ...managedPolicies.map((arn) => managedPermission(arn).words),
  ];
  return [
    ["admits", row.admits],
    ["may", permissions.length === 0 ? ["nothing"] : permissions],
    ["until", [row.expires === null ? "no end" : `${row.expires}, 00:00 UTC`]],
    ["from", sourceCidrs.length === 0 ? ["anywhere"] : sourceCidrs],
    ["session", [durationWords(row.sessionSeconds)]],
    ["boundary", permissionsBoundary === null ? [] : [permissionsBoundary]],
    ["issuer", issuers.map((issuer) => `${issuer} for ${audience}`)],
    [
      "accepted",
      accepted.map(
        ({ rule, reason, until }) => `${rule}: ${reason}${until === null ? "" : ` (until ${until})`}`,
      ),
    ],
    ["written", row.entry === null ? [] : [`${row.entry.file}:${row.entry.line}`]],
  ];
}
