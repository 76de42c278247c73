import { isIP } from "node:net";
import { resemblesToken } from "../diagnostics";
import { isObject, own, readJson, type JsonObject } from "../documents/json";
import { refuse, type Refusal } from "../model/correction";
import type { Claims } from "../policy";

/** What a token, its claims or an event say of a login; null where they do not say it. */
export interface TokenFacts {
  readonly issuer: string;
  readonly claims: Claims;
  /** False for an event that does not say the audience: the token had one. */
  readonly audienceKnown: boolean;
  /** When the token ends and when it begins, in seconds since 1970. */
  readonly expires: number | null;
  readonly issued: number | null;
  /** IPv4 or IPv6 address of the caller. */
  readonly sourceIp: string | null;
  /** The moment of the login, ISO 8601. */
  readonly at: string | null;
  /** ARN of the role that was asked for. */
  readonly role: string | null;
  readonly event: EventPlace | null;
}

/** Which of the logins in a file an event is, and what AWS answered. */
export interface EventPlace {
  /** 1 for the first login of the file, which has so many. */
  readonly number: number;
  readonly count: number;
  /** AWS's code, e.g. `AccessDenied`; null where it let the login in. */
  readonly error: string | null;
}

/** Facts, or why there is no verdict. A refusal quotes nothing: the input may be a token. */
export type InputResult = { readonly ok: true; readonly facts: TokenFacts } | Refusal;

/** The logins that somebody passes: one, or as many as a file of events has, each with facts or a problem. */
export type LoginsResult = { readonly ok: true; readonly logins: readonly InputResult[] } | Refusal;

/** Nothing but issuer and claims. */
export function bareFacts(issuer: string, claims: Claims): TokenFacts {
  return {
    ...{ issuer, claims, audienceKnown: true, expires: null, issued: null },
    ...{ sourceIp: null, at: null, role: null, event: null },
  };
}

/** The longest token that AWS takes. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const longestToken = 20_000;

const fromWorkspace =
  "pipe it in: gp idp token --audience sts.amazonaws.com | npx gitpod-aws-oidc explain --token -; on Ona, ona idp token";

/**
 * Reads the claims of a JSON Web Token, without judging its signature.
 * @see https://www.rfc-editor.org/rfc/rfc7519
 */
export function readToken(token: string): InputResult {
  const text = token.trim();
  if (text === "") return refuse("there is no token", fromWorkspace);
  if (text.length > longestToken)
    return refuse(
      `the token has more than ${longestToken} characters, the most that AWS accepts`,
      fromWorkspace,
    );
  const parts = text.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part)))
    return refuse(
      "this is not a token: a token is three parts of base64url with dots between",
      fromWorkspace,
    );
  const [header, payload] = [part("header", parts[0]), part("payload", parts[1])];
  if (!header.ok) return header;
  if (!payload.ok) return payload;
  const alg = own(header.value, "alg");
  if (typeof alg !== "string" || !/^(RS|ES)(256|384|512)$/.test(alg))
    return refuse(
      "the token is not signed by an algorithm that AWS accepts: RS256 to RS512, ES256 to ES512",
      "get it from gp idp token: Gitpod signs with RS256",
    );
  if ((own(payload.value, "exp") ?? null) === null)
    return refuse("the token has no exp: AWS accepts none without an end", fromWorkspace);
  return readPayload(payload.value);
}

/** Reads claims as JSON: what gp prints, a token's payload, or CloudTrail's events, of which some are logins. */
export function readClaims(text: string): LoginsResult {
  const remedy =
    "pass what gp (or ona) idp token --audience sts.amazonaws.com --decode prints, or a CloudTrail event";
  if (resemblesToken(text.trim().slice(0, 100)) && !text.trimStart().startsWith("{"))
    return refuse("this is a token, not its claims", "pass it with --token -");
  const read = readObject("the claims", text, remedy);
  if (!read.ok) return read;
  const payload = own(read.value, "Payload") ?? own(read.value, "payload");
  if (isObject(payload)) return { ok: true, logins: [readPayload(payload)] };
  const events = findLogins(read.value);
  if (events === undefined) return { ok: true, logins: [readPayload(read.value)] };
  if (events.length === 0)
    return refuse("no event here is an AssumeRoleWithWebIdentity", "look for that event name in CloudTrail");
  return { ok: true, logins: events.map((event, i) => checked(readEvent(event, i + 1, events.length))) };
}

