import { quote } from "../diagnostics";
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
  const issuers = new Set(installations.flatMap((i) => issuersOf(i).map(({ issuer }) => issuer)));
  return [...issuers].sort().map((issuer) => {
    const sharing = installations.filter((i) => issuersOf(i).some((own) => own.issuer === issuer));
    const audiences = [...new Set(sharing.flatMap((i) => [i.audience, ...i.otherAudiences]))].sort();
    const [first] = sharing;
    if (first !== undefined && audiences.length > fixedLimits.audiencesPerProvider)
      problems
        .at(first.origin)
        .below("audience")
        .refuse("R08", {
          problem: `an identity provider takes ${fixedLimits.audiencesPerProvider} audiences, this one would have ${audiences.length}`,
          remedy: "let installations with one issuer share audiences",
        });
    // Where several say something, they agree: see checkManagements.
    const answer = sharing.map((i) => answerOf(i, issuer)).find((said) => said !== null);
    return {
      ...{ issuer, audiences },
      providerName: providerName(issuer),
      arn: identityProviderArn(account.partition, account.id, issuer),
      management: managementHere(account, issuer, sharing, problems) ?? answer ?? "create",
      tags: Object.fromEntries(sortedEntries(account.tags)),
    };
  });
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
      const key = installation.issuer === issuer ? "identityProvider" : "formerIssuers";
      if (before !== answer)
        problems
          .at(installation.origin)
          .below(key)
          .refuse("R08", {
            problem: `installations ${quote(twin.name)} and ${quote(installation.name)} share an issuer, and so one identity provider, but one says ${before} and the other ${answer}`,
            remedy: `write the same identityProvider for both; where one account differs, write identityProviders: { ${installation.name}: ${answer} } there`,
          });
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
  if (first === undefined) return undefined;
  const other = others.find((i) => managements[i.name] !== managements[first.name]);
  if (other !== undefined)
    problems
      .at(origin)
      .below("identityProviders", other.name)
      .refuse("R08", {
        problem: `installations ${quote(first.name)} and ${quote(other.name)} share one identity provider in account ${quote(name)}, but it has two answers for it`,
        remedy: "write the same for both, or name one of them alone",
      });
  return managements[first.name];
}
