import type { ManifestDefaults, ParsedEntry } from "../manifest";
import { durationSeconds } from "../manifest";
import { isWithinCidrs } from "../policy";
import type { AccountSettings } from "./accounts";
import type { ManifestPlace } from "./problems";

/** What the main manifest says for an entry of an included file. */
interface Above {
  readonly defaults: ManifestDefaults;
  readonly accounts: readonly AccountSettings[];
}

/** What of an included file's setting is wider than the main manifest says, and what to write. */
type Wider = readonly [path: readonly [string, ...string[]], problem: string, remedy: string];

function widened(own: ManifestDefaults, { defaults, accounts }: Above): readonly (Wider | false)[] {
  const { sourceCidrs, expires, sessionDuration } = defaults;
  const tags = [defaults.tags ?? {}, ...accounts.map((account) => account.tags)];
  return [
    sourceCidrs !== undefined &&
      !(own.sourceCidrs ?? []).every((cidr) => isWithinCidrs(cidr, sourceCidrs)) && [
        ["sourceCidrs"],
        `the main manifest admits ${sourceCidrs.join(", ")} alone`,
        "name some of these addresses",
      ],
    expires !== undefined &&
      (own.expires ?? "") > expires && [
        ["expires"],
        `access ends on ${expires} by the main manifest`,
        "write that day or an earlier one",
      ],
    sessionDuration !== undefined &&
      durationSeconds(own.sessionDuration ?? "") > durationSeconds(sessionDuration) && [
        ["sessionDuration"],
        `sessions last at most ${sessionDuration} by the main manifest`,
        `write ${sessionDuration} or less`,
      ],
    own.exclusive === false &&
      (defaults.exclusive ?? accounts.some((account) => account.exclusive)) && [
        ["exclusive"],
        "the main manifest has policies removed that were attached by hand",
        "leave exclusive out",
      ],
    ...Object.entries(own.tags ?? {}).map(
      ([key, value]): Wider | false =>
        tags.some((set) => Object.hasOwn(set, key) && set[key] !== value) && [
          ["tags", key],
          "the main manifest sets this tag, on which policies may rely",
          "choose another key",
        ],
    ),
  ];
}

/** Included files are other teams': what the main manifest says to protect holds there too. */
export function checkIncluded(
  { value, mainManifest }: ParsedEntry,
  above: Above,
  place: ManifestPlace,
): void {
  if (mainManifest) return;
  for (const wider of widened(value, above)) {
    if (wider === false) continue;
    const [path, problem, remedy] = wider;
    place.below(...path).refuse("M08", {
      problem: `an included file can narrow ${path[0]}, not widen or replace it: ${problem}`,
      remedy: `${remedy}, or move the entry to the main manifest`,
    });
  }
}
