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
      const places = placesOf(stack);
      const ofAccount = stack.shard === 1 ? placeOf(stack.account.origin) : null;
      // An entry's roles may be in several stacks: a finding about one of them belongs to its own.
      const own = placed.flatMap(([place, f]) =>
        place === ofAccount || places.has(f.role === null ? place : `${place}\n${f.role}`) ? [f] : [],
      );
      const warnings = own.filter(({ severity }) => severity === "warning").map(findingLine);
      const count = together(own.filter(({ severity }) => severity === "info")).length;
      const info = count === 0 ? [] : [`${count} info: npx gitpod-aws-oidc check lists them`];
      return [stack.name, { warnings, info }];
    }),
  );
}

/** The entry or account of a finding: the first two steps of its path. */
function placeOf({ file, path }: Origin): string {
  return [file, path[0], path[1]].join("\n");
}

/** The entries of a stack's roles, and each with a role's name. */
function placesOf({ account }: Stack): ReadonlySet<string> {
  const places = new Set<string>();
  for (const { entry, name } of account.roles) {
    const place = placeOf(entry.origin);
    places.add(place).add(`${place}\n${name}`);
  }
  return places;
}