function readPayload(payload: JsonObject): InputResult {
  const claim = (name: string) => own(payload, name);
  const wrong = (name: string, problem: string) =>
    refuse(
      `the claim ${name} is ${claim(name) === undefined ? "missing" : problem}`,
      "pass the claims as gp idp token --audience sts.amazonaws.com --decode prints them",
    );
  const [iss, sub, aud, azp, email] = ["iss", "sub", "aud", "azp", "email"].map(claim);
  if (typeof iss !== "string") return wrong("iss", "not a string");
  if (sub !== undefined && typeof sub !== "string") return wrong("sub", "not a string");
  if (azp !== undefined && typeof azp !== "string") return wrong("azp", "not a string");
  if (aud !== undefined && typeof aud !== "string" && !isTexts(aud))
    return wrong("aud", "not a string, nor a list of strings");
  const [exp = null, iat = null] = [claim("exp"), claim("iat")];
  if (exp !== null && !isTime(exp)) return wrong("exp", "not a time in seconds");
  if (iat !== null && !isTime(iat)) return wrong("iat", "not a time in seconds");
  const claims: Claims = { sub, aud, azp, email: typeof email === "string" ? email : undefined };
  return checked({ ok: true, facts: { ...bareFacts(iss, claims), expires: exp, issued: iat } });
}

/** TAB, LF and CR may be part of a subject: URL parsers drop them. Nothing else below U+0020 ever is. */
function checked(result: InputResult): InputResult {
  if (!result.ok) return result;
  const { issuer, claims } = result.facts;
  const texts = [
    ["iss", issuer.replace(/[\t\n\r]/g, "\0")],
    ["sub", claims.sub?.replace(/[\t\n\r]/g, "") ?? ""],
    ["aud", [claims.aud ?? []].flat().join("")],
    ["azp", claims.azp ?? ""],
  ] as const;
  const bad = texts.find(([, text]) => /\p{Cc}/u.test(text) || !text.isWellFormed());
  return bad === undefined
    ? result
    : refuse(`the claim ${bad[0]} holds a control character`, "get a new token with gp idp token");
}

type ReadObject = { readonly ok: true; readonly value: JsonObject } | Refusal;

/** A JSON object that everybody reads alike. @param what - the text, for a message, which quotes none of its values */
function readObject(what: string, text: string, remedy: string): ReadObject {
  const { value, problems, locate } = readJson(text);
  const [first] = problems;
  if (first !== undefined) {
    const { line, column } = locate(first.path);
    return refuse(`${what}, line ${line}, column ${column}: ${first.message}`, remedy);
  }
  return isObject(value) ? { ok: true, value } : refuse(`${what} is not a JSON object`, remedy);
}

function part(name: string, encoded = ""): ReadObject {
  const what = `the token's ${name}`;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(encoded, "base64url"));
    return readObject(what, text, fromWorkspace);
  } catch {
    return refuse(`${what} is not UTF-8`, fromWorkspace);
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === "string");
}

/** Seconds since 1970 that a calendar knows. */
function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 && value < 253_402_300_800;
}

/**
 * The CloudTrail events of logins with a web identity in what somebody passes: an event alone, a log file with
 * `Records`, the output of `lookup-events`, whose events are JSON inside of JSON, or one of those. Undefined where it is
 * nothing of the kind.
 */
function findLogins(value: JsonObject): readonly unknown[] | undefined {
  const records = own(value, "Records") ?? own(value, "Events");
  const events = (Array.isArray(records) ? records : [value]).map(unwrapped);
  const names = events.map((event) => own(event, "eventName"));
  if (!Array.isArray(records) && names[0] === undefined) return undefined;
  return events.filter((_, i) => names[i] === "AssumeRoleWithWebIdentity");
}

function unwrapped(value: unknown): unknown {
  const inner = own(value, "CloudTrailEvent");
  return typeof inner === "string" ? readJson(inner).value : value;
}

/**
 * What an event of AssumeRoleWithWebIdentity says of its login. The audience stands only between provider and subject
 * in `principalId`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
function readEvent(event: unknown, number: number, count: number): InputResult {
  const text = (value: unknown) => (typeof value === "string" ? value : null);
  const identity = own(event, "userIdentity");
  const [provider, sub] = [text(own(identity, "identityProvider")), text(own(identity, "userName"))];
  if (provider === null || sub === null)
    return refuse(
      "the event does not say identity provider and subject",
      "pass the whole event of AssumeRoleWithWebIdentity",
    );
  const principal = text(own(identity, "principalId")) ?? "";
  const [before, after] = [`${provider}:`, `:${sub}`];
  const aud = principal.slice(before.length, -after.length);
  const audienceKnown = aud !== "" && principal === `${before}${aud}${after}`;
  const claims = audienceKnown ? { sub, aud } : { sub };
  const ip = text(own(event, "sourceIPAddress"));
  const at = text(own(event, "eventTime"));
  return {
    ok: true,
    facts: {
      ...bareFacts(`https://${provider.replace(/^arn:[^/]*:oidc-provider\//, "")}`, claims),
      audienceKnown,
      event: { number, count, error: text(own(event, "errorCode")) },
      sourceIp: ip !== null && isIP(ip) > 0 ? ip : null,
      at: at !== null && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : null,
      role: text(own(own(event, "requestParameters"), "roleArn")),
    },
  };
}
