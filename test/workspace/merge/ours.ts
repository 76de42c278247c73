import type { MergeOptions } from "../../../src/workspace/merge/merge";
import type { Task } from "../../../src/workspace/merge/tasks";

/** A task as short as one can be that has what ours have. */
export const ours: readonly Task[] = [
  {
    name: "aws",
    command: "# login\n__x() {\n  gp idp login aws --role-arn 'arn:aws:iam::123456789012:role/a'\n}\n\n__x\n",
  },
];

/** Another state of the manifest: two tasks, with everything that a task may have. */
export const changed: readonly Task[] = [
  { name: "aws", before: "a: b # c", init: "one\ntwo", command: " x\n\n", env: { A: "1", null: "yes" } },
  { name: "second \u202e", prebuild: "", command: "é\t\n", env: {}, openIn: "left", openMode: "tab-after" },
];

/** A merge where no task waits, changed as wanted. */
export function options(change: Partial<MergeOptions> = {}): MergeOptions {
  return {
    format: "gitpod.yml",
    awaits: "none",
    task: "aws",
    hasValues: true,
    logins: [{ roleArn: "arn:aws:iam::123456789012:role/a", profile: "default", secrets: ["db"] }],
    replace: false,
    ...change,
  };
}
