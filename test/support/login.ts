import { placeIn } from "../../src/cli/explain";
import { bareFacts } from "../../src/explain/input";
import { explain, type ExplainReport, type Question, type RoleReport } from "../../src/explain/report";
import type { LoginAttempt } from "../../src/explain/verdict";
import { project } from "./project";

/** The issuer of `manifest` in support/project, by default. */
export const acmeIssuer = "https://api.acme.gitpod.cloud/idp";

/** The moment of every login here. */
export const now = "2026-06-01T12:00:00.000Z";
const seconds = Date.parse(now) / 1000;

/** The payload of a token of Gitpod's for a workspace, with claims replaced; undefined takes one out. */
export function payload(
  sub: unknown,
  replaced: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return {
    iss: acmeIssuer,
    sub,
    aud: ["sts.amazonaws.com"],
    azp: "sts.amazonaws.com",
    exp: seconds + 3600,
    iat: seconds,
    org_id: "0f7cbf6e-2f6b-4b0a-9c0f-3f2f3c1d9a55",
    email: "ada@example.com",
    ...replaced,
  };
}

/** A token with this payload, as object or as text, whose signature is `signatureText`. */
export function tokenOf(
  content: string | Readonly<Record<string, unknown>>,
  header: string | Readonly<Record<string, unknown>> = { alg: "RS256", kid: "id-1" },
): string {
  const part = (value: string | Readonly<Record<string, unknown>>) =>
    Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");
  return `${part(header)}.${part(content)}.${signatureText}`;
}

/** What no output may ever hold. */
export const signatureText = "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";

/** A login of a workspace opened on this, changed as wanted. */
export function attempt(sub: string, change: Partial<LoginAttempt> = {}): LoginAttempt {
  return {
    ...bareFacts(acmeIssuer, { sub, aud: ["sts.amazonaws.com"], azp: "sts.amazonaws.com" }),
    now,
    ...change,
  };
}

/** The report on a login by the manifest in a text. */
export function reportOn(text: string, login: LoginAttempt, question: Question = {}): ExplainReport {
  const loaded = project(text);
  if (!loaded.ok)
    throw new Error(loaded.diagnostics.map((d) => `${d.line}:${d.column} ${d.code} ${d.message}`).join("\n"));
  return explain(loaded.model, login, question, placeIn(loaded.locator));
}

/** The report on the only role of a manifest. */
export function onlyRole(text: string, login: LoginAttempt): RoleReport {
  const [role, ...others] = reportOn(text, login).roles;
  if (!role || others.length > 0)
    throw new Error(`expected one role, found ${others.length + (role ? 1 : 0)}`);
  return role;
}
