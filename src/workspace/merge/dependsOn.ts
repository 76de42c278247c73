import { isMap, isSeq, type Node } from "yaml";
import { type ExistingFile, pairOf, sharedNode, startOf } from "./file";
import type { Comment } from "./markers";
import type { Task } from "./tasks";
import {
  type Edit,
  insertLines,
  isBlankOrComment,
  lineStart,
  type Planned,
  refusal,
  removeLines,
  restOfLine,
} from "./text";

/*
 * Tasks of Ona wait for ours by dependsOn. A comment in the line says which of it is ours, so that taking it out leaves
 * what somebody wrote alone.
 */

const mark = "# gitpod-aws-oidc waits";

/** A line that is ours as a whole, up to the mark, and one in which our name stands before others. */
const [whole, first] = [/^ *(?:dependsOn: \[([\w-]+)\]|- ([\w-]+)) $/, /\[([\w-]+), /];

function markIn({ comments }: Pick<ExistingFile, "comments">, { range }: Node): Comment | undefined {
  const [from, , to] = range ?? [0, 0, 0];
  return comments.find(({ offset, source }) => source === mark && offset >= from && offset < to);
}

/** What a task waits for because of us; null where it does not. */
export function dependency(file: Pick<ExistingFile, "text" | "comments">, task: Node): string | null {
  const found = markIn(file, task);
  if (found === undefined) return null;
  const line = file.text.slice(lineStart(file.text, found.offset), found.offset);
  const [, alone, item] = whole.exec(line) ?? [];
  return alone ?? item ?? first.exec(line)?.[1] ?? "";
}

/** What a task waits for, whoever wrote that. */
export function dependenciesOf({ dependsOn }: Task): readonly unknown[] {
  return Array.isArray(dependsOn) ? dependsOn : [];
}

/** A task without one of the tasks that it waits for. */
export function withoutDependency({ dependsOn, ...task }: Task, name: string): Task {
  const left = dependenciesOf({ dependsOn }).filter((other) => other !== name);
  return left.length === 0 ? task : { ...task, dependsOn: left };
}

/** Makes a task wait, before what it waits for already. */
export function addDependency(file: ExistingFile, task: Node, name: string): Planned {
  const { text } = file;
  const list = isMap(task) ? pairOf(task, "dependsOn")?.value : undefined;
  const refused = (at: Node, why: string) =>
    refusal(
      text,
      startOf(at),
      `this task ${why}`,
      `add ${name} to its dependsOn by hand, or leave the task out of --await`,
    );
  const shared = sharedNode(file, task, "dependsOn");
  if (shared !== null) return refused(shared, "is shared by an anchor, alias or merge key");
  const at = startOf(list === undefined ? task : (list as Node));
  const before = text.slice(lineStart(text, at), at);
  if (list === undefined && isMap(task) && task.flow !== true && /^ *$/.test(before))
    return {
      ok: true,
      edits: [insertLines(file, at - before.length, [`${before}dependsOn: [${name}] ${mark}`])],
    };
  if (isSeq(list) && list.flow !== true && /^ *$/.test(before))
    return { ok: true, edits: [insertLines(file, at - before.length, [`${before}- ${name} ${mark}`])] };
  const end = isSeq(list) ? (list.range?.[1] ?? at) : at;
  const isOneLine = !text.slice(at, end).includes("\n") && restOfLine(text, end).trim() === "";
  if (!isSeq(list) || list.items.length === 0 || !isOneLine || !/^\[\S/.test(text.slice(at)))
    return refused(task, "is written so that nothing can be added to its dependsOn safely");
  const edits: readonly Edit[] = [
    { from: at + 1, to: at + 1, text: `${name}, ` },
    { from: end, to: end, text: ` ${mark}` },
  ];
  return { ok: true, edits };
}

/** Takes out what {@link addDependency} put in. */
export function removeDependency(file: ExistingFile, task: Node): Planned {
  const { text } = file;
  const found = markIn(file, task);
  if (found === undefined) return { ok: true, edits: [] };
  const start = lineStart(text, found.offset);
  const line = text.slice(start, found.offset);
  if (whole.test(line)) return { ok: true, edits: [removeLines(text, start, found.offset)] };
  const place = first.exec(line);
  if (place === null || !isBlankOrComment(restOfLine(text, found.offset)))
    return refusal(
      text,
      found.offset,
      "this task waits because gitpod-aws-oidc made it wait, and its line was rewritten since",
      "take our task out of its dependsOn, and this comment, by hand",
    );
  const from = start + place.index + 1;
  return {
    ok: true,
    edits: [
      { from, to: from + (place[1] ?? "").length + 2, text: "" },
      { from: found.offset - 1, to: found.offset + mark.length, text: "" },
    ],
  };
}
