import type { Origin, Severity } from "../diagnostics";
import type { AccessModel, Account, Installation, ItemOrder, Role, ScmHost } from "../model/accessModel";
import type { GitpodYmlFacts, Place } from "../model/gitpodYml";
import type { ExistingIdentityProvider, ExistingRole } from "../model/existing";
import type { Condition, PolicyDocument } from "../model/policyDocument";
import type { Partition } from "../model/partitions";
import type { Quotas } from "../model/quotas";
import type { ReadDocument, ServiceReference } from "../policy";

/** What a rule sees of the model: a role with what it refers to. */
export interface RoleSubject {
  readonly role: Role;
  readonly account: Account;
  readonly installation: Installation;
}

/** What is known around documents that exist already. Empty lists: nothing is, and only what a document shows counts. */
export interface ExistingContext {
  /** Those of the manifest, or what `--issuer` says. */
  readonly installations: readonly Installation[];
  /** Those of the manifest. */
  readonly accounts: readonly Account[];
  readonly hosts: readonly ScmHost[];
  readonly quotas: Quotas;
}

/** A trust policy that exists already. */
export interface TrustSubject {
  readonly document: ReadDocument;
  /** Where the document begins: {@link below} makes places inside it. */
  readonly origin: Origin;
  /** The role that it belongs to, as far as the file shows it. */
  readonly role: ExistingRole;
  /** Those that the files show beside it. */
  readonly identityProviders: readonly ExistingIdentityProvider[];
  readonly context: ExistingContext;
}

/** Statements of a role that people wrote: raw ones of a manifest, or documents that exist already. */
export interface WrittenPolicy {
  readonly policy: PolicyDocument;
  /** For each statement of the policy, where it stands. */
  readonly origins: readonly Origin[];
  /** For each statement of the policy, the items of its lists as they are written. @default - as the policy has them */
  readonly items?: readonly ItemOrder[];
}

/** Everything that one role may do. */
export interface PermissionSubject {
  readonly written: readonly WrittenPolicy[];
  /** What grants allow: judged only together with the rest, as part of what the role may do; null: nothing. */
  readonly granted: PolicyDocument | null;
  readonly managedPolicies: readonly { readonly arn: string; readonly origin: Origin }[];
  /** The role itself, its boundary and the identity providers that it trusts, where they are known. */
  readonly roleArn: string | null;
  /** Null: not known. */
  readonly roleTags: Readonly<Record<string, string>> | null;
  readonly permissionsBoundary: string | null;
  /** ARNs of managed policies that are made for the role alone, and hold what is `written` and `granted`. */
  readonly ownPolicies: readonly string[];
  readonly identityProviderArns: readonly string[];
  /** Where the role is; null: not known. */
  readonly account: { readonly id: string; readonly partition: Partition } | null;
  /** The rules of a wide trust (T54, T57, T58) that the role's trust meets: see G11. */
  readonly wideTrust: readonly string[];
  readonly reference: ServiceReference;
}

/** The identity providers of one file or one account. */
export interface ProviderSubject {
  readonly providers: readonly ExistingIdentityProvider[];
  readonly context: ExistingContext;
}

/** A `.gitpod.yml` that exists already. */
export interface GitpodYmlSubject {
  readonly facts: GitpodYmlFacts;
  readonly model: AccessModel;
  /** Canonical URLs of the repository that the file is in; empty: not known. */
  readonly repositories: readonly string[];
  /** Digests of the tasks that the manifest makes for the repository now; null: not known. */
  readonly current: ReadonlySet<string> | null;
  /** Text of the file in quotes for a message, its secrets left out. */
  readonly shown: (text: string) => string;
}

/** One thing that a rule has to say about a place in a `.gitpod.yml`. */
export interface PlacedObservation {
  readonly message: string;
  readonly place: Place;
  /** The name of the role that it is about. @default - none */
  readonly role?: string;
  /** @default - the rule's own remedy */
  readonly remedy?: string;
}

/** One thing that a rule has to say. */
export interface Observation {
  /** What is wrong and what could happen: lower case, no final period. */
  readonly message: string;
  /** @default - the rule's own severity */
  readonly severity?: Severity;
  /** @default - the role's entry, the account, or the document */
  readonly origin?: Origin;
  /** @default - the rule's own remedy */
  readonly remedy?: string;
}

type Judge<Subject> = (subject: Subject) => readonly Observation[];

/** A rule, with a judge for each kind of thing that it can be judged on. */
export interface Rule {
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
  /** A role of a manifest. */
  readonly role?: Judge<RoleSubject>;
  /** An account of a manifest as a whole: nobody can waive it. */
  readonly account?: (account: Account, model: AccessModel) => readonly Observation[];
  /** A trust policy that exists already. */
  readonly trust?: Judge<TrustSubject>;
  /** What a role may do: raw statements of a manifest, and documents that exist already. */
  readonly permissions?: Judge<PermissionSubject>;
  /** Identity providers that exist already. */
  readonly providers?: Judge<ProviderSubject>;
  /** A `.gitpod.yml` that exists already. */
  readonly gitpodYml?: (subject: GitpodYmlSubject) => readonly PlacedObservation[];
  /** Waivers and dates, or the severity of other rules: the walker applies it. */
  readonly walker?: true;
  /** What files about existing access do not show: their walker applies it. */
  readonly files?: true;
}

export const nothing: readonly Observation[] = Object.freeze([]);

/** A place inside another one. */
export function below(origin: Origin, ...path: readonly (string | number)[]): Origin {
  return { file: origin.file, path: [...origin.path, ...path] };
}

/** The conditions of a statement, one by one. */
export function conditionsOf(
  condition: Condition | undefined,
): readonly { readonly operator: string; readonly key: string; readonly values: readonly string[] }[] {
  return Object.entries(condition ?? {}).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, values]) => ({
      operator,
      key,
      values: typeof values === "string" ? [values] : values,
    })),
  );
}
