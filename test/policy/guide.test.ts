import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { providerName } from "../../src/model/names";
import type { PolicyDocument } from "../../src/model/policyDocument";
import { evaluateTrust, webIdentityContext, type Claims } from "../../src/policy";
import { roleOf } from "../support/project";

/** One page of Gitpod's guide: its trust policy, our manifest for it, and subjects that both decide alike. */
interface GuideCase {
  readonly manifest: string;
  readonly issuer: string;
  readonly federated: string;
  /** The policy as the guide prints it (its missing comma put in); null where it prints a token only. */
  readonly policy: PolicyDocument | null;
  readonly alike: { readonly admitted: readonly string[]; readonly refused: readonly string[] };
  /** Where ours differs on purpose: admitted by the guide's policy, refused by ours, or the other way round. */
  readonly different: { readonly oursAdmits: readonly string[]; readonly oursRefuses: readonly string[] };
  readonly claims: readonly { readonly claims: Claims; readonly admitted: boolean }[];
}

const folder = join(__dirname, "..", "golden", "guide");
const cases = readdirSync(folder).map((name) => [name, join(folder, name)] as const);

describe.each(cases)("the guide's case %s", (_, path) => {
  const guide = JSON.parse(readFileSync(join(path, "case.json"), "utf8")) as GuideCase;
  const ours = roleOf(readFileSync(join(path, "manifest.yaml"), "utf8")).made.trustPolicy;
  const decide = (policy: PolicyDocument, claims: Claims) =>
    evaluateTrust(policy, {
      federated: guide.federated,
      context: webIdentityContext(providerName(guide.issuer), claims, {
        now: "2026-01-01T00:00:00Z",
        sourceIp: null,
      }),
    }).allowed;
  const token = (sub: string): Claims => ({ sub, aud: ["sts.amazonaws.com"], azp: "sts.amazonaws.com" });

  it.each(guide.alike.admitted)("admits %j, as the guide does", (sub) => {
    expect(decide(ours, token(sub))).toBe(true);
    if (guide.policy) expect(decide(guide.policy, token(sub))).toBe(true);
  });

  it.each(guide.alike.refused)("refuses %j, as the guide does", (sub) => {
    expect(decide(ours, token(sub))).toBe(false);
    if (guide.policy) expect(decide(guide.policy, token(sub))).toBe(false);
  });

  it("differs from the guide on purpose only", () => {
    for (const sub of guide.different.oursAdmits)
      expect([sub, decide(ours, token(sub))]).toEqual([sub, true]);
    for (const sub of guide.different.oursRefuses)
      expect([sub, decide(ours, token(sub))]).toEqual([sub, false]);
    if (!guide.policy) return;
    for (const sub of guide.different.oursAdmits)
      expect([sub, decide(guide.policy, token(sub))]).toEqual([sub, false]);
    for (const sub of guide.different.oursRefuses)
      expect([sub, decide(guide.policy, token(sub))]).toEqual([sub, true]);
  });

  it("decides on whole tokens", () => {
    for (const { claims, admitted } of guide.claims)
      expect([claims, decide(ours, claims)]).toEqual([claims, admitted]);
  });
});
