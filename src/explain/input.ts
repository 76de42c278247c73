import { isIP } from "node:net";
import type { Claims } from "../policy";
import { isObject, own, readJsonObject, type JsonObject } from "./json";

/** What a token, its claims or an event say of a login. */
export interface TokenFacts {
  readonly issuer: string;
  readonly claims: Claims;
  /** False for an event that does not say the audience: the token had one. */
  readonly audienceKnown: boolean;
  /** When the token ends, in seconds since 1970; null where it is not said. */
  readonly expires: number | null;
  /** When it begins, in seconds since 1970; null where it is not said. */
  readonly issued: number | null;
  /** IPv4 or IPv6 address of the caller; null where it is not said. */
  readonly sourceIp: string | null;
  /** The moment of the login, ISO 8601; null where it is not said. */
  readonly at: string | null;
  /** ARN of the role that was asked for; null where it is not said. */
  readonly role: string | null;
  /** Null where this is not read from CloudTrail. */
  readonly event: EventPlace | null;
}

/** Which of the logins in a file an event is, and what AWS answered. */
export interface EventPlace {
  /** 1 for the first login of the file. */
  readonly number: number;
  /** How many logins the file has. */
  readonly count: number;
  /** AWS's code, e.g. `AccessDenied`; null where it let the login in. */
  readonly error: string | null;
}

/** Why there is no verdict. Neither text quotes the input: it may be a token. */
export interface InputProblem {
  readonly problem: string;
  readonly remedy: string;
}

export type InputResult =
  { readonly ok: true; readonly facts: TokenFacts } | ({ readonly ok: false } & InputProblem);

/** The logins that somebody passes: one, or as many as a file of events has, each with facts or a problem. */
export type LoginsResult =
  | { readonly ok: true; readonly logins: readonly [InputResult, ...InputResult[]] }
  | ({ readonly ok: false } & InputProblem);

/** A result without facts. */
function refuse(problem: string, remedy: string): { readonly ok: false } & InputProblem {
  return { ok: false, problem, remedy };
}

/** Nothing but issuer and claims. */
export function bareFacts(issuer: string, claims: Claims): TokenFacts {
  return {
    ...{ issuer, claims, audienceKnown: true, expires: null, issued: null },
    ...{ sourceIp: null, at: null, role: null, event: null },
  };
}

/** The longest token that AWS takes. @see https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html */
const longestToken = 20_000;
/** Three months of logins, as `lookup-events` prints them, have less. */
const longestClaims = 16_777_216;

const fromWorkspace =
  "pipe it in: gp idp token --audience sts.amazonaws.com | gitpod-aws-oidc explain --token -";

/**
 * Reads the claims of a JSON Web Token, without judging its signature.
 * @see https://www.rfc-editor.org/rfc/rfc7519
 */
export function readToken(token: string): InputResult {
  const text = token.trim();
  if (text === "") return refuse("there is no token", fromWorkspace);
  if (text.length > longestToken) {
    return refuse(
      `the token has more than ${longestToken} characters, the most that AWS accepts`,
      fromWorkspace,
    );
  }
  const parts = text.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]*$/.test(part))) {
    return refuse(
      "this is not a token: a token is three parts of base64url with dots between",
      fromWorkspace,
    );
  }
  const [header, payload] = [decoded(parts[0]), decoded(parts[1])];
  if (!header.ok) return refuse(`the token's header ${header.problem}`, fromWorkspace);
  if (!payload.ok) return refuse(`the token's payload ${payload.problem}`, fromWorkspace);
  const alg = own(header.value, "alg");
  if (typeof alg !== "string" || !/^(RS|ES)(256|384|512)$/.test(alg)) {
    return refuse(
      "the token is not signed by an algorithm that AWS accepts: RS256 to RS512, ES256 to ES512",
      "get it from gp idp token: Gitpod signs with RS256",
    );
  }
  if (own(payload.value, "exp") === undefined)
    return refuse("the token has no exp: AWS accepts none without an end", fromWorkspace);
  return readPayload(payload.value);
}

/** True for text that begins as tokens do: it is kept out of every message. */
export function resemblesToken(text: string): boolean {
  return /eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/.test(text);
}

/** Text for a terminal or log, with anything that resembles a token taken out. */
export function withoutTokens(text: string): string {
  return text.replace(/eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*)?/g, "(a token)");
}

/**
 * Reads claims as JSON: what `gp idp token --decode` prints, a token's payload alone, or CloudTrail events, of which
 * every AssumeRoleWithWebIdentity is a login.
 */
