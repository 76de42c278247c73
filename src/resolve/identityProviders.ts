import { quote } from "../diagnostics";
import type { IdentityProvider, Installation, Management } from "../model/accessModel";
import { identityProviderArn } from "../model/names";
import { fixedLimits } from "../model/quotas";
import { sortedEntries, type AccountSettings } from "./accounts";
import { below, type Problems } from "./problems";

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
  for (const i of installations) byIssuer.set(i.issuer, [...(byIssuer.get(i.issuer) ?? []), i]);
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
          providerName: first.providerName,
          arn: identityProviderArn(account.partition, account.id, issuer),
          audiences,
          management: managementHere(account, sharing, problems) ?? first.identityProvider,
          tags: Object.fromEntries(sortedEntries(account.tags)),
        },
      ];
    });
}

/** What the account itself says of the identity provider that these installations share. */
function managementHere(
  { name, origin, managements }: AccountSettings,
  sharing: readonly Installation[],
  problems: Problems,
): Management | undefined {
  const [first, ...others] = sharing.filter((i) => managements[i.name] !== undefined);
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
