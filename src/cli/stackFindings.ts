import { findingLine, together, type Origin, type RuleFinding } from "../diagnostics";
import type { AccessModel } from "../model/accessModel";
import { stacksOf, type Stack } from "../model/shards";
import type { StackFindings } from "../terraform/stack";

/** What is said of each stack, by its name. Places are paths in the manifest: where that is reaches no output. */
export function stackFindings(
  model: AccessModel,
  findings: readonly RuleFinding[],
): ReadonlyMap<string, StackFindings> {
  const placed = findings.filter(({ accepted }) => !accepted).map((f) => [placeOf(f.origin), f] as const);
  return new Map(
    model.accounts.flatMap(stacksOf).map((stack) => {
      const places = rolesByPlace(stack);
      // An entry's roles may be in several stacks: a finding about one of them belongs to its own.
      const isOwn = (roles: ReadonlySet<string> | undefined, role: string | null) =>
        roles !== undefined && (role === null || roles.size === 0 || roles.has(role));
      const own = placed.flatMap(([place, f]) => (isOwn(places.get(place), f.role) ? [f] : []));
      const warnings = own.filter(({ severity }) => severity === "warning").map(findingLine);
      const count = together(own.filter(({ severity }) => severity === "info")).length;
      const info = count === 0 ? [] : [`${count} info: npx gitpod-aws-oidc check lists them`];
      return [stack.name, { warnings, info }];
    }),
  );
}

/** The entry or account of a finding: the first two steps of its path. */
function placeOf({ file, path }: Origin): string {
  return JSON.stringify([file, ...path.slice(0, 2)]);
}

/** The names of a stack's roles by their entries; its account, of which the first stack speaks, has none. */
function rolesByPlace({ shard, account }: Stack): ReadonlyMap<string, ReadonlySet<string>> {
  const places = new Map<string, Set<string>>(shard === 1 ? [[placeOf(account.origin), new Set()]] : []);
  for (const { entry, name } of account.roles) {
    const place = placeOf(entry.origin);
    places.set(place, (places.get(place) ?? new Set()).add(name));
  }
  return places;
}
