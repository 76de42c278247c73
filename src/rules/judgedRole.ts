import type { Origin, Severity } from "../diagnostics";
import type { Account, Installation, ScmHost, WrittenStatement } from "../model/accessModel";
import type { ExistingDocument, ExistingIdentityProvider } from "../model/existing";
import type { ArnFields } from "../model/names";
import type { Statement } from "../model/policyDocument";
import type { Admission, RoleAccess } from "../model/roleAccess";
import type { OperatorParts, ReadDocument, ServiceReference } from "../policy";
import type { ContextWord } from "../subject";
import type { ForeignIssuer } from "./trust/foreignIssuers";

/** What is known around a role. Empty lists: nothing is, and only what a document shows counts. */
export interface Surroundings {
  /** Those of the manifest, or what `--issuer` says. */
  readonly installations: readonly Installation[];
  readonly accounts: readonly Account[];
  readonly hosts: readonly ScmHost[];
  /** Those that files show. */
  readonly identityProviders: readonly ExistingIdentityProvider[];
  /** With the services that the statements name. */
  readonly reference: ServiceReference;
}

/** A role as rules see it. */
export interface JudgedRole extends Surroundings {
  readonly access: RoleAccess;
  /** Its trust policy, where somebody wrote it. */
  readonly trust: TrustView | null;
  readonly admissions: readonly PlacedAdmission[];
  /** What the subjects of its trust policy look like. */
  readonly forms: readonly FormFinding[];
  /** Its permission policies that exist already; none where they are too long to be anybody's. */
  readonly documents: readonly ReadPolicy[];
  /** What people wrote of its permissions, statement by statement. */
  readonly statements: readonly PlacedStatement[];
  readonly denials: Denials;
  readonly memo: StatementMemo;
}

export interface ReadPolicy extends Pick<ExistingDocument, "origin" | "value" | "ofAws"> {
  readonly read: ReadDocument;
}

/** Some of the workspaces that a role admits, with where the text says so. */
export interface PlacedAdmission extends Admission {
  /** What admits those of some contexts: `contexts: [all]`, or a value of `sub` in quotes. */
  readonly by: (contexts: readonly ContextWord[]) => string;
  /** Who owns what the entries of the manifest name; empty: there is none. */
  readonly owners: readonly string[];
  /** For messages: the statement and a colon; empty for an entry. */
  readonly where: string;
  readonly origin: Origin;
}

/** What the form of a subject says to one rule. */
export interface FormFinding {
  readonly rule: string;
  readonly message: string;
  /** @default - the rule's own severity */
  readonly severity?: Severity | undefined;
  /** @default - the rule's own remedy */
  readonly remedy?: string;
  readonly origin: Origin;
}

export interface TrustView extends ReadPolicy {
  readonly access: RoleAccess;
  readonly surroundings: Surroundings;
  readonly statements: readonly TrustStatement[];
  /** The Allow statements by which a token of an OpenID Connect issuer may log in. */
  readonly logins: readonly TrustStatement[];
  /** Those by which somebody can log in: what else the others would let in is not worth a word. */
  readonly open: readonly TrustStatement[];
  /** Patterns of the keys that a login may have, in lower case; empty where AWS's list was not loaded. */
  readonly loginKeys: readonly string[];
}

export interface TrustStatement {
  readonly statement: Statement;
  /** For messages: `statement 2 "login"`. */
  readonly name: string;
  readonly origin: Origin;
  readonly principals: readonly TrustPrincipal[];
  /** Empty where it is about other principals. */
  readonly issuers: readonly TrustedIssuer[];
  readonly conditions: readonly TrustCondition[];
}

/** `*` is one of AWS. */
export interface TrustPrincipal {
  /** As written, e.g. `Federated`. */
  readonly type: string;
  readonly text: string;
  /** Null: it is none. */
  readonly arn: ArnFields | null;
  readonly origin: Origin;
}

/** An issuer of OpenID Connect tokens that a statement trusts. */
export interface TrustedIssuer {
  /** The principal as written: the identity provider's ARN, or the name of a built-in one. */
  readonly principal: string;
  /** E.g. `api.gitpod.io/idp`. */
  readonly providerName: string;
  /** Null where it is Gitpod's, or may be. */
  readonly foreign: ForeignIssuer | null;
  /** Why no token logs in by this principal; null where one may. */
  readonly problem: string | null;
  /** Those declared with this issuer. */
  readonly installations: readonly Installation[];
  /** Do its subjects name an organization and a project of Ona? */
  readonly isOna: boolean;
  /** Can anybody get a token here? */
  readonly openSignup: boolean;
}

export interface WrittenCondition {
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** A condition of a trust policy, with its key read as AWS reads it. */
export interface TrustCondition extends WrittenCondition, OperatorParts {
  /** What stands before the claim in lower case, e.g. `api.gitpod.io/idp`; null for keys like `aws:SourceIp`. */
  readonly prefix: string | null;
  /** What follows it in lower case, e.g. `sub`. */
  readonly claim: string;
  /** Does it name values that are let in, whether or not it also lets others in? */
  readonly positive: boolean;
  /** Does it name values that are let in, and hold only where the key is there? */
  readonly binding: boolean;
  /** Can its values be compared as patterns: is it a string operator that looks at case? */
  readonly comparable: boolean;
  readonly origin: Origin;
}

export interface PlacedStatement {
  readonly statement: Statement;
  readonly origin: Origin;
  /** The items of its lists as they are written. @default - as the statement has them */
  readonly items?: WrittenStatement["itemsOrigin"];
  /** Equal for equal statements. */
  readonly text: string;
}

/** What statements deny whatever the request says. */
export interface Denials {
  readonly lists: readonly {
    /** Patterns in lower case of what is denied, or of all but what. */
    readonly actions: readonly string[];
    readonly except: boolean;
    /** Patterns of what it is denied on. */
    readonly resources: readonly string[];
  }[];
  /** Equal for equal denials. */
  readonly text: string;
}

/** What a run's judges have said of equal statements, by judge and text: thousands of roles have those of `defaults`. */
export type StatementMemo = Map<object, Map<string, unknown>>;
