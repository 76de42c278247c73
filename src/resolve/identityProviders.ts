import { below, quote } from "../diagnostics";
import type { IdentityProvider, Installation, Management } from "../model/accessModel";
import { issuersOf } from "../model/issuer";
import { identityProviderArn, providerName } from "../model/names";
import { fixedLimits } from "../model/quotas";
import { sortedEntries, type AccountSettings } from "./accounts";
import type { Problems } from "./problems";

/**
 * The identity providers of an account: one for each issuer, however many installations share it.
 * @param installations - those of which the account has a role
 */
export function identityProviders(
  account: AccountSettings,
  installations: readonly Installation[],
  problems: Problems,
): readonly IdentityProvider[] {
  const byIssuer = new Map<string, Installation[]>();
  for (const installation of installations)
    for (const { issuer } of issuersOf(installation))
      byIssuer.set(issuer, [...(byIssuer.get(issuer) ?? []), installation]);
  return [...byIssuer]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([issuer, sharing]) => {
      const [first] = sharing;
      if (!first) return [];
      const audiences = [...new Set(sharing.flatMap((i) => [i.audience, ...i.otherAudiences]))].sort();
      if (audiences.length > fixedLimits.audiencesPerProvider) {
        problems.add(
          "R08",
          below(first.origin, "audience"),
          `an identity provider takes ${fixedLimits.audiencesPerProvider} audiences, this one would have ${audiences.length}`,
          "let installations with one issuer share audiences",
        );
      }
      return [
        {
          issuer,
          providerName: providerName(issuer),
          arn: identityProviderArn(account.partition, account.id, issuer),
          audiences,
          management: managementHere(account, issuer, sharing, problems) ?? managementOf(issuer, sharing),
          tags: Object.fromEntries(sortedEntries(account.tags)),
        },
      ];
    });
}

/** What the installations say of an issuer's identity provider: they agree, see {@link checkManagements}. */
function managementOf(issuer: string, sharing: readonly Installation[]): Management {
  return sharing.map((i) => answerOf(i, issuer)).find((answer) => answer !== null) ?? "create";
}

/** What an installation says of the identity provider of one of its issuers; null where it leaves that to others. */
function answerOf(installation: Installation, issuer: string): Management | null {
  if (installation.issuer === issuer) return installation.identityProvider;
  return installation.formerIssuers.find((former) => former.issuer === issuer)?.identityProvider ?? null;
}

/** Installations that share an issuer must say the same of its identity provider. */
export function checkManagements(installations: Iterable<Installation>, problems: Problems): void {
  const answers = new Map<string, readonly [Installation, Management]>();
  for (const installation of installations)
    for (const { issuer } of issuersOf(installation)) {
      const answer = answerOf(installation, issuer);
      if (answer === null) continue;
      const [twin, before] = answers.get(issuer) ?? [installation, answer];
      if (before !== answer)
        problems.add(
          "R08",
          below(installation.origin, installation.issuer === issuer ? "identityProvider" : "formerIssuers"),
          `installations ${quote(twin.name)} and ${quote(installation.name)} share an issuer, and so one identity provider, ` +
            `but one says ${before} and the other ${answer}`,
          `write the same identityProvider for both; where one account differs, write identityProviders: { ${installation.name}: ${answer} } there`,
        );
      answers.set(issuer, [installation, answer]);
    }
}

/** What the account itself says of the identity provider that these installations have as that of their own issuer. */
function managementHere(
  { name, origin, managements }: AccountSettings,
  issuer: string,
  sharing: readonly Installation[],
  problems: Problems,
): Management | undefined {
  const [first, ...others] = sharing.filter((i) => i.issuer === issuer && managements[i.name] !== undefined);
  const other = others.find((i) => managements[i.name] !== managements[first?.name ?? ""]);
  if (first !== undefined && other !== undefined)
    problems.add(
      "R08",
      below(origin, "identityProviders", other.name),
      `installations ${quote(first.name)} and ${quote(other.name)} share one identity provider in account ${quote(name)}, but it has two answers for it`,
      "write the same for both, or name one of them alone",
    );
  return first === undefined ? undefined : managements[first.name];
}
