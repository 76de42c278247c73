import type { ManifestDefaults, ParsedEntry } from "../manifest";
import { durationSeconds } from "../manifest";
import { isWithinCidrs } from "../policy";
import type { AccountSettings } from "./accounts";
import { below, type Problems } from "./problems";

/** What the main manifest says for an entry of an included file. */
interface Above {
  readonly defaults: ManifestDefaults;
  readonly accounts: readonly AccountSettings[];
}

interface Limit {
  /** Where the entry has it. */
  readonly path: readonly string[];
  readonly message: string;
  readonly remedy: string;
}

type Check = (own: ManifestDefaults, above: Above) => readonly Limit[];

/** A setting that an included file may narrow: what it widens, where it does. */
const checks: readonly Check[] = Object.freeze<Check[]>([
  ({ sourceCidrs = [] }, { defaults: { sourceCidrs: outer } }) =>
    outer === undefined || sourceCidrs.every((cidr) => isWithinCidrs(cidr, outer))
      ? []
      : [
          limit(
            "sourceCidrs",
            `the main manifest admits ${outer.join(", ")} alone`,
            "name some of these addresses",
          ),
        ],
  ({ expires }, { defaults: { expires: outer } }) =>
    expires === undefined || outer === undefined || expires <= outer
      ? []
      : [
          limit(
            "expires",
            `access ends on ${outer} by the main manifest`,
            "write that day or an earlier one",
          ),
        ],
  ({ sessionDuration }, { defaults: { sessionDuration: outer } }) =>
    sessionDuration === undefined ||
    outer === undefined ||
    durationSeconds(sessionDuration) <= durationSeconds(outer)
      ? []
      : [
          limit(
            "sessionDuration",
            `sessions last at most ${outer} by the main manifest`,
            `write ${outer} or less`,
          ),
        ],
  ({ exclusive }, { defaults, accounts }) =>
    exclusive === false && (defaults.exclusive ?? accounts.some((account) => account.exclusive))
      ? [
          limit(
            "exclusive",
            "the main manifest has policies removed that were attached by hand",
            "leave exclusive out",
          ),
        ]
      : [],
  ({ tags = {} }, { defaults, accounts }) =>
    Object.entries(tags).flatMap(([key, value]) => {
      const outer = [defaults.tags, ...accounts.map((account) => account.tags)].flatMap((t) =>
        t !== undefined && Object.hasOwn(t, key) && t[key] !== value ? [key] : [],
      );
      const message = "the main manifest sets this tag, on which policies may rely";
      return outer.length === 0
        ? []
        : [{ ...limit("tags", message, "choose another key"), path: ["tags", key] }];
    }),
]);

function limit(key: string, message: string, remedy: string): Limit {
  return { path: [key], message, remedy };
}

/** Included files are other teams': what the main manifest says to protect holds there too. */
export function checkIncluded(
  { value, origin, mainManifest }: ParsedEntry,
  above: Above,
  problems: Problems,
): void {
  if (mainManifest) return;
  for (const check of checks)
    for (const { path, message, remedy } of check(value, above))
      problems.add(
        "M08",
        below(origin, ...path),
        `an included file can narrow ${path[0] ?? ""}, not widen or replace it: ${message}`,
        `${remedy}, or move the entry to the main manifest`,
      );
}
