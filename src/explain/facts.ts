import type { Claims } from "../policy";

/** What a token, its claims or an event say of a login. */
export interface TokenFacts {
  readonly issuer: string;
  readonly claims: Claims;
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
}

/** Why there is no verdict. Neither text quotes the input: it may be a token. */
export interface InputProblem {
  readonly problem: string;
  readonly remedy: string;
}

export type InputResult =
  { readonly ok: true; readonly facts: TokenFacts } | ({ readonly ok: false } & InputProblem);

/** A result without facts. */
export function refuse(problem: string, remedy: string): InputResult {
  return { ok: false, problem, remedy };
}

/** Nothing but issuer and claims. */
export function bareFacts(issuer: string, claims: Claims): TokenFacts {
  return { issuer, claims, expires: null, issued: null, sourceIp: null, at: null, role: null };
}
