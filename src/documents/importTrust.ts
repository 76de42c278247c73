import { quote } from "../diagnostics";
import type { ScmHost } from "../model/accessModel";
import type { ExistingDocument, ExistingRole } from "../model/existing";
import type { Statement } from "../model/policyDocument";
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

/** A trust policy, taken apart. */
export interface ReadTrust {
  /** Statements of equal terms are one. */
  readonly groups: readonly TrustStatement[];
  /** Statements that no entry says. */
  readonly unsaid: readonly string[];
}

/** The statements of a document, or why they cannot be kept. @param what - the document, for the message */
export function statementsOf({ value }: ExistingDocument, what: string): readonly Statement[] | string {
  const { policy, problems, version } = readDocument(value);
  const [problem] = problems;
  if (problem !== undefined) return `${what} is not one: ${problem.message}`;
  return version !== "2012-10-17" && JSON.stringify(policy).includes("${")
    ? `${what} has a Version before 2012-10-17, in which \${…} is text`
    : policy.Statement;
}

/** Reads the trust policy of a role; says why not of one that an entry could only widen. */
export function readTrust({ trust }: Pick<ExistingRole, "trust">): ReadTrust | string {
  if (trust === null) return "its trust policy is in none of the files";
  const statements = statementsOf(trust, "its trust policy");
  if (typeof statements === "string") return statements;
  if (statements.some((s) => s.Effect === "Deny"))
    return "its trust policy has a Deny, which no entry can say: it would admit more";
  const groups = new Map<string, TrustStatement>();
  const unsaid: string[] = [];
  for (const [i, statement] of statements.entries()) {
    const place = `trust statement ${i + 1}`;
    const { Principal } = statement;
    const principals = typeof Principal === "object" ? Object.entries(Principal) : [];
    if (principals.length === 0) unsaid.push(`${place} is left out: its principal is no identity provider`);
    for (const [type, names] of principals) {
      if (type !== "Federated")
        unsaid.push(`${place}: the principals ${many(names).map(quote).join(", ")} are left out`);
      for (const federated of type === "Federated" ? many(names) : []) {
        const read = readTrustStatement(statement, federated);
        if (typeof read === "string") {
          unsaid.push(`${place} is left out: ${read}`);
          continue;
        }
        const key = JSON.stringify(read.terms);
        const before = groups.get(key);
        groups.set(key, before === undefined ? read : either(before, read));
      }
    }
  }
  if (groups.size > 0) return { groups: [...groups.values()], unsaid };
  return unsaid.length === 0 ? "its trust policy trusts nobody" : unsaid.join("; ");
}

/** Two statements of equal terms in one: IAM ORs them. */
function either(a: TrustStatement, b: TrustStatement): TrustStatement {
  const admits = (subject: string): boolean => a.admits(subject) || b.admits(subject);
  const covers = (prefix: string): boolean => a.covers(prefix) || b.covers(prefix);
  return {
    ...{ terms: a.terms, admits, covers },
    literals: [...a.literals, ...b.literals],
    notes: [...a.notes, ...b.notes],
    excludes: (text, open) =>
      (a.excludes(text, open) || b.excludes(text, open)) && !(open ? covers(text) : admits(text)),
  };
}

/** The host of each name and port that trust policies are about. */
export type SettledHosts = ReadonlyMap<string, ScmHost>;

/**
 * The hosts that some trust policies are about. A URL does not show what kind of host it is on, nor where the host's
 * own path ends: of all that are possible, the one is taken that says most of all policies together.
 */
export function settleHosts(policies: readonly ReadTrust[]): SettledHosts {
  const sums = new Map<string, { authority: string; host: ScmHost; total: number }>();
  for (const group of policies.flatMap(({ groups }) => groups))
    for (const [authority, admitted] of admittedOn(group))
      for (const host of possibleHosts(admitted.literals)) {
        const key = `${authority} ${host.name} ${host.kind}`;
        const sum = sums.get(key) ?? { authority, host, total: 0 };
        sums.set(key, { ...sum, total: sum.total + fitOf(recognise(admitted, host)) });
      }
  // The last one of an authority stays: that is the first of those that say most.
  const worstFirst = [...sums.values()].sort((a, b) => b.total - a.total).reverse();
  return new Map(worstFirst.map(({ authority, host }) => [authority, host]));
}

