import type { Rule } from "./rule";

/** Rules about IAM identity providers. */
export const providerRules: readonly Rule[] = Object.freeze<Rule[]>([]);
