import type { Origin, Severity } from "../diagnostics";
import type { AccessModel, Account, Installation, Role } from "../model/accessModel";

/** What a rule sees of the model: a role with what it refers to. */
export interface RoleSubject {
  readonly role: Role;
  readonly account: Account;
  readonly installation: Installation;
}

/** One thing that a rule has to say. */
export interface Observation {
  /** What is wrong and what could happen: lower case, no final period. */
  readonly message: string;
  /** @default - the rule's own severity */
  readonly severity?: Severity;
  /** @default - the role's entry, or the account */
  readonly origin?: Origin;
  /** @default - the rule's own remedy */
  readonly remedy?: string;
}

interface RuleFacts {
  /** Public: never reused, never renamed. */
  readonly id: string;
  readonly severity: Severity;
  /** The rule as a statement of what is wrong. */
  readonly title: string;
  /** What could happen. */
  readonly why: string;
  readonly remedy: string;
  /** May an entry of the main manifest waive it even where it is an error? */
  readonly waivableError: boolean;
}

/** A rule about one role. */
export interface RoleRule extends RuleFacts {
  readonly about: "role";
  readonly check: (subject: RoleSubject) => readonly Observation[];
}

/** A rule about an account as a whole. Nobody can waive it. */
export interface AccountRule extends RuleFacts {
  readonly about: "account";
  readonly check: (account: Account, model: AccessModel) => readonly Observation[];
}

/** A rule about waivers and dates: the walker applies it. */
export interface WaiverRule extends RuleFacts {
  readonly about: "waiver";
}

export type Rule = RoleRule | AccountRule | WaiverRule;
