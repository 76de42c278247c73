import type { ScmHost } from "../model/accessModel";
import { possibleHosts, recognise } from "../subject";
import { admittedBy, type ReadTrust } from "./trust";

/**
 * The hosts that some trust policies are about. A URL does not show what kind of host it is on, nor where the host's
 * own path ends: of all that are possible, those are taken that say most, the same for every role of one host.
 */
export function settleHosts(policies: readonly ReadTrust[]): readonly ScmHost[] {
  const admitted = policies.flatMap(({ groups }) => groups.map(admittedBy));
  const possible = new Map<string, ScmHost>();
  for (const host of admitted.flatMap(({ literals }) => possibleHosts(literals)))
    possible.set(`${host.name} ${host.kind}`, host);
  const hosts = [...possible.values()];
  const fits = admitted.map((a) => hosts.map((host) => fitOf(recognise(a, host))));
  let open = fits.map((_, i) => i).filter((i) => best(fits[i]) > 0);
  const settled = new Map<string, ScmHost>();
  while (open.length > 0) {
    const totals = hosts.map((host, h) =>
      settled.has(host.name) ? 0 : open.reduce((sum, i) => sum + (fits[i]?.[h] ?? 0), 0),
    );
    const h = totals.indexOf(best(totals));
    const host = hosts[h];
    if (host === undefined || best(totals) === 0) break;
    settled.set(host.name, host);
    open = open.filter((i) => (fits[i]?.[h] ?? 0) < best(fits[i]));
  }
  return [...settled.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Values that are said count, and among equals the fewest forms; 0: none can be said. */
function fitOf(entry: ReturnType<typeof recognise>): number {
  if (entry === null) return 0;
  const { subjects, said, verbatim } = entry;
  return 1 + said + verbatim + 1 / (1 + subjects.exact.length + subjects.prefixes.length);
}

function best(fits: readonly number[] | undefined): number {
  return Math.max(0, ...(fits ?? []));
}
