import type { SubjectSet } from "../model/accessModel";
import { providerName } from "../model/names";
import type { OneOrMany, Statement, TrustPolicy } from "../model/policyDocument";
import { CanonicalDocument, oneOrMany } from "./canonical";

/** The only action that a web identity needs; session tags and source identities need claims Gitpod does not send. */
export const assumeAction = "sts:AssumeRoleWithWebIdentity";

/**
 * What no subject may hold where a pattern admits it. Gitpod opens what the URL standard makes of the subject, but
 * presents it as typed: with dot segments, encoded or broken by characters that URL parsers drop, a URL below one
 * repository opens another.
 * @see https://url.spec.whatwg.org/#path-state
 */
export const guard: readonly string[] = Object.freeze(["*..*", "*%2e*", "*%2E*", "*\t*", "*\n*", "*\r*"]);

/** What a role's trust depends on. */
export interface TrustSource {
  readonly identityProviderArn: string;
  readonly issuer: string;
  readonly audience: string;
  readonly subjects: SubjectSet;
  /** First moment without access, ISO 8601 in UTC; null: never. */
  readonly expires: string | null;
  /** CIDR blocks from which a login is allowed; empty: any. */
  readonly sourceCidrs: readonly string[];
}

/**
 * The trust policy that admits a role's subjects and nobody else. Exact and pattern subjects are two statements,
 * which IAM ORs; what is inside one statement it ANDs. `aud` is demanded in each, and no operator is true for a
 * missing key, but for the guard, which stands beside a positive condition on the same key.
 * @throws RangeError - for an empty subject set: a role that nobody may assume is a mistake of ours
 */
export function trustPolicy(source: TrustSource): TrustPolicy {
  const { exact, prefixes } = source.subjects;
  if (exact.length + prefixes.length === 0) throw new RangeError("a trust policy needs a subject");
  const sub = `${providerName(source.issuer)}:sub`;
  const statements: Statement[] = [];
  if (exact.length > 0)
    statements.push(statement(source, { [sub]: oneOrMany(exact.map(escapeVariables)) }, {}));
  if (prefixes.length > 0) {
    const patterns = oneOrMany(prefixes.map((p) => `${escapePattern(p)}*`));
    const bounds = { StringLike: { [sub]: patterns }, StringNotLike: { [sub]: sortedGuard } };
    statements.push(statement(source, {}, bounds));
  }
  return new CanonicalDocument(statements);
}

type Block = Readonly<Record<string, OneOrMany>>;

const sortedGuard = oneOrMany(guard);

/**
 * One statement, its elements written in canonical order and the two statements of a policy too, since thousands of
 * roles would have them sorted over and over: a test compares with {@link canonicalDocument}.
 */
function statement(source: TrustSource, equals: Block, bounds: Readonly<Record<string, Block>>): Statement {
  const { audience, expires, sourceCidrs, identityProviderArn, issuer } = source;
  return {
    Effect: "Allow",
    Principal: { Federated: identityProviderArn },
    Action: assumeAction,
    Condition: {
      ...(expires === null ? {} : { DateLessThan: { "aws:CurrentTime": expires } }),
      ...(sourceCidrs.length === 0 ? {} : { IpAddress: { "aws:SourceIp": oneOrMany(sourceCidrs) } }),
      StringEquals: { [`${providerName(issuer)}:aud`]: audience, ...equals },
      ...bounds,
    },
  };
}

/**
 * Text as a value of StringEquals: IAM reads `${…}` as a variable there too, but takes `*` and `?` literally.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function escapeVariables(text: string): string {
  return text.replaceAll("$", "${$}");
}

/** Text as part of a value of StringLike, where `*`, `?` and `$` mean themselves only as `${*}`, `${?}` and `${$}`. */
export function escapePattern(text: string): string {
  return text.replace(/[*?$]/g, (c) => `\${${c}}`);
}
