import { below, quote } from "../../diagnostics";
import type { ExistingIdentityProvider } from "../../model/existing";
import { issuerProblem, issuersOf } from "../../model/issuer";
import { parseArn, providerName } from "../../model/names";
import { fixedLimits } from "../../model/quotas";
import type { Surroundings } from "../judgedRole";
import { rulesOf, type Rule } from "../rule";
import { foreignIssuer } from "../trust/foreignIssuers";

type Provider = ExistingIdentityProvider;
type Judge = (provider: Provider, surroundings: Surroundings) => readonly string[];

/** Judges each provider by itself. @param path - from the provider to what is wrong */
const each =
  (judge: Judge, ...path: readonly string[]): NonNullable<Rule["providers"]> =>
  (providers, surroundings) =>
    providers.flatMap((provider) =>
      judge(provider, surroundings).map((problem) => ({
        message: `identity provider ${quote(provider.url)} ${problem}`,
        origin: below(provider.origin, ...path),
      })),
    );

/** Rules about IAM identity providers. */
export const providerRules: readonly Rule[] = rulesOf({
  P01: {
    severity: "error",
    title: "two identity providers with one URL in one account",
    remedy: "keep one of them, with the audiences of both",
    providers: (providers) => {
      const all = providers.map(({ arn, ...provider }) => ({
        ...{ ...provider, name: providerName(provider.url).toLowerCase() },
        account: arn === null ? undefined : parseArn(arn)?.account,
      }));
      // One whose account is not known may be in any.
      const isTwin = (one: (typeof all)[number], other: (typeof all)[number]): boolean =>
        one.name === other.name && (one.account ?? other.account) === (other.account ?? one.account);
      return all
        .filter((one, i) => all.slice(0, i).some((other) => isTwin(one, other)))
        .map(({ url, origin }) => ({
          message: `another identity provider has the URL ${quote(url)} too: IAM allows only one for each URL in an account`,
          origin,
        }));
    },
  },
  P02: {
    severity: "error",
    title: "an identity provider's URL that is not an issuer",
    why: "IAM refuses it, or no token's iss equals it, and every login is denied",
    remedy: "copy iss from gp idp token --audience sts.amazonaws.com --decode",
    providers: each(({ url }) => {
      const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) ? url : `https://${url}`;
      const problem = issuerProblem(whole);
      if (problem === null) return [];
      // Others than Gitpod issue in forms of their own, of which IAM refuses only these.
      const taken =
        /^https:\/\/[^/?#:@\s]+(\/[^?#\s]*)?$/.test(whole) && whole.length <= fixedLimits.issuerLength;
      return foreignIssuer(providerName(whole), []) && taken ? [] : [problem.problem];
    }, "url"),
  },
  P03: {
    severity: "error",
    title: "an empty or malformed list of thumbprints",
    why: "IAM refuses it, or trusts no certificate of the issuer",
    remedy: "leave the list out: IAM then trusts the well-known certificate authorities",
    providers: each(({ thumbprints }) => {
      if (thumbprints?.length === 0) return ["has an empty list of thumbprints"];
      const { length } = thumbprints ?? [];
      const max = fixedLimits.thumbprintsPerProvider;
      const wrong = thumbprints?.find((t) => !/^[0-9a-f]{40}$/i.test(t));
      return [
        ...(length > max ? [`has ${length} thumbprints; IAM takes ${max}`] : []),
        ...(wrong === undefined ? [] : [`has the thumbprint ${quote(wrong)}, which is not 40 hex digits`]),
      ];
    }, "thumbprints"),
  },
  P04: {
    severity: "error",
    title: "an audience that the identity provider does not register, or too many",
    why: "AWS refuses tokens for an audience that is not registered: every login is denied",
    remedy: "register the audiences that installations use, sts.amazonaws.com unless they have their own",
    providers: each(({ url, audiences: registered }, { installations }) => {
      const max = fixedLimits.audiencesPerProvider;
      const name = providerName(url);
      const used = installations.filter((i) => issuersOf(i).some((issuer) => issuer.providerName === name));
      const missing = [...new Set(used.map((i) => i.audience))].filter((a) => !registered.includes(a));
      if (missing.length === 0 && registered.length === 0)
        return ["registers no audience: every login is denied"];
      return [
        ...(registered.length > max ? [`has ${registered.length} audiences; IAM takes ${max}`] : []),
        ...(missing.length > 0
          ? [`does not register ${missing.map(quote).join(", ")}, which workspaces ask for`]
          : []),
      ];
    }, "audiences"),
  },
  P05: {
    severity: "info",
    title: "declared and unused",
    remedy: "remove it, or write the entries that need it",
    manifest: ({ installations, accounts }) =>
      installations
        .filter((i) => !accounts.some(({ roles }) => roles.some((role) => role.installation === i.name)))
        .map((i) => ({
          message: `no entry has a role on installation ${i.name}, and no account gets its identity provider`,
          origin: i.origin,
        })),
    providers: each(({ url }, { installations }) => {
      const name = providerName(url);
      if (installations.length === 0 || foreignIssuer(name) !== null) return [];
      return installations.flatMap(issuersOf).some((i) => i.providerName === name)
        ? []
        : [
            "belongs to no declared installation: a role of this account could trust whoever issues tokens there",
          ];
    }),
  },
});
