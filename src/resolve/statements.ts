import { below, nearest, quote } from "../diagnostics";
import type { WrittenStatement } from "../model/accessModel";
import { canonicalStatement, many, statementMistakes } from "../policy";
import type { Settings } from "./entries";
import type { Problems } from "./problems";

/** The raw statements of an entry, canonical; what IAM refuses in them is among the problems. */
export function resolveStatements(settings: Settings, problems: Problems): readonly WrittenStatement[] {
  const list = settings.get("statements");
  if (list === undefined) return [];
  const origin = settings.origin("statements");
  return list.map((statement, i) => {
    const place = below(origin, i);
    for (const { path, at, found, problem, remedy, words } of statementMistakes(statement)) {
      const near = nearest(found, words);
      const way = near === undefined ? remedy : `did you mean ${near}?`;
      problems.add("M04", below(place, ...path), `${quote(found)} ${problem}`, way, at);
    }
    return {
      statement: canonicalStatement(statement),
      origin: place,
      itemsOrigin: { Action: many(statement.Action), NotAction: many(statement.NotAction) },
    };
  });
}
