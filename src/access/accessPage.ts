import { createHash } from "node:crypto";
import type { AccessRole } from "./accessRole";
import type { AccessRow } from "./accessRow";
import { managedPermission, type Permission } from "./permissionWords";

/** The page's own files, which hold `{{…}}` for what is put in. */
export interface PageParts {
  readonly html: string;
  readonly style: string;
  readonly script: string;
}

/** A role as the page shows it. */
export interface PageRole {
  readonly role: AccessRole;
  readonly row: AccessRow;
  /** The lines of its entry in the manifest. */
  readonly lines: readonly string[];
}

/**
 * One file for a browser that needs no network: the roles as data, and the script that shows them. Its
 * Content-Security-Policy runs that script and nothing else.
 * @param title - where the roles are from
 */
export function accessPage(roles: readonly PageRole[], title: string, parts: PageParts): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
  const filled: Readonly<Record<string, string>> = {
    policy: `default-src 'none'; script-src ${hash(parts.script)}; style-src ${hash(parts.style)}; base-uri 'none'; form-action 'none'`,
    title: title.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
    style: parts.style,
    script: parts.script,
    data: JSON.stringify(pack(roles.map(dataOf))).replaceAll("<", "\\u003c"),
  };
  return parts.html.replace(/\{\{([a-z]+)\}\}/g, (whole, name: string) => filled[name] ?? whole);
}

type Data = string | null | readonly Data[] | { readonly [key: string]: Data };

function dataOf({ role, row, lines }: PageRole): Data {
  const { account, entry, sessionSeconds } = row;
  return {
    ...{ name: row.role, arn: row.arn, account: `${account.name}\n${account.id}`, url: entry?.url ?? null },
    ...{ installation: row.installation, place: `${role.origin.file}:${row.entry?.line ?? 1}` },
    admits: row.admits,
    may: [...row.may, ...row.managedPolicies.map(managedPermission)].map(shownPermission),
    ...{ boundary: row.permissionsBoundary, session: String(sessionSeconds), expires: row.expires },
    ...{ cidrs: row.sourceCidrs, issuers: row.issuers, audience: row.audience },
    accepted: row.accepted.map((accepted) => ({ ...accepted })),
    policies: {
      trust: asData(role.trustPolicy),
      permissions:
        role.statements.length === 0 ? null : asData({ Version: "2012-10-17", Statement: role.statements }),
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
