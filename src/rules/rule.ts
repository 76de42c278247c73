import type { Origin, RuleDescription, RuleFinding, Severity } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import type { ExistingIdentityProvider } from "../model/existing";
import type { GitpodYmlFacts, Place, Step } from "../model/gitpodYml";
import type { RoleAccess } from "../model/roleAccess";
import type { JudgedRole, PlacedAdmission, Surroundings, TrustView } from "./judgedRole";

/** A rule: what it says, and a judge for each kind of thing that it can be said of. */
export interface Rule extends RuleDescription {
  /** The same in the words of a policy. @default - `remedy` */
  readonly policyRemedy?: string;
  /** May an entry of the main manifest waive it even where it is an error? @default false */
  readonly waivable?: true;
  /** Some of the workspaces that a role admits. */
  readonly admission?: (admission: PlacedAdmission) => Said;
  /** A trust policy that somebody wrote. */
  readonly trust?: (view: TrustView, role: JudgedRole) => readonly Observation[];
  /** Everything else about a role: what it may do, and what AWS makes of it. */
  readonly role?: (role: JudgedRole) => readonly Observation[];
  /** A manifest as a whole: only `defaults` can waive it. */
  readonly manifest?: (model: AccessModel) => readonly Observation[];
  /** Identity providers that exist already. */
  readonly providers?: (
    providers: readonly ExistingIdentityProvider[],
    surroundings: Surroundings,
  ) => readonly Observation[];
  /** A `.gitpod.yml` that exists already. */
  readonly gitpodYml?: (subject: GitpodYmlSubject) => readonly PlacedObservation[];
}

/** Rules by their ids. */
export function rulesOf(rows: Readonly<Record<string, Omit<Rule, "id">>>): readonly Rule[] {
  return Object.freeze(Object.entries(rows).map(([id, row]) => ({ id, ...row })));
}

/** One thing that a rule has to say. */
export interface Observation {
  /** What is wrong and what could happen: lower case, no final period. */
  readonly message: string;
  /** @default - the rule's own severity */
  readonly severity?: Severity | undefined;
  /** @default - the role, the account, or the file */
  readonly origin?: Origin;
  /** @default - the rule's own remedy */
  readonly remedy?: string | undefined;
}

/** What is said of one place: a message, more than that, several, or nothing. */
export type Said = string | Observation | readonly (string | Observation)[] | null;

/** The same as observations: those without a place of their own are of this one. @param where - begins messages */
export function observed(said: Said, origin: Origin, where = ""): readonly Observation[] {
  if (said === null) return [];
  return [said].flat().map((one) => {
    const seen = typeof one === "string" ? { message: one } : one;
    return { origin, ...seen, message: `${where}${seen.message}` };
  });
}

/** What is judged as one: where it stands, which role it is, if it is one, and whose words remedies use. */
export type FindingPlace = Pick<RoleAccess, "origin"> & Partial<Pick<RoleAccess, "name" | "source">>;

/** A finding of what a rule says. */
export function findingOf(
  rule: Rule,
  { name = null, origin, source }: FindingPlace,
  seen: Observation,
): RuleFinding {
  const remedy = source === "files" ? (rule.policyRemedy ?? rule.remedy) : rule.remedy;
  return {
    rule: rule.id,
    severity: seen.severity ?? rule.severity,
    origin: seen.origin ?? origin,
    role: name,
    message: seen.message,
    remedy: seen.remedy ?? remedy,
    accepted: false,
  };
}

/** A `.gitpod.yml` that exists already. */
export interface GitpodYmlSubject {
  readonly facts: GitpodYmlFacts;
  /** What each task does with AWS, in the order in which it stands. */
  readonly steps: readonly (readonly Step[])[];
  readonly model: AccessModel;
  /** Canonical URLs of the repository that the file is in; empty: not known. */
  readonly repositories: readonly string[];
  /** Digests of the tasks that the manifest makes for the repository now; null: not known. */
  readonly current: ReadonlySet<string> | null;
  /** Text of the file in quotes for a message, its secrets left out. */
  readonly shown: (text: string) => string;
}

/** One thing that a rule has to say about a place in a `.gitpod.yml`. */
export interface PlacedObservation extends Omit<Observation, "origin"> {
  readonly place: Place;
  /** The name of the role that it is about. @default - none */
  readonly role?: string | undefined;
}

/** The first names of a list, and how many more there are. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 4);
  const more = names.length - shown.length;
  const last = more > 0 ? `${more} more` : (shown.pop() ?? "");
  return shown.length === 0 ? last : `${shown.join(", ")} and ${last}`;
}

/** What is over a quota. */
export function overQuota(what: string, count: number, quota: number): readonly Observation[] {
  return count <= quota ? [] : [{ message: `${what}; the account allows ${quota}` }];
}
