import { quote } from "../diagnostics";
import type { ScmHost } from "../model/accessModel";
import type { ExistingRole } from "../model/existing";
import { escapePattern, many, readDocument } from "../policy";
import {
  byFit,
  isSaid,
  literalsByAuthority,
  recognise,
  type AdmittedSubjects,
  type Recognised,
} from "../subject";
import { readTrustStatement, type Terms, type TrustStatement } from "./trustStatement";

/** A trust policy, taken apart: statements of one entry's terms stand together. */
export interface ReadTrust {
  readonly groups: readonly (readonly [TrustStatement, ...TrustStatement[]])[];
  /** Statements that no entry says. */
  readonly unsaid: readonly string[];
}

export type ReadTrustResult =
  { readonly ok: true; readonly trust: ReadTrust } | { readonly ok: false; readonly problem: string };

/** Reads the trust policy of a role; refuses one that an entry could only widen. */
export function readTrust({ trust }: Pick<ExistingRole, "trust">): ReadTrustResult {
  if (trust === null) return { ok: false, problem: "its trust policy is in none of the files" };
  const { policy, problems, version } = readDocument(trust.value);
  const [problem] = problems;
  if (problem !== undefined) return { ok: false, problem: `its trust policy is not one: ${problem.message}` };
  if (version !== "2012-10-17" && JSON.stringify(policy).includes("${"))
    return { ok: false, problem: "its trust policy has a Version before 2012-10-17, in which ${…} is text" };
  if (policy.Statement.some((s) => s.Effect === "Deny"))
    return { ok: false, problem: "its trust policy has a Deny, which no entry can say: it would admit more" };
  const groups = new Map<string, [TrustStatement, ...TrustStatement[]]>();
  const unsaid: string[] = [];
  policy.Statement.forEach((statement, i) => {
    const place = `trust statement ${i + 1}`;
    const principal = statement.Principal;
    if (principal === undefined || principal === "*") {
      unsaid.push(`${place} is left out: its principal is no identity provider`);
      return;
    }
    for (const [type, names] of Object.entries(principal)) {
      if (type === "Federated") continue;
      unsaid.push(`${place}: the principals ${many(names).map(quote).join(", ")} are left out`);
    }
    for (const federated of many(principal["Federated"])) {
      const read = readTrustStatement(statement, federated);
      if (!read.ok) {
        unsaid.push(`${place} is left out: ${read.problem}`);
        continue;
      }
      const key = JSON.stringify(read.statement.terms);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [read.statement]);
      else group.push(read.statement);
    }
  });
  if (groups.size > 0) return { ok: true, trust: { groups: [...groups.values()], unsaid } };
  return { ok: false, problem: unsaid.length === 0 ? "its trust policy trusts nobody" : unsaid.join("; ") };
}

/** What a group admits on each host, by its name and port: literals of another say nothing about it. */
export function admittedOn(
  group: readonly TrustStatement[],
): readonly (readonly [string, AdmittedSubjects])[] {
  const all = admittedBy(group);
  return [...literalsByAuthority(all.literals)].map(([authority, literals]) => [
    authority,
    { ...all, literals },
  ]);
}

/** The statements of a group as one: IAM ORs them. */
function admittedBy(statements: readonly TrustStatement[]): AdmittedSubjects {
  const admits = (subject: string): boolean => statements.some((s) => s.admits(subject));
  const covers = (prefix: string): boolean => statements.some((s) => s.covers(prefix));
  return {
    literals: statements.flatMap((s) => s.literals),
    admits,
    covers,
    excludes: (text, open) =>
      statements.some((s) => s.excludes(text, open)) && !(open ? covers(text) : admits(text)),
  };
}

/** The hosts that are taken for given, by their name and port. */
export type SettledHosts = ReadonlyMap<string, readonly ScmHost[]>;

/** What an entry says of a trust policy. */
export interface RecognisedTrust {
  readonly terms: Terms;
  readonly entry: Recognised;
  /** What the entry does not say, or says beyond the policy. */
  readonly notes: readonly string[];
}

/** The entry on one of these hosts that says most of a trust policy; null where there is none. */
export function recogniseTrust({ groups, unsaid }: ReadTrust, hosts: SettledHosts): RecognisedTrust | null {
  const found = groups.flatMap((group) =>
    admittedOn(group).flatMap(([authority, admitted]) => {
      const near = hosts.get(authority) ?? [];
      return near.flatMap((host): { group: typeof group; entry: Recognised }[] => {
        const entry = recognise(admitted, host, near);
        return entry === null ? [] : [{ group, entry }];
      });
    }),
  );
  const [best] = found.sort((a, b) => byFit(a.entry, b.entry));
  if (best === undefined) return null;
  const { federated } = best.group[0].terms;
  const isOurs = ([{ terms }]: typeof best.group): boolean => terms.federated === federated;
  const others = groups
    .filter((group) => group !== best.group && isOurs(group))
    .flatMap((group) => group.flatMap((s) => s.literals));
  const otherIssuers = groups.filter((group) => !isOurs(group)).map(([{ terms }]) => terms.providerName);
  const left = best.group
    .flatMap((s) => s.literals)
    .filter((literal) => !isSaid(literal, best.entry.subjects));
  const notes = [
    ...unsaid,
    ...best.group.flatMap((s) => s.notes),
    ...[...left, ...others].map(
      ({ text, open }) =>
        `admitted until now, and not by this entry: ${quote(text)}${open ? " and more behind it" : ""}`,
    ),
    ...otherIssuers.map(
      (name) =>
        `the issuer ${quote(`https://${name}`)} is left out: if it is this installation's too, list it in formerIssuers`,
    ),
    ...best.entry.added.exact.map((s) => `admitted by this entry, and not until now: ${quote(s)}`),
    ...best.entry.added.prefixes.map(
      (p) => `admitted by this entry, and not until now: ${quote(`${escapePattern(p)}*`)}`,
    ),
  ];
  return { terms: best.group[0].terms, entry: best.entry, notes: [...new Set(notes)] };
}
