import { below, nearest } from "../diagnostics";
import type { WrittenStatement } from "../model/accessModel";
import { canonicalStatement, many, statementMistakes } from "../policy";
import type { Settings } from "./entries";
import { about } from "./problems";

/** The raw statements of an entry, canonical; what IAM refuses in them is among the problems. */
export function resolveStatements(settings: Settings): readonly WrittenStatement[] {
  const origin = settings.origin("statements");
  return (settings.get("statements") ?? []).map((statement, i) => {
    for (const { path, at, found, problem, remedy, words } of statementMistakes(statement)) {
      const near = nearest(found, words);
      const correction = { problem, remedy: near === undefined ? remedy : `did you mean ${near}?` };
      settings
        .place("statements")
        .below(i, ...path)
        .refuse("M04", { ...about(found, correction), at });
    }
    return {
      statement: canonicalStatement(statement),
      origin: below(origin, i),
      itemsOrigin: { Action: many(statement.Action), NotAction: many(statement.NotAction) },
    };
  });
}
