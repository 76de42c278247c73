import { nearest, quote } from "../diagnostics";
import type { AccessModel, Installation } from "../model/accessModel";
import { issuerProblem } from "../model/issuer";
import type { Place } from "./source";

/**
 * What there is to say of a token whose issuer is none of the installations looked at: which comes near, and what to
 * write.
 * @param named - the only installation that was looked at. @default - all of them
 */
export function issuerRemedy(
  model: AccessModel,
  issuer: string,
  place: Place,
  named?: Installation,
): readonly string[] {
  const other = model.installations.find((i) => i.issuer === issuer);
  if (other && named) {
    return [
      `the token is not of ${named.name}: its issuer is that of ${other.name}`,
      `leave --installation out, or write --installation ${other.name}`,
    ];
  }
  const known = `no installation of the manifest has the issuer ${quote(issuer)}`;
  const near = nearInstallation(named ? [named] : model.installations, issuer);
  const problem = issuerProblem(issuer);
  if (problem !== null)
    return [
      `${known}, and AWS can trust none like it: it ${problem.problem}`,
      "get a new token with gp idp token",
    ];
  if (near === undefined) return [known, "if it is yours, declare it under installations"];
  return [
    `${known}; ${near.name} comes near, with ${quote(near.issuer)}`,
    `if the token's is yours to the letter, write issuer: ${issuer} at ${place(near.origin)}, in place of host: or issuer:`,
  ];
}

/** The installation whose issuer differs in `api.` or `services.` alone, or is nearest by its letters. */
function nearInstallation(all: readonly Installation[], issuer: string): Installation | undefined {
  const bare = (s: string) =>
    s
      .toLowerCase()
      .replace(/^https?:\/\/((api|services)\.)?/, "")
      .replace(/\/+$/, "");
  const word = nearest(
    issuer,
    all.map((i) => i.issuer),
  );
  return all.find((i) => bare(i.issuer) === bare(issuer)) ?? all.find((i) => i.issuer === word);
}
