import { quote, type Problem } from "../diagnostics";
import type { ParsedManifest } from "../manifest";
import type { AccessModel, Account, HostKind, Role } from "../model/accessModel";
import { knownHosts, scmHosts } from "../subject";
import { resolveAccounts, sortedEntries, type AccountSettings } from "./accounts";
import { acceptances, resolveEntry, type Scope } from "./entries";
import { identityProviders } from "./identityProviders";
import { resolveInstallations } from "./installations";
import { Problems, type ManifestPlace } from "./problems";
import { resolveRoles, type ResolvedRole } from "./roles";
import { resolveSnippets } from "./snippets";

export type ResolveResult =
  | { readonly ok: true; readonly model: AccessModel }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Roles of one manifest: more would take minutes and gigabytes before any quota was looked at. */
const maxRoles = 200_000;

/** Turns a manifest into what it means, or into every problem that its parts have with each other. */
export function resolve({ file, manifest, ...parsed }: ParsedManifest): ResolveResult {
  const problems = new Problems();
  const whole = problems.at({ file, path: [] });
  const scope: Scope = {
    ...{ file, manifest, problems },
    accounts: resolveAccounts(manifest, whole),
    installations: resolveInstallations(manifest, whole),
    hosts: scmHosts(resolveHosts(manifest.scmHosts ?? {}, whole)),
  };
  for (const key of ["accounts", "installations"] as const)
    if (Object.keys(manifest[key]).length === 0)
      whole.below(key).refuse("M05", {
        problem: `${key} is empty`,
        remedy: `declare at least one of the ${key}`,
        at: "key",
      });
  const entries = parsed.entries.flatMap((written) => resolveEntry(written, scope) ?? []);
  const wanted = entries.reduce((sum, e) => sum + e.accounts.length * e.installations.length, 0);
  if (wanted > maxRoles) {
    whole.refuse("R08", {
      problem: `the manifest asks for ${wanted} roles, one for each account and installation of each entry; ${maxRoles} is the most`,
      remedy: "let entries name the accounts and installations that they need, or split the manifest",
    });
    return { ok: false, problems: problems.list };
  }
  const roles = entries.flatMap((entry) => resolveRoles(entry, scope));
  const snippets = resolveSnippets(distinct(roles, problems), scope);
  const byAccount = new Map<string, Role[]>([...scope.accounts.keys()].map((name) => [name, []]));
  for (const { role } of roles) byAccount.get(role.account)?.push(role);
  const accounts = [...scope.accounts.values()].map((account) =>
    withRoles(account, byAccount.get(account.name) ?? [], scope),
  );
  if (problems.size > 0) return { ok: false, problems: problems.list };
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

function withRoles(settings: AccountSettings, written: readonly Role[], scope: Scope): Account {
  const { rolePath, tags, managements, ...account } = settings;
  const roles = [...written].sort((a, b) => (a.name < b.name ? -1 : 1));
  const used = new Set(roles.map((role) => role.installation));
  const installations = [...scope.installations.values()].filter((i) => used.has(i.name));
  return { ...account, identityProviders: identityProviders(settings, installations, scope.problems), roles };
}

function resolveHosts(
  written: Readonly<Record<string, HostKind>>,
  whole: ManifestPlace,
): Readonly<Record<string, HostKind>> {
  const hosts: Record<string, HostKind> = {};
  for (const [name, kind] of sortedEntries(written)) {
    const place = whole.below("scmHosts", name);
    const url = `https://${name}`;
    const normal = URL.canParse(url) ? new URL(url).href : "";
    // Another kind than the known one would give its repositories the wrong subjects.
    const isKnown = Object.keys(knownHosts).some((known) => `${name}/`.startsWith(`${known}/`));
    if (normal !== url && normal !== `${url}/`) {
      place.refuse("M04", {
        problem: `${quote(name)} is not a host name in lower case, with its port and path prefix if it has them`,
        remedy: "write it like git.acme.com, git.acme.com:8443 or intern.acme.com/git",
        at: "key",
      });
    } else if (isKnown || /[*?#\\@%]|\/$/.test(name)) {
      place.refuse("M04", {
        problem: `${quote(name)} is built in, or is not a valid host name`,
        remedy: "leave it out",
        at: "key",
      });
    } else {
      const outer = Object.keys(hosts).find((other) => name.startsWith(`${other}/`));
      if (outer !== undefined)
        place.refuse("R08", {
          problem: `${quote(name)} is below ${quote(outer)}: a repository of one could be taken for one of the other`,
          remedy: "keep the one that Gitpod uses",
          at: "key",
        });
      hosts[name] = kind;
    }
  }
  return hosts;
}

/** The roles whose names no other has before them; IAM compares them without case. */
function distinct(roles: readonly ResolvedRole[], problems: Problems): readonly ResolvedRole[] {
  const seen = new Map<string, ResolvedRole>();
  for (const resolved of roles) {
    const { account, name, entry } = resolved.role;
    const key = `${account}/${name.toLowerCase()}`;
    const twin = seen.get(key);
    if (twin === undefined) seen.set(key, resolved);
    else
      problems
        .at(entry.origin)
        .below(resolved.entry.name === null ? "url" : "name")
        .refuse("R04", {
          problem: `the role ${quote(name)} of ${quote(entry.url)} would have the same name as the one of ${quote(twin.role.entry.url)} in account ${quote(account)}`,
          remedy: "give one of them another name with name:, or drop the entry if it is there twice",
        });
  }
  return [...seen.values()];
}
