import type { SubjectSet } from "../model/accessModel";
import { providerName } from "../model/names";
import type { Condition, Statement, TrustPolicy } from "../model/policyDocument";
import { isGuarded, onaVersionOf } from "../subject";
import { oneOrMany, sortedDocument } from "./canonical";

/** The only action that a web identity needs; session tags and source identities need claims Gitpod does not send. */
export const assumeAction = "sts:AssumeRoleWithWebIdentity";

/**
 * What no subject may hold where a pattern admits it. Gitpod opens what the URL standard makes of the subject, but
 * presents it as typed: with dot segments, encoded or broken by characters that URL parsers drop, a URL below one
 * repository opens another.
 * @see https://url.spec.whatwg.org/#path-state
 */
export const guard: readonly string[] = Object.freeze(["*..*", "*%2e*", "*%2E*", "*\t*", "*\n*", "*\r*"]);

const guardValues = oneOrMany(guard);

/** What a role's trust in one issuer depends on. */
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
 * The trust policy that admits the subjects of these issuers, each by itself, and nobody else. IAM ORs statements, and ANDs what is
 * inside one. `aud` is required in each, and no operator is true for a missing key, but for the guard, which stands
 * beside a positive condition on the same key.
 * @throws RangeError - for an empty subject set: a role that nobody may assume is a mistake of ours
 */
export function trustPolicy(...sources: readonly [TrustSource, ...TrustSource[]]): TrustPolicy {
  return sortedDocument(sources.flatMap(statementsFor));
}

/** One statement for an issuer; two where the guard of the patterns would refuse an exact subject. */
function statementsFor(source: TrustSource): readonly Statement[] {
  const { exact, prefixes } = source.subjects;
  if (exact.length + prefixes.length === 0) throw new RangeError("a trust policy needs a subject");
  const provider = providerName(source.issuer);
  const [sub, aud] = [`${provider}:sub`, `${provider}:aud`];
  const { audience, expires, sourceCidrs, identityProviderArn } = source;
  const allow = (condition: Condition): Statement => ({
    Effect: "Allow",
    Principal: { Federated: identityProviderArn },
    Action: assumeAction,
    Condition: {
      ...(expires === null ? {} : { DateLessThan: { "aws:CurrentTime": expires } }),
      ...(sourceCidrs.length === 0 ? {} : { IpAddress: { "aws:SourceIp": oneOrMany(sourceCidrs) } }),
      ...condition,
    },
  });
  const equal = (): Statement =>
    allow({ StringEquals: { [aud]: audience, [sub]: oneOrMany(exact.map(escapeVariables)) } });
  const like = (texts: readonly string[]): Statement =>
    allow({
      StringEquals: { [aud]: audience },
      StringLike: {
        [sub]: oneOrMany([...texts.map(escapePattern), ...prefixes.map((p) => `${escapePattern(p)}*`)]),
      },
      // Subjects of Ona are no URLs, and their last fields may hold anything.
      ...(isUrl ? { StringNotLike: { [sub]: guardValues } } : {}),
    });
  const isUrl = prefixes.some((prefix) => onaVersionOf(prefix) === null);
  if (prefixes.length === 0) return [equal()];
  return isUrl && exact.some(isGuarded) ? [equal(), like([])] : [like(exact)];
}

/**
 * Text as a value of StringEquals: IAM reads `${…}` as a variable there too, but takes `*` and `?` literally.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
 */
export function escapeVariables(text: string): string {
  return text.includes("$") ? text.replaceAll("$", "${$}") : text;
}

/** Text as part of a value of StringLike, where `*`, `?` and `$` mean themselves only as `${*}`, `${?}` and `${$}`. */
export function escapePattern(text: string): string {
  return /[*?$]/.test(text) ? text.replace(/[*?$]/g, (c) => `\${${c}}`) : text;
}
