import { createHash } from "node:crypto";
import { managedPermission } from "./permissionWords";
import type { ShownRole } from "./roleReport";

/** The page's own files, which hold `{{…}}` for what is put in. */
export interface PageParts {
  readonly html: string;
  readonly style: string;
  readonly script: string;
}

/**
 * One file for a browser that needs no network: the roles as data, and the script that shows them. Its
 * Content-Security-Policy runs that script and nothing else.
 * @param title - where the roles are from
 */
export function accessPage(roles: readonly ShownRole[], title: string, parts: PageParts): string {
  const hash = (text: string) => `'sha256-${createHash("sha256").update(text, "utf8").digest("base64")}'`;
  const filled: Readonly<Record<string, string>> = {
    policy: `default-src 'none'; script-src ${hash(parts.script)}; style-src ${hash(parts.style)}; base-uri 'none'; form-action 'none'`,
    title: title.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`),
    style: parts.style,
    script: parts.script,
    data: pack(roles.map(dataOf)).replaceAll("<", "\\u003c"),
  };
  return parts.html.replace(/\{\{([a-z]+)\}\}/g, (whole, name: string) => filled[name] ?? whole);
}

/** A role for the page: text alone, for a number stands for a text there. */
function dataOf({ role, may, line, lines }: ShownRole) {
  const { name, arn, account, installation, admits, expires, issuers, audience, accepted } = role;
  const Statement = role.statements();
  return {
    name,
    arn,
    account: `${account.name}\n${account.id}`,
    url: role.entry?.url ?? null,
    installation,
    place: `${role.origin.file}:${line}`,
    admits,
    may: [...may(), ...role.managedPolicies.map(managedPermission)].map(({ words, level, kind, names }) => {
      return { words, level, kind, names };
    }),
    boundary: role.permissionsBoundary,
    session: String(role.sessionSeconds),
    expires,
    cidrs: role.sourceCidrs,
    issuers,
    audience,
    accepted,
    policies: {
      trust: role.trustPolicy(),
      permissions: Statement.length === 0 ? null : { Version: "2012-10-17", Statement },
    },
    text: lines(),
  };
}

/** JSON in which every text stands once, sorted, as what it shares with the one before and its rest. */
function pack(roles: readonly object[]): string {
  const found = new Set<string>();
  const columns = Object.keys(roles[0] ?? {});
  const rows: unknown = roles.map((role) => Object.values(role) as unknown[]);
  JSON.stringify(rows, (_, value: unknown) => (typeof value === "string" ? void found.add(value) : value));
  const sorted = [...found].sort();
  const index = new Map(sorted.map((text, i) => [text, i]));
  const strings = sorted.map((text, i) => {
    const before = sorted[i - 1] ?? "";
    let shared = 0;
    while (shared < before.length && before[shared] === text[shared]) shared += 1;
    return [shared, text.slice(shared)];
  });
  const numbered = JSON.stringify(rows, (_, value: unknown) =>
    typeof value === "string" ? index.get(value) : value,
  );
  return `{"strings":${JSON.stringify(strings)},"columns":${JSON.stringify(columns)},"roles":${numbered}}`;
}