/** Values that are said count, and among equals the fewest forms; 0: none can be said. */
function fitOf(entry: Recognised | null): number {
  if (entry === null) return 0;
  const { subjects, said, verbatim } = entry;
  return 1 + said + verbatim + 1 / (1 + subjects.exact.length + subjects.prefixes.length);
}

/** What a group admits on each host, by its name and port: literals of another say nothing about it. */
function admittedOn(group: TrustStatement): readonly (readonly [string, AdmittedSubjects])[] {
  return [...literalsByAuthority(group.literals)].map(([authority, own]) => [
    authority,
    { ...group, literals: own },
  ]);
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
    .flatMap((group) => {
      const onHosts = admittedOn(group).map(([authority, admitted]) => {
        const host = hosts.get(authority);
        return host === undefined ? null : recognise(admitted, host);
      });
      return [recogniseOna(group), ...onHosts].flatMap((entry) =>
        entry === null ? [] : [{ ...group, entry }],
      );
    })
    .sort((a, b) => byFit(a.entry, b.entry) || byAge(a.terms, b.terms));
  const [best] = found;
  if (best === undefined) return null;
  const formers = found
    .filter((other, i) => couldBeFormer(best, other) && found.findIndex((f) => f.terms === other.terms) === i)
    .sort((a, b) => (a.terms.providerName < b.terms.providerName ? -1 : 1));
  const said = [best, ...formers];
  const others = groups.filter(({ terms }) => said.every((s) => s.terms !== terms));
  const isOfBest = ({ terms }: TrustStatement) => terms.federated === best.terms.federated;
  const left = [
    ...said.flatMap((own) => own.literals.filter((literal) => !isSaid(literal, own.entry.subjects))),
    ...others.filter(isOfBest).flatMap(({ literals }) => literals),
  ];
  const added = said.flatMap(({ entry: { added: more } }) => [
    ...more.exact,
    ...more.prefixes.map((prefix) => `${escapePattern(prefix)}*`),
  ]);
  const notes = [
    ...unsaid,
    ...said.flatMap((own) => own.notes),
    ...left.map(
      ({ text, open }) =>
        `admitted until now, and not by this entry: ${quote(text)}${open ? " and more after it" : ""}`,
    ),
    ...others
      .filter((other) => !isOfBest(other))
      .map(({ terms }) => quote(`https://${terms.providerName}`))
      .map((issuer) => `the issuer ${issuer} is left out: it admits something else, or on other terms`),
    ...added.map((subject) => `admitted by this entry, and not until now: ${quote(subject)}`),
  ];
  return { ...best, formers, notes: [...new Set(notes)] };
}

/** Of two issuers of one installation, `api.` is the older form. */
function byAge(a: Terms, b: Terms): number {
  const [isOld, isOlder] = [a, b].map(({ providerName }) => providerName.startsWith("api."));
  return Number(isOld) - Number(isOlder);
}

/** Would the entry, with another issuer among the former ones of its installation, say both? */
function couldBeFormer(own: IssuerTrust, other: IssuerTrust): boolean {
  const meaning = ({ entry, terms: { audience, expires, sourceCidrs } }: IssuerTrust) => {
    const { kind, url, contexts, claims, ona } = entry;
    const subject = [claims?.keys, ona?.projects, ona?.versions];
    return JSON.stringify([kind, url.url, contexts, subject, audience, expires, sourceCidrs]);
  };
  const accountOf = ({ federated }: Terms) => federated.split(":").slice(1, 5).join();
  return (
    own.terms.federated !== other.terms.federated &&
    accountOf(own.terms) === accountOf(other.terms) &&
    meaning(own) === meaning(other)
  );
}
