import type { Rule } from "../rule";
import { awsCliRules } from "./awsCli";
import { fileRules } from "./file";
import { loginRules } from "./logins";
import { prebuildRules } from "./prebuilds";
import { waitRules } from "./waits";
import { wordRules } from "./words";

/** Rules about a `.gitpod.yml`, by their ids. */
export const workspaceRules: readonly Rule[] = Object.freeze(
  [...prebuildRules, ...waitRules, ...wordRules, ...loginRules, ...awsCliRules, ...fileRules].sort((a, b) =>
    a.id < b.id ? -1 : 1,
  ),
);
