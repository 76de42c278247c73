import { fileRules } from "./fileRules";
import { permissionRules } from "./permissionRules";
import { providerRules } from "./providerRules";
import type { Rule } from "./rule";
import { snippetRules } from "./snippetRules";
import { trustRules } from "./trustRules";
import { waiverRules } from "./waiverRules";

/** All rules. Ids are public: never reused, never renamed. */
export const rules: readonly Rule[] = Object.freeze([
  ...trustRules,
  ...providerRules,
  ...permissionRules,
  ...snippetRules,
  ...fileRules,
  ...waiverRules,
]);
