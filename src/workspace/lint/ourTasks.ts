import type { OurTasks, Place } from "../../model/gitpodYml";
import { commentsOf, markersOf, tasksDigest } from "../merge/markers";
import { snippetTasks, tasksOf } from "../merge/tasks";
import type { TaskFile } from "./taskFile";
import type { YamlTree } from "./lintTree";

/** By what the tasks of a rendered snippet are known again in a file. @throws RangeError - as {@link snippetTasks} */
export function snippetDigest(rendered: string): string {
  return tasksDigest(snippetTasks(rendered));
}

/** The tasks that an earlier merge put into a file; null where there are none. */
export function ourTasks(
  { value }: TaskFile,
  {
    text,
    tree,
    placeAt,
  }: {
    readonly text: string;
    readonly tree: YamlTree;
    readonly placeAt: (path: Place["path"], offset: number) => Place;
  },
): OurTasks | null {
  if (!text.includes("gitpod-aws-oidc begin")) return null;
  const markers = markersOf(commentsOf(text));
  if (markers === null) return null;
  if (!("begin" in markers)) {
    const place = placeAt([], markers.offset);
    return { place, lastLine: place.line, digest: null };
  }
  const { begin, end, digest } = markers;
  const list = tree.get(tree.root, "tasks");
  const nodes = [...tree.items(list), ...tree.entries(list).map(([, task]) => task)];
  const { tasks } = (typeof value === "object" && value !== null ? value : {}) as { tasks?: unknown };
  const all = tasksOf(tasks);
  const inside = nodes.flatMap(({ node, path }) => {
    const [at, last] = [node.range?.[0] ?? 0, path.at(-1)];
    if (at < begin.offset || at > end.offset) return [];
    return [typeof last === "number" ? all[last] : all.find(({ key }) => key === last)];
  });
  return {
    place: placeAt([], begin.offset),
    lastLine: placeAt([], end.offset).line,
    digest: tasksDigest(inside) === digest ? digest : null,
  };
}
