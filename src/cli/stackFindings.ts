import { findingLine, together, type Origin, type RuleFinding } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { stacksOf, type Stack } from "../model/shards";
import type { StackFindings } from "../terraform/stack";

/**
 * What is said of each stack, by its name: warnings one by one, info as a count, as a synth says them on stderr.
 * Places are paths inside the manifest: where the file is does not reach the output.
 */
export function stackFindings(
  model: AccessModel,
  findings: readonly RuleFinding[],
): ReadonlyMap<string, StackFindings> {
  const stacks = model.accounts.flatMap(stacksOf);
  const places = rolesByPlace(stacks);
  const said = new Map<string, RuleFinding[]>(stacks.map(({ name }) => [name, []]));
  for (const finding of findings) {
    if (finding.accepted) continue;
    for (const [stack, roles] of places.get(placeOf(finding.origin)) ?? [])
      // An entry's roles may be in several stacks: a finding about one of them belongs to its own.
      if (finding.role === null || roles.size === 0 || roles.has(finding.role))
        said.get(stack)?.push(finding);
  }
  return new Map(
    [...said].map(([name, all]) => {
      const warnings = all.filter(({ severity }) => severity === "warning").map(findingLine);
      const count = together(all.filter(({ severity }) => severity === "info")).length;
      const info = count === 0 ? [] : [`${count} info: npx gitpod-aws-oidc check lists them`];
      return [name, { warnings, info }];
    }),
  );
}

/** The entry or account of a finding: the first two steps of its path. */
function placeOf({ file, path }: Origin): string {
  return JSON.stringify([file, ...path.slice(0, 2)]);
}

/** For each entry the stacks of its roles, with their names; for each account, without roles, its first stack. */
function rolesByPlace(
  stacks: readonly Stack[],
): ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>> {
  const places = new Map<string, Map<string, Set<string>>>();
  const rolesAt = (origin: Origin, stack: string): Set<string> => {
    const place = placeOf(origin);
    const byStack = places.get(place) ?? new Map<string, Set<string>>();
    const roles = byStack.get(stack) ?? new Set<string>();
    places.set(place, byStack.set(stack, roles));
    return roles;
  };
  for (const { name, shard, account } of stacks) {
    if (shard === 1) rolesAt(account.origin, name);
    for (const role of account.roles) rolesAt(role.entry.origin, name).add(role.name);
  }
  return places;
}
