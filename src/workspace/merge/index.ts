export { unifiedDiff } from "./diff";
export { mergeSnippet, removeSnippet } from "./merge";
export { snippetTasks } from "./tasks";
export type { Refused } from "./text";
