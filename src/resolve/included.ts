import { below } from "../diagnostics";
import type { ManifestDefaults, ParsedEntry } from "../manifest";
import { durationSeconds } from "../manifest";
import { isWithinCidrs } from "../policy";
import type { AccountSettings } from "./accounts";
import type { Problems } from "./problems";

/** What the main manifest says for an entry of an included file. */
interface Above {
  readonly defaults: ManifestDefaults;
  readonly accounts: readonly AccountSettings[];
}

/** A setting that an included file may narrow: what of it is wider than the main manifest says, and what to write. */
type Check = (
  own: ManifestDefaults,
  above: Above,
) => readonly [path: readonly string[], message: string, remedy: string] | false;

const checks: readonly Check[] = Object.freeze<Check[]>([
  ({ sourceCidrs = [] }, { defaults: { sourceCidrs: outer } }) =>
    outer !== undefined &&
    !sourceCidrs.every((cidr) => isWithinCidrs(cidr, outer)) && [
      ["sourceCidrs"],
      `the main manifest admits ${outer.join(", ")} alone`,
      "name some of these addresses",
    ],
  ({ expires }, { defaults: { expires: outer } }) =>
    expires !== undefined &&
    outer !== undefined &&
    expires > outer && [
      ["expires"],
      `access ends on ${outer} by the main manifest`,
      "write that day or an earlier one",
    ],
  ({ sessionDuration }, { defaults: { sessionDuration: outer } }) =>
    sessionDuration !== undefined &&
    outer !== undefined &&
    durationSeconds(sessionDuration) > durationSeconds(outer) && [
      ["sessionDuration"],
      `sessions last at most ${outer} by the main manifest`,
      `write ${outer} or less`,
    ],
  ({ exclusive }, { defaults, accounts }) =>
    exclusive === false &&
    (defaults.exclusive ?? accounts.some((account) => account.exclusive)) && [
      ["exclusive"],
      "the main manifest has policies removed that were attached by hand",
      "leave exclusive out",
    ],
]);

/** A tag that the main manifest sets, and an included file otherwise. */
function otherTags({ tags = {} }: ManifestDefaults, { defaults, accounts }: Above): ReturnType<Check>[] {
  const outer = [defaults.tags ?? {}, ...accounts.map((account) => account.tags)];
  return Object.entries(tags).map(
    ([key, value]) =>
      outer.some((set) => Object.hasOwn(set, key) && set[key] !== value) && [
        ["tags", key],
        "the main manifest sets this tag, on which policies may rely",
        "choose another key",
      ],
  );
}

/** Included files are other teams': what the main manifest says to protect holds there too. */
export function checkIncluded(
  { value, origin, mainManifest }: ParsedEntry,
  above: Above,
  problems: Problems,
): void {
  if (mainManifest) return;
  for (const wider of [...checks.map((check) => check(value, above)), ...otherTags(value, above)]) {
    if (wider === false) continue;
    const [path, message, remedy] = wider;
    problems.add(
      "M08",
      below(origin, ...path),
      `an included file can narrow ${path[0] ?? ""}, not widen or replace it: ${message}`,
      `${remedy}, or move the entry to the main manifest`,
    );
  }
}
