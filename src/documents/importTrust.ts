import { quote } from "../diagnostics";
import type { ScmHost } from "../model/accessModel";
import type { ExistingRole } from "../model/existing";
import { escapePattern, many, readDocument } from "../policy";
import {
  byFit,
  isSaid,
  literalsByAuthority,
  possibleHosts,
  recognise,
  recogniseOna,
  type AdmittedSubjects,
  type Recognised,
} from "../subject";
import { readTrustStatement, type Terms, type TrustStatement } from "./trustStatement";

/** Statements of one entry's terms. */
type Group = readonly [TrustStatement, ...TrustStatement[]];

/** A trust policy, taken apart. */
export interface ReadTrust {
  readonly groups: readonly Group[];
  /** Statements that no entry says. */
  readonly unsaid: readonly string[];
}

/** Reads the trust policy of a role; says why not of one that an entry could only widen. */
export function readTrust({ trust }: Pick<ExistingRole, "trust">): ReadTrust | string {
  if (trust === null) return "its trust policy is in none of the files";
  const { policy, problems, version } = readDocument(trust.value);
  const [problem] = problems;
  if (problem !== undefined) return `its trust policy is not one: ${problem.message}`;
  if (version !== "2012-10-17" && JSON.stringify(policy).includes("${"))
    return "its trust policy has a Version before 2012-10-17, in which ${…} is text";
  if (policy.Statement.some((s) => s.Effect === "Deny"))
    return "its trust policy has a Deny, which no entry can say: it would admit more";
  const groups = new Map<string, [TrustStatement, ...TrustStatement[]]>();
  const unsaid: string[] = [];
  for (const [i, statement] of policy.Statement.entries()) {
    const place = `trust statement ${i + 1}`;
    const principal = statement.Principal;
    if (principal === undefined || principal === "*") {
      unsaid.push(`${place} is left out: its principal is no identity provider`);
      continue;
    }
    for (const [type, names] of Object.entries(principal))
      if (type !== "Federated")
        unsaid.push(`${place}: the principals ${many(names).map(quote).join(", ")} are left out`);
    for (const federated of many(principal["Federated"])) {
      const read = readTrustStatement(statement, federated);
      if (typeof read === "string") {
        unsaid.push(`${place} is left out: ${read}`);
        continue;
      }
      const key = JSON.stringify(read.terms);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [read]);
      else group.push(read);
    }
  }
  if (groups.size > 0) return { groups: [...groups.values()], unsaid };
  return unsaid.length === 0 ? "its trust policy trusts nobody" : unsaid.join("; ");
}

/** The host of each name and port that trust policies are about. */
export type SettledHosts = ReadonlyMap<string, ScmHost>;

/**
 * The hosts that some trust policies are about. A URL does not show what kind of host it is on, nor where the host's
 * own path ends: of all that are possible, the one is taken that says most of all policies together.
 */
export function settleHosts(policies: readonly ReadTrust[]): SettledHosts {
  const totals = new Map<string, Map<string, { readonly host: ScmHost; total: number }>>();
  for (const group of policies.flatMap(({ groups }) => groups))
    for (const [authority, admitted] of admittedOn(group)) {
      const sums = totals.get(authority) ?? new Map<string, { readonly host: ScmHost; total: number }>();
      totals.set(authority, sums);
      for (const host of possibleHosts(admitted.literals)) {
        const key = `${host.name} ${host.kind}`;
        const sum = sums.get(key) ?? { host, total: 0 };
        sums.set(key, sum);
        sum.total += fitOf(recognise(admitted, host));
      }
    }
  return new Map(
    [...totals].flatMap(([authority, sums]) => {
      const [best] = [...sums.values()].sort((a, b) => b.total - a.total);
      return best === undefined ? [] : [[authority, best.host] as const];
    }),
  );
}

/** Values that are said count, and among equals the fewest forms; 0: none can be said. */
function fitOf(entry: Recognised | null): number {
  if (entry === null) return 0;
  const { subjects, said, verbatim } = entry;
  return 1 + said + verbatim + 1 / (1 + subjects.exact.length + subjects.prefixes.length);
}

/** What a group admits on each host, by its name and port: literals of another say nothing about it. */
function admittedOn(group: Group): readonly (readonly [string, AdmittedSubjects])[] {
  const all = admittedBy(group);
  return [...literalsByAuthority(all.literals)].map(([authority, literals]) => [
    authority,
    { ...all, literals },
  ]);
}

