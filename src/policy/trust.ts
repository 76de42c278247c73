import { randomUUID } from "node:crypto";
import type { SubjectSet } from "../model/accessModel";
import { providerName } from "../model/names";
import type { OneOrMany, Statement, TrustPolicy } from "../model/policyDocument";
import { isSame, oneOrMany, WrittenDocument } from "./canonical";

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
  const frame = frameOf(source);
  const statements: string[] = [];
  if (exact.length > 0) statements.push(filled(frame.exact, exact.map(escapeVariables)));
  if (prefixes.length > 0)
    statements.push(
      filled(
        frame.pattern,
        prefixes.map((p) => `${escapePattern(p)}*`),
      ),
    );
  return new WrittenDocument(`{"Version":"2012-10-17","Statement":[${statements.join()}]}`);
}

const sortedGuard = oneOrMany(guard);

/**
 * A statement that admits the subjects. Its elements are written in canonical order and the two statements of a policy
 * too, since thousands of roles would have them sorted over and over: a test compares with {@link canonicalDocument}.
 */
function statement(source: TrustSource, kind: "exact" | "pattern", subjects: OneOrMany): Statement {
  const { audience, expires, sourceCidrs, identityProviderArn } = source;
  const provider = providerName(source.issuer);
  const [sub, aud] = [`${provider}:sub`, `${provider}:aud`];
  const Condition: Record<string, Readonly<Record<string, OneOrMany>>> = {};
  if (expires !== null) Condition["DateLessThan"] = { "aws:CurrentTime": expires };
  if (sourceCidrs.length > 0) Condition["IpAddress"] = { "aws:SourceIp": oneOrMany(sourceCidrs) };
  if (kind === "exact") Condition["StringEquals"] = { [aud]: audience, [sub]: subjects };
  else {
    Condition["StringEquals"] = { [aud]: audience };
    Condition["StringLike"] = { [sub]: subjects };
    Condition["StringNotLike"] = { [sub]: sortedGuard };
  }
  return { Effect: "Allow", Principal: { Federated: identityProviderArn }, Action: assumeAction, Condition };
}

/** What stands before and behind the subjects in a statement's JSON. */
interface Around {
  readonly before: string;
  readonly after: string;
}

/** Both statements without their subjects, and what else they depend on. */
interface Frame extends Pick<TrustSource, "issuer" | "audience" | "expires" | "sourceCidrs"> {
  readonly exact: Around;
  readonly pattern: Around;
}

function filled({ before, after }: Around, subjects: readonly string[]): string {
  return before + JSON.stringify(oneOrMany(subjects)) + after;
}

/** By the ARN of the identity provider. */
const frames = new Map<string, Frame[]>();
/** Identity providers whose frames are kept, and frames of each: roles of more kinds take turns. */
const mostFrames = Object.freeze({ providers: 1000, each: 20 });

/** Thousands of roles differ in nothing but their subjects. */
function frameOf(source: TrustSource): Frame {
  const { identityProviderArn, issuer, audience, expires, sourceCidrs } = source;
  let known = frames.get(identityProviderArn);
  if (known === undefined) {
    if (frames.size >= mostFrames.providers) frames.clear();
    frames.set(identityProviderArn, (known = []));
  }
  const found = known.find(
    (frame) =>
      frame.issuer === issuer &&
      frame.audience === audience &&
      frame.expires === expires &&
      isSame(frame.sourceCidrs, sourceCidrs),
  );
  if (found !== undefined) return found;
  const frame: Frame = {
    ...{ issuer, audience, expires, sourceCidrs: [...sourceCidrs] },
    exact: around(source, "exact"),
    pattern: around(source, "pattern"),
  };
  if (known.length >= mostFrames.each) known.shift();
  known.push(frame);
  return frame;
}

function around(source: TrustSource, kind: "exact" | "pattern"): Around {
  const subject = `subject ${randomUUID()}`;
  const [before = "", after = ""] = JSON.stringify(statement(source, kind, subject)).split(
    JSON.stringify(subject),
  );
  return { before, after };
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
