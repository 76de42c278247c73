import { isMap, isNode, isSeq, type Node } from "yaml";
import { type ExistingFile, pairOf, sharedNode, startOf } from "./file";
import type { Task } from "./tasks";
import { type Edit, insertLines, lineStart, type Refusal, removeLines, restOfLine } from "./text";

/*
 * Tasks of Ona wait for ours by dependsOn. A comment in the line says which of it is ours, so that taking it out leaves
 * what somebody wrote alone.
 */

const mark = "# gitpod-aws-oidc waits";

/** A line that is ours as a whole, up to the mark, and one in which our name stands before others. */
const [whole, first] = [/^ *(?:dependsOn: \[([\w-]+)\]|- ([\w-]+)) $/, /\[([\w-]+), /];

function dependsOn(task: Node): unknown {
  return isMap(task) ? pairOf(task, "dependsOn")?.value : undefined;
}

/** The mark of a task, and its line up to there; null where it has none. Names of tasks cannot look like it. */
function markIn({ text }: Pick<ExistingFile, "text">, task: Node) {
  const list = dependsOn(task);
  const [from, , to] = (isNode(list) ? list.range : undefined) ?? [0, 0, 0];
  const found = text.slice(from, to).search(/# gitpod-aws-oidc waits\r?$/m);
  if (found === -1) return null;
  const [at, start] = [from + found, lineStart(text, from + found)];
  return { at, start, line: text.slice(start, at) };
}

/** What a task waits for because of us; null where it does not. */
export function dependency(file: ExistingFile, task: Node): string | null {
  const found = markIn(file, task);
  if (found === null) return null;
  const [, alone, item] = whole.exec(found.line) ?? [];
  return alone ?? item ?? first.exec(found.line)?.[1] ?? "";
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
export function addDependency(file: ExistingFile, task: Node, name: string): readonly (Edit | Refusal)[] {
  const { text } = file;
  const list = dependsOn(task);
  const refusal = (node: Node, why: string): Refusal => ({
    offset: startOf(node),
    message: `this task ${why}`,
    remedy: `add ${name} to its dependsOn by hand, or leave the task out of --await`,
  });
  const shared = sharedNode(file, task, "dependsOn");
  if (shared !== null) return [refusal(shared, "is shared by an anchor, alias or merge key")];
  const at = startOf(isNode(list) ? list : task);
  const before = text.slice(lineStart(text, at), at);
  const line = (entry: string) => [insertLines(file, at - before.length, [`${before}${entry} ${mark}`])];
  const isAlone = /^ *$/.test(before);
  if (list === undefined && isMap(task) && task.flow !== true && isAlone) return line(`dependsOn: [${name}]`);
  if (isSeq(list) && list.flow !== true && isAlone) return line(`- ${name}`);
  const end = isSeq(list) ? (list.range?.[1] ?? at) : at;
  const isOneLine = !text.slice(at, end).includes("\n") && restOfLine(text, end).trim() === "";
  if (!isSeq(list) || list.items.length === 0 || !isOneLine || !/^\[\S/.test(text.slice(at, end)))
    return [refusal(task, "is written so that nothing can be added to its dependsOn safely")];
  return [
    { from: at + 1, to: at + 1, text: `${name}, ` },
    { from: end, to: end, text: ` ${mark}` },
  ];
}

/** Takes out what {@link addDependency} put in. */
export function removeDependency(file: ExistingFile, task: Node): readonly (Edit | Refusal)[] {
  const { text } = file;
  const found = markIn(file, task);
  if (found === null) return [];
  const { at, start, line } = found;
  if (whole.test(line)) return [removeLines(text, start, at)];
  const place = first.exec(line);
  const [message, remedy] = [
    "this task waits because gitpod-aws-oidc made it wait, and its line was rewritten since",
    "take our task out of its dependsOn, and this comment, by hand",
  ];
  if (place === null) return [{ offset: at, message, remedy }];
  const from = start + place.index + 1;
  return [
    { from, to: from + (place[1] ?? "").length + 2, text: "" },
    { from: at - 1, to: at + mark.length, text: "" },
  ];
}