function admittedBy(group: Group): AdmittedSubjects {
  const admits = (subject: string): boolean => group.some((s) => s.admits(subject));
  const covers = (prefix: string): boolean => group.some((s) => s.covers(prefix));
  // IAM ORs statements.
  const excludes = (text: string, open: boolean): boolean =>
    group.some((s) => s.excludes(text, open)) && !(open ? covers(text) : admits(text));
  return { literals: group.flatMap((s) => s.literals), admits, covers, excludes };
}

/** What an entry says of the trust in one issuer. */
export interface IssuerTrust {
  readonly terms: Terms;
  readonly entry: Recognised;
}

/** What an entry says of a trust policy. */
export interface RecognisedTrust extends IssuerTrust {
  /** Other issuers that the entry admits the same of, sorted: those that its installation had, or will have. */
  readonly formers: readonly IssuerTrust[];
  /** What the entry does not say, or says beyond the policy. */
  readonly notes: readonly string[];
}

/** The entry on one of these hosts that says most of a trust policy; null where there is none. */
export function recogniseTrust({ groups, unsaid }: ReadTrust, hosts: SettledHosts): RecognisedTrust | null {
  const found = groups
    .flatMap((group) =>
      [
        recogniseOna(admittedBy(group)),
        ...admittedOn(group).map(([authority, admitted]) => {
          const host = hosts.get(authority);
          return host === undefined ? null : recognise(admitted, host);
        }),
      ].flatMap((entry) => (entry === null ? [] : [{ group, entry, terms: group[0].terms }])),
    )
    .sort((a, b) => byFit(a.entry, b.entry) || byAge(a.terms, b.terms));
  const [best] = found;
  if (best === undefined) return null;
  const formers = found
    .filter(
      (other, i) => couldBeFormer(best, other) && found.findIndex(({ group }) => group === other.group) === i,
    )
    .sort((a, b) => (a.terms.providerName < b.terms.providerName ? -1 : 1));
  const said = [best, ...formers];
  const others = groups.filter((group) => said.every((s) => s.group !== group));
  const left = [
    ...said.flatMap(({ group, entry }) =>
      group.flatMap((s) => s.literals).filter((literal) => !isSaid(literal, entry.subjects)),
    ),
    ...others
      .filter(([{ terms }]) => terms.federated === best.terms.federated)
      .flatMap((group) => group.flatMap((s) => s.literals)),
  ];
  const otherIssuers = others
    .map(([{ terms }]) => terms)
    .filter(({ federated }) => federated !== best.terms.federated);
  const added = said.flatMap(({ entry }) => [
    ...entry.added.exact,
    ...entry.added.prefixes.map((prefix) => `${escapePattern(prefix)}*`),
  ]);
  const notes = [
    ...unsaid,
    ...said.flatMap(({ group }) => group.flatMap((s) => s.notes)),
    ...left.map(
      ({ text, open }) =>
        `admitted until now, and not by this entry: ${quote(text)}${open ? " and more after it" : ""}`,
    ),
    ...otherIssuers.map(
      ({ providerName }) =>
        `the issuer ${quote(`https://${providerName}`)} is left out: it admits something else, or on other terms`,
    ),
    ...added.map((subject) => `admitted by this entry, and not until now: ${quote(subject)}`),
  ];
  return { ...best, formers, notes: [...new Set(notes)] };
}

/** Of two issuers of one installation, `api.` is the older form. */
function byAge(a: Terms, b: Terms): number {
  const rank = ({ providerName }: Terms): number => (providerName.startsWith("api.") ? 1 : 0);
  return rank(a) - rank(b);
}

/** Would the entry, with another issuer among the former ones of its installation, say both? */
function couldBeFormer(own: IssuerTrust, other: IssuerTrust): boolean {
  const meaning = ({ entry, terms }: IssuerTrust) => {
    const { audience, expires, sourceCidrs } = terms;
    const { kind, url, contexts, claims, ona } = entry;
    const own = [ona?.projects, ona?.versions];
    return [kind, url.url, contexts, claims?.keys, own, audience, expires, sourceCidrs];
  };
  const accountOf = ({ federated }: Terms) => federated.split(":").slice(1, 5).join();
  return (
    own.terms.federated !== other.terms.federated &&
    accountOf(own.terms) === accountOf(other.terms) &&
    JSON.stringify(meaning(own)) === JSON.stringify(meaning(other))
  );
}
