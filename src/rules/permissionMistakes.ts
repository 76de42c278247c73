import { nearest, pathText, quote, type Origin } from "../diagnostics";
import { statementMistakes, type ReadDocument } from "../policy";
import { below, type Observation } from "./rule";

/** Something in a permission document that IAM refuses, or can never match. */
export interface PermissionMistake extends Observation {
  /** T08 where an ARN's account is none, else T01. */
  readonly rule: "T01" | "T08";
}

/**
 * The mistakes in the statements of a permission document that exists already. In a manifest, the same ones are
 * diagnostics.
 * @param origin - where the document begins
 */
export function permissionMistakes(
  { policy, paths }: ReadDocument,
  origin: Origin,
): readonly PermissionMistake[] {
  return policy.Statement.flatMap((statement, i) =>
    statementMistakes(statement).map(({ path, kind, found, problem, remedy, words }) => {
      const near = nearest(found, words);
      const place = [...(paths[i] ?? []), ...path];
      return {
        rule: kind === "account" ? ("T08" as const) : ("T01" as const),
        origin: below(origin, ...place),
        message: `${pathText(place)}: ${quote(found)} ${problem}`,
        remedy: near === undefined ? remedy : `did you mean ${near}?`,
      };
    }),
  );
}
