import type { Rule } from "./rule";

/** Rules about files of existing access as such: the walker applies them. */
export const fileRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "E01",
    severity: "warning",
    title: "the file refers to something that it does not contain",
    why: "nobody has judged it, and it can be as wrong as what is shown is right; where nothing is shown, there is no verdict at all, and this is an error",
    remedy:
      "pass what shows it: a plan made after apply, terraform show -json of the state, or what the AWS CLI prints",
  },
]);
