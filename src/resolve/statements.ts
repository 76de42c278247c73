import { nearest, quote, type Origin } from "../diagnostics";
import type { WrittenStatement } from "../model/accessModel";
import type { Statement } from "../model/policyDocument";
import { canonicalStatement, many, statementMistakes, type StatementMistake } from "../policy";
import type { Settings } from "./entries";
import { none } from "./none";
import { below, type Problems } from "./problems";

/** A list of statements, read at one place. */
interface ReadStatements {
  readonly place: string;
  readonly written: readonly WrittenStatement[];
  readonly mistakes: readonly Mistake[];
}

type Mistake = StatementMistake & { readonly origin: Origin };

/** Thousands of entries have the list of `defaults`, which is one object: they share what it comes to. */
const readBefore = new WeakMap<object, ReadStatements>();

/** The raw statements of an entry, canonical; what IAM refuses in them is among the problems. */
export function resolveStatements(settings: Settings, problems: Problems): readonly WrittenStatement[] {
  const list = settings.get("statements");
  if (list === undefined) return none;
  const origin = settings.origin("statements");
  const place = JSON.stringify(origin);
  const before = readBefore.get(list);
  const read = before?.place === place ? before : readStatements(list, origin, place);
  readBefore.set(list, read);
  for (const { origin: at, path, at: part, found, problem, remedy, words } of read.mistakes) {
    const near = nearest(found, words);
    const way = near === undefined ? remedy : `did you mean ${near}?`;
    problems.add("M04", below(at, ...path), `${quote(found)} ${problem}`, way, part);
  }
  return read.written;
}

function readStatements(list: readonly Statement[], origin: Origin, place: string): ReadStatements {
  return {
    place,
    written: list.map((statement, i) => ({
      statement: canonicalStatement(statement),
      origin: below(origin, i),
      itemsOrigin: { Action: many(statement.Action), NotAction: many(statement.NotAction) },
    })),
    mistakes: list.flatMap((statement, i) =>
      statementMistakes(statement).map((mistake) => ({ ...mistake, origin: below(origin, i) })),
    ),
  };
}
