import type { StackFindings } from "../constructs";
import { pathText, printable, type Origin, type RuleFinding } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";

/**
 * What is said of each account, by its name: warnings one by one, info as a count, as a synth says them on stderr.
 * Places are paths inside the manifest: where the file is does not reach the output.
 */
export function stackFindings(
  model: AccessModel,
  findings: readonly RuleFinding[],
): ReadonlyMap<string, StackFindings> {
  const accounts = accountsByPlace(model);
  const warnings = new Map<string, string[]>(model.accounts.map(({ name }) => [name, []]));
  const infos = new Map<string, number>();
  for (const finding of findings) {
    if (finding.accepted) continue;
    for (const name of accounts.get(placeOf(finding.origin)) ?? []) {
      if (finding.severity === "warning") warnings.get(name)?.push(lineOf(finding));
      if (finding.severity === "info") infos.set(name, (infos.get(name) ?? 0) + 1);
    }
  }
  return new Map(
    model.accounts.map(({ name }) => {
      const count = infos.get(name) ?? 0;
      const info = count === 0 ? [] : [`${count} info: gitpod-aws-oidc check lists them`];
      return [name, { warnings: warnings.get(name) ?? [], info }];
    }),
  );
}

/** The accounts that an entry makes roles in, or that are written there themselves. */
function accountsByPlace({ accounts }: AccessModel): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>();
  for (const account of accounts)
    for (const { file, path } of [account.origin, ...account.roles.map(({ entry }) => entry.origin)]) {
      const key = placeOf({ file, path });
      places.set(key, (places.get(key) ?? new Set()).add(account.name));
    }
  return places;
}

/** A finding's entry or account: the first two steps of its path. */
function placeOf({ file, path }: Origin): string {
  return JSON.stringify([file, ...path.slice(0, 2)]);
}

function lineOf({ rule, origin, message, remedy }: RuleFinding): string {
  return printable(`${rule}: ${pathText(origin.path)}: ${message}; remedy: ${remedy}`);
}
