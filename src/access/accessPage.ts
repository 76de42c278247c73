import { createHash } from "node:crypto";
import type { AccessRole } from "./accessRole";
import { managedPermission, type Permission } from "./permissionWords";
import type { ShownRole } from "./shownRole";

/** The page's own files, which hold `{{…}}` for what is put in. */
export interface PageParts {
  readonly html: string;
  readonly style: string;
  readonly script: string;
}

/** The lines of a role's entry in the manifest. */
export type EntryLines = (role: AccessRole) => readonly string[];

/**
 * One file for a browser that needs no network: the roles as data, and the script that shows them. Its
 * Content-Security-Policy runs that script and nothing else.
 * @param title - where the roles are from
 */
export function accessPage(
  roles: readonly ShownRole[],
  title: string,
  linesOf: EntryLines,
  parts: PageParts,
): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
  const filled: Readonly<Record<string, string>> = {
    policy: `default-src 'none'; script-src ${hash(parts.script)}; style-src ${hash(parts.style)}; base-uri 'none'; form-action 'none'`,
    title: title.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
    style: parts.style,
    script: parts.script,
    data: JSON.stringify(pack(roles.map((shown) => dataOf(shown, linesOf(shown.role))))).replaceAll(
      "<",
      "\\u003c",
    ),
  };
  return parts.html.replace(/\{\{([a-z]+)\}\}/g, (whole, name: string) => filled[name] ?? whole);
}

type Data = string | null | readonly Data[] | { readonly [key: string]: Data };

function dataOf({ role, may, line }: ShownRole, lines: readonly string[]): Data {
  const { account, statements } = role;
  return {
    name: role.name,
    arn: role.arn,
    account: `${account.name}\n${account.id}`,
    url: role.entry?.url ?? null,
    installation: role.installation,
    place: `${role.origin.file}:${line}`,
    admits: role.admits,
    may: [...may, ...role.managedPolicies.map(managedPermission)].map(shownPermission),
    boundary: role.permissionsBoundary,
    session: String(role.sessionSeconds),
    expires: role.expires,
    cidrs: role.sourceCidrs,
    issuers: role.issuers,
    audience: role.audience,
    accepted: role.accepted.map((accepted) => ({ ...accepted })),
    policies: {
      trust: asData(role.trustPolicy),
      permissions: statements.length === 0 ? null : asData({ Version: "2012-10-17", Statement: statements }),
    },
    text: lines,
  };
}

function shownPermission({ words, level, kind, names }: Permission): Data {
  return { words, level, kind, names };
}

/** A policy, without what JSON leaves out. */
function asData(policy: unknown): Data {
  return JSON.parse(JSON.stringify(policy)) as Data;
}

/** Every string once, sorted, as what it shares with the one before and its rest; in the roles a number stands for it. */
function pack(roles: readonly Data[]): object {
  const found = new Set<string>();
  collect(roles, found);
  const sorted = [...found].sort();
  const index = new Map(sorted.map((text, i) => [text, i]));
  const strings = sorted.map((text, i) => {
    const before = sorted[i - 1] ?? "";
    let shared = 0;
    while (shared < before.length && before[shared] === text[shared]) shared += 1;
    return [shared, text.slice(shared)];
  });
  const columns = Object.keys(roles[0] ?? {});
  return {
    strings,
    columns,
    roles: roles.map((role) => Object.values(role ?? {}).map((data: Data) => numbered(data, index))),
  };
}

function collect(data: Data, found: Set<string>): void {
  if (typeof data === "string") found.add(data);
  else if (data !== null) for (const inner of Object.values<Data>(data)) collect(inner, found);
}

function numbered(data: Data, index: ReadonlyMap<string, number>): unknown {
  if (typeof data === "string") return index.get(data);
  if (data === null) return null;
  if (Array.isArray(data)) return data.map((inner) => numbered(inner as Data, index));
  return Object.fromEntries(Object.entries(data).map(([key, inner]) => [key, numbered(inner, index)]));
}
