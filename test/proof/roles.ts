import type { SubjectSet } from "../../src/model/accessModel";
import type { TrustPolicy } from "../../src/model/policyDocument";
import { evaluateTrust, trustPolicy, webIdentityContext } from "../../src/policy";
import { orgSubjects, parseEntryUrl, repoSubjects, scmHosts, type EntryUrl } from "../../src/subject";
import { naiveAdmits } from "../support/naive";
import { orgUrlOf, urlOf } from "./forms";
import { hostNames, kinds, type Target } from "./scenarios";

const providerName = "api.acme.gitpod.cloud/idp";
const federated = `arn:aws:iam::123456789012:oidc-provider/${providerName}`;
const audience = "sts.amazonaws.com";

/** Every host of the scenarios, as a manifest's `scmHosts` declares them. */
export const declaredHosts = scmHosts(
  Object.fromEntries(kinds.flatMap((kind) => hostNames[kind].map((name) => [name, kind] as const))),
);

/** The URL that a manifest has for this target, as the manifest reads it; null where it is refused. */
export function entryOf(target: Target): EntryUrl | null {
  const url = target.kind === "repo" ? urlOf(target.repo) : orgUrlOf(target.org);
  const result = parseEntryUrl(url, target.kind, declaredHosts);
  return result.ok ? result.entry : null;
}

/** The same without asking whether a manifest may have it. */
export function uncheckedEntryOf(target: Target): EntryUrl {
  const { kind, host } = target.kind === "repo" ? target.repo : target.org;
  const url = target.kind === "repo" ? urlOf(target.repo) : orgUrlOf(target.org);
  const base = `https://${host}`;
  return { url, kind, base, segments: url.slice(base.length + 1).split("/") };
}

/** The trust policy of a target's role, on an installation whose subjects are URLs. */
export function trustOf(target: Target, entry: EntryUrl): TrustPolicy {
  return trustFor(target.kind === "repo" ? repoSubjects(entry, target.contexts) : orgSubjects(entry));
}

/** The trust policy that admits these subjects. */
export function trustFor(subjects: SubjectSet): TrustPolicy {
  return trustPolicy({
    ...{ identityProviderArn: federated, issuer: `https://${providerName}`, audience, subjects },
    ...{ expires: null, sourceCidrs: [] },
  });
}

/** Does the policy admit a token with this subject? Two evaluators must agree. */
export function admits(policy: TrustPolicy, sub: string): boolean {
  const claims = { sub, aud: [audience], azp: audience };
  const context = webIdentityContext(providerName, claims, { now: "2026-06-01T12:00:00Z", sourceIp: null });
  const { allowed } = evaluateTrust(policy, { federated, context });
  // The naive one is given what the token says, not what webIdentityContext makes of it.
  const said = new Map([
    [`${providerName}:sub`, [sub]],
    [`${providerName}:aud`, [audience]],
  ]);
  if (naiveAdmits(policy, { federated, context: said }) !== allowed)
    throw new Error(`the evaluators disagree on ${JSON.stringify(sub)}`);
  return allowed;
}
