/** One or several strings, as IAM writes lists: a single item stands alone. */
export type OneOrMany = string | readonly string[];

/** `{operator: {conditionKey: values}}`, e.g. `{StringEquals: {"api.gitpod.io/idp:aud": "sts.amazonaws.com"}}`. */
export type Condition = Readonly<Record<string, Readonly<Record<string, OneOrMany>>>>;

/** An IAM statement in AWS's own words and capitals. */
export interface Statement {
  readonly Sid?: string | undefined;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: "*" | Readonly<Record<string, OneOrMany>>;
  readonly NotPrincipal?: "*" | Readonly<Record<string, OneOrMany>>;
  readonly Action?: OneOrMany | undefined;
  readonly NotAction?: OneOrMany | undefined;
  readonly Resource?: OneOrMany | undefined;
  readonly NotResource?: OneOrMany | undefined;
  readonly Condition?: Condition | undefined;
}

/**
 * An IAM policy document.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

/** Who may assume a role. */
export type TrustPolicy = PolicyDocument;
/** What those who assumed it may do. */
export type PermissionPolicy = PolicyDocument;
