import type { ScmHost } from "../model/accessModel";
import { possibleHosts, recognise } from "../subject";
import { admittedOn, type ReadTrust, type SettledHosts } from "./importTrust";

/** How well each host of one authority says a policy. */
interface Fits {
  readonly hosts: readonly ScmHost[];
  readonly fits: readonly number[];
  readonly best: number;
}

/**
 * The hosts that some trust policies are about. A URL does not show what kind of host it is on, nor where the host's
 * own path ends: of all that are possible, those are taken that say most, the same for every role of one host.
 */
export function settleHosts(policies: readonly ReadTrust[]): SettledHosts {
  const byAuthority = new Map<string, Fits[]>();
  for (const group of policies.flatMap(({ groups }) => groups)) {
    let own: readonly [authority: string, Fits] | null = null;
    for (const [authority, admitted] of admittedOn(group)) {
      const hosts = possibleHosts(admitted.literals);
      const fits = hosts.map((host) => fitOf(recognise(admitted, host)));
      const best = Math.max(0, ...fits);
      if (best > (own?.[1].best ?? 0)) own = [authority, { hosts, fits, best }];
    }
    if (own === null) continue;
    const [authority, fits] = own;
    const others = byAuthority.get(authority);
    if (others === undefined) byAuthority.set(authority, [fits]);
    else others.push(fits);
  }
  return new Map([...byAuthority].map(([authority, fits]) => [authority, hostsFor(fits)]));
}

/** The host that fits all in sum, and as long as some policies fit another better, the one that fits those. */
function hostsFor(policies: readonly Fits[]): readonly ScmHost[] {
  const settled = new Map<string, ScmHost>();
  for (let open = policies; open.length > 0;) {
    const totals = new Map<string, { readonly host: ScmHost; total: number }>();
    for (const { hosts, fits } of open)
      for (const [i, host] of hosts.entries()) {
        if (settled.has(host.name)) continue;
        const sum = totals.get(keyOf(host)) ?? { host, total: 0 };
        totals.set(keyOf(host), sum);
        sum.total += fits[i] ?? 0;
      }
    let most: { readonly host: ScmHost; readonly total: number } | null = null;
    for (const sum of totals.values()) if (sum.total > (most?.total ?? 0)) most = sum;
    if (most === null) break;
    const { host } = most;
    settled.set(host.name, host);
    open = open.filter(({ hosts, fits, best }) => {
      const i = hosts.findIndex((h) => keyOf(h) === keyOf(host));
      return (fits[i] ?? 0) < best;
    });
  }
  return [...settled.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function keyOf({ name, kind }: ScmHost): string {
  return `${name} ${kind}`;
}

/** Values that are said count, and among equals the fewest forms; 0: none can be said. */
function fitOf(entry: ReturnType<typeof recognise>): number {
  if (entry === null) return 0;
  const { subjects, said, verbatim } = entry;
  return 1 + said + verbatim + 1 / (1 + subjects.exact.length + subjects.prefixes.length);
}