export function readClaims(text: string): LoginsResult {
  const remedy = "pass what gp idp token --audience sts.amazonaws.com --decode prints, or a CloudTrail event";
  if (text.length > longestClaims)
    return refuse("the claims have more than 16 MiB", "pass one token's claims, or fewer events");
  if (resemblesToken(text.trim().slice(0, 100)) && !text.trimStart().startsWith("{"))
    return refuse("this is a token, not its claims", "pass it with --token -");
  const read = readJsonObject(text);
  if (!read.ok) return refuse(`what is passed as claims ${read.problem}`, remedy);
  const payload = own(read.value, "Payload") ?? own(read.value, "payload");
  const events = isObject(payload) ? undefined : findLogins(read.value);
  if (events === undefined)
    return { ok: true, logins: [readPayload(isObject(payload) ? payload : read.value)] };
  const [first, ...others] = events.map((event, i) => checked(readEvent(event, i + 1, events.length)));
  return first === undefined
    ? refuse("no event here is an AssumeRoleWithWebIdentity", "look for that event name in CloudTrail")
    : { ok: true, logins: [first, ...others] };
}

function readPayload(payload: JsonObject): InputResult {
  const [iss, sub, aud, azp, email, exp, iat] = ["iss", "sub", "aud", "azp", "email", "exp", "iat"].map(
    (key) => own(payload, key),
  );
  const remedy = "pass the claims as gp idp token --audience sts.amazonaws.com --decode prints them";
  if (typeof iss !== "string") return refuse(`the claim iss is ${wrong(iss)}`, remedy);
  if (sub !== undefined && typeof sub !== "string") return refuse(`the claim sub is ${wrong(sub)}`, remedy);
  if (azp !== undefined && typeof azp !== "string") return refuse(`the claim azp is ${wrong(azp)}`, remedy);
  if (aud !== undefined && typeof aud !== "string" && !isTexts(aud))
    return refuse(`the claim aud is ${wrong(aud)}, nor a list of strings`, remedy);
  for (const [name, time] of [["exp", exp] as const, ["iat", iat] as const])
    if (time !== undefined && !isTime(time))
      return refuse(`the claim ${name} is not a time in seconds`, remedy);
  return checked({
    ok: true,
    facts: {
      ...bareFacts(iss, {
        ...(sub === undefined ? {} : { sub }),
        ...(aud === undefined ? {} : { aud }),
        ...(azp === undefined ? {} : { azp }),
        ...(typeof email === "string" ? { email } : {}),
      }),
      expires: isTime(exp) ? exp : null,
      issued: isTime(iat) ? iat : null,
    },
  });
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

function wrong(value: unknown): string {
  return value === undefined ? "missing" : "not a string";
}

function decoded(part = ""): ReturnType<typeof readJsonObject> {
  try {
    return readJsonObject(new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(part, "base64url")));
  } catch {
    return { ok: false, problem: "is not UTF-8" };
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
function findLogins(value: JsonObject): readonly JsonObject[] | undefined {
  const records = own(value, "Records") ?? own(value, "Events");
  const list: readonly unknown[] = Array.isArray(records) ? records : [value];
  const events = list.map(unwrapped).filter(isEvent);
  if (events.length === 0 && !Array.isArray(records)) return undefined;
  return events.filter((event) => own(event, "eventName") === "AssumeRoleWithWebIdentity");
}

function unwrapped(value: unknown): unknown {
  const inner = isObject(value) ? own(value, "CloudTrailEvent") : undefined;
  if (typeof inner !== "string") return value;
  const read = readJsonObject(inner);
  return read.ok ? read.value : null;
}

function isEvent(value: unknown): value is JsonObject {
  return isObject(value) && own(value, "eventName") !== undefined;
}

/**
 * What an event of AssumeRoleWithWebIdentity says of its login. The audience stands only between provider and subject
 * in `principalId`.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
function readEvent(event: JsonObject, number: number, count: number): InputResult {
  const identity = own(event, "userIdentity");
  const provider = isObject(identity) ? own(identity, "identityProvider") : undefined;
  const sub = isObject(identity) ? own(identity, "userName") : undefined;
  if (!isObject(identity) || typeof provider !== "string" || typeof sub !== "string") {
    return refuse(
      "the event does not say identity provider and subject",
      "pass the whole event of AssumeRoleWithWebIdentity",
    );
  }
  const principal = own(identity, "principalId");
  const [before, after] = [`${provider}:`, `:${sub}`];
  const whole =
    typeof principal === "string" &&
    principal.startsWith(before) &&
    principal.endsWith(after) &&
    principal.length > before.length + after.length;
  const aud = whole ? principal.slice(before.length, -after.length) : undefined;
  const parameters = own(event, "requestParameters");
  const role = isObject(parameters) ? own(parameters, "roleArn") : undefined;
  const ip = own(event, "sourceIPAddress");
  const at = own(event, "eventTime");
  const error = own(event, "errorCode");
  return {
    ok: true,
    facts: {
      ...bareFacts(`https://${provider.replace(/^arn:[^/]*:oidc-provider\//, "")}`, {
        sub,
        ...(aud === undefined ? {} : { aud }),
      }),
      audienceKnown: aud !== undefined,
      event: { number, count, error: typeof error === "string" ? error : null },
      sourceIp: typeof ip === "string" && isIP(ip) > 0 ? ip : null,
      at: typeof at === "string" && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : null,
      role: typeof role === "string" ? role : null,
    },
  };
}
