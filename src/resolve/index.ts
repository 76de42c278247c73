import { below, quote, type Origin, type Problem } from "../diagnostics";
import type { ParsedManifest } from "../manifest";
import type { AccessModel, Account, HostKind, Role } from "../model/accessModel";
import { knownHosts, scmHosts } from "../subject";
import { resolveAccounts, sortedEntries, type AccountSettings } from "./accounts";
import { acceptances, resolveEntry, type Scope } from "./entries";
import { identityProviders } from "./identityProviders";
import { resolveInstallations } from "./installations";
import { Problems } from "./problems";
import { resolveRoles, type ResolvedRole } from "./roles";
import { resolveSnippets } from "./snippets";

export type ResolveResult =
  | { readonly ok: true; readonly model: AccessModel }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Roles of one manifest: more would take minutes and gigabytes before any quota was looked at. */
const maxRoles = 200_000;

/** Turns a manifest into what it means, or into every problem that its parts have with each other. */
export function resolve(parsed: ParsedManifest): ResolveResult {
  const { file, manifest } = parsed;
  const problems = new Problems();
  const scope: Scope = {
    ...{ file, manifest, problems },
    accounts: resolveAccounts(manifest, file, problems),
    installations: resolveInstallations(manifest, file, problems),
    hosts: scmHosts(resolveHosts(parsed, problems)),
  };
  checkSomeNames(parsed, problems);
  const resolvedAccounts = [...scope.accounts.values()];
  const entries = parsed.entries.flatMap((written) => resolveEntry(written, scope) ?? []);
  const wanted = entries.reduce((sum, e) => sum + e.accounts.length * e.installations.length, 0);
  if (wanted > maxRoles) {
    problems.add(
      "R08",
      { file, path: [] },
      `the manifest asks for ${wanted} roles, one for each account and installation of each entry; ${maxRoles} is the most`,
      "let entries name the accounts and installations that they need, or split the manifest",
    );
    return { ok: false, problems: problems.list };
  }
  const roles = entries.flatMap((entry) => resolveRoles(entry, scope));
  const snippets = resolveSnippets(distinct(roles, problems), scope.installations, scope.accounts, problems);
  const byAccount = new Map<string, Role[]>(resolvedAccounts.map(({ name }) => [name, []]));
  for (const { role } of roles) byAccount.get(role.account)?.push(role);
  const accounts = resolvedAccounts.map((account) =>
    withRoles(account, byAccount.get(account.name) ?? [], scope),
  );
  if (problems.list.length > 0) return { ok: false, problems: problems.list };
  return {
    ok: true,
    model: {
      manifestName: file.split(/[/\\]/).at(-1) ?? file,
      accounts,
      installations: [...scope.installations.values()],
      snippets,
      accept: acceptances(manifest.defaults?.accept, { file, path: ["defaults"] }),
      hosts: scope.hosts,
      passedOver: parsed.passedOver,
      unlistedRegions: problems.unlistedRegions,
    },
  };
}

function withRoles(settings: AccountSettings, roles: readonly Role[], scope: Scope): Account {
  const { rolePath, tags, managements, ...account } = settings;
  const own = [...roles].sort((a, b) => (a.name < b.name ? -1 : 1));
  const used = new Set(own.map((role) => role.installation));
  const installations = [...scope.installations.values()].filter((i) => used.has(i.name));
  return {
    ...account,
    identityProviders: identityProviders(settings, installations, scope.problems),
    roles: own,
  };
}

function resolveHosts(
  { file, manifest }: ParsedManifest,
  problems: Problems,
): Readonly<Record<string, HostKind>> {
  const hosts: Record<string, HostKind> = {};
  for (const [name, kind] of sortedEntries(manifest.scmHosts ?? {})) {
    const origin: Origin = { file, path: ["scmHosts", name] };
    const normal = URL.canParse(`https://${name}`)
      ? new URL(`https://${name}`).href.slice("https://".length)
      : "";
    if (normal !== name && normal !== `${name}/`) {
      problems.add(
        "M04",
        origin,
        `${quote(name)} is not a host name in lower case, with its port and path prefix if it has them`,
        "write it like git.acme.com, git.acme.com:8443 or intern.acme.com/git",
        "key",
      );
    } else if (isKnown(name) || /[*?#\\@%]|\/$/.test(name)) {
      problems.add(
        "M04",
        origin,
        `${quote(name)} is built in, or is not a valid host name`,
        "leave it out",
        "key",
      );
    } else {
      const outer = Object.keys(hosts).find((other) => name.startsWith(`${other}/`));
      if (outer !== undefined)
        problems.add(
          "R08",
          origin,
          `${quote(name)} is below ${quote(outer)}: a repository of one could be taken for one of the other`,
          "keep the one that Gitpod uses",
          "key",
        );
      hosts[name] = kind;
    }
  }
  return hosts;
}

/** Is it a known host, or below one? Its kind is known, and another would give its repositories the wrong subjects. */
function isKnown(name: string): boolean {
  return Object.keys(knownHosts).some((known) => name === known || name.startsWith(`${known}/`));
}

function checkSomeNames({ file, manifest }: ParsedManifest, problems: Problems): void {
  for (const key of ["accounts", "installations"] as const) {
    if (Object.keys(manifest[key]).length > 0) continue;
    problems.add(
      "M05",
      { file, path: [key] },
      `${key} is empty`,
      `declare at least one of the ${key}`,
      "key",
    );
  }
}

/** The roles whose names no other has before them; IAM compares them without case. */
function distinct(roles: readonly ResolvedRole[], problems: Problems): readonly ResolvedRole[] {
  const seen = new Map<string, ResolvedRole>();
  for (const resolved of roles) {
    const { account, name, entry } = resolved.role;
    const key = `${account}/${name.toLowerCase()}`;
    const twin = seen.get(key);
    if (twin) {
      problems.add(
        "R04",
        below(entry.origin, resolved.entry.name === null ? "url" : "name"),
        `the role ${quote(name)} of ${quote(entry.url)} would have the same name as the one of ${quote(twin.role.entry.url)} in account ${quote(account)}`,
        "give one of them another name with name:, or drop the entry if it is there twice",
      );
    }
    seen.set(key, twin ?? resolved);
  }
  return [...seen.values()];
}
