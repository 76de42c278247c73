import { isIP } from "node:net";
import { bareFacts, refuse, type InputResult } from "./facts";
import { isObject, own, readJsonObject, type JsonObject } from "./json";

/**
 * The CloudTrail event of a login in what somebody passes: the event alone, a log file with `Records`, the output of
 * `lookup-events`, whose events are JSON inside of JSON, or one of those. Of several the first that AWS refused.
 * Undefined where it is nothing of the kind, null where no event is that of a login with a web identity.
 */
export function findEvent(value: JsonObject): JsonObject | null | undefined {
  const records = own(value, "Records") ?? own(value, "Events");
  const list: readonly unknown[] = Array.isArray(records) ? records : [value];
  const events = list.map(unwrapped).filter(isEvent);
  if (events.length === 0) return Array.isArray(records) ? null : undefined;
  const logins = events.filter((event) => own(event, "eventName") === "AssumeRoleWithWebIdentity");
  return logins.find((event) => own(event, "errorCode") !== undefined) ?? logins[0] ?? null;
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
export function readEvent(event: JsonObject): InputResult {
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
  return {
    ok: true,
    facts: {
      ...bareFacts(`https://${provider.replace(/^arn:[^/]*:oidc-provider\//, "")}`, {
        sub,
        ...(aud === undefined ? {} : { aud }),
      }),
      sourceIp: typeof ip === "string" && isIP(ip) > 0 ? ip : null,
      at: typeof at === "string" && !Number.isNaN(Date.parse(at)) ? new Date(at).toISOString() : null,
      role: typeof role === "string" ? role : null,
    },
  };
}
