import type { Place, StaticKey } from "../model/gitpodYml";
import { isKey, isSecretKey } from "./lintSecrets";
import type { SecretRange } from "./lintSecrets";
import type { LintTree } from "./lintTree";
import type { ShellParser } from "./shellParser";
import type { Budget } from "./shellReading";

/** A part of the file that was not judged, and why. */
export interface UnreadPart {
  readonly place: Place;
  /** Lower case, no final period; quotes nothing. */
  readonly message: string;
}

/** What the parts of the lint share while they read one file. */
export interface LintContext {
  readonly text: string;
  readonly tree: LintTree;
  readonly parser: ShellParser;
  readonly budget: Budget;
  readonly placeAt: (path: Place["path"], offset: number) => Place;
  readonly secrets: { readonly value: string; readonly range: SecretRange }[];
  readonly keys: StaticKey[];
  readonly unread: UnreadPart[];
}

const keyNames: ReadonlySet<string> = new Set(
  ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "ACCESS_KEY", "SECRET_KEY"].map((name) => `AWS_${name}`),
);

/** Notes a key of an AWS user, if the value is one: under one of its names, in whatever case. */
export function addKey(
  name: string,
  value: string,
  range: SecretRange,
  place: Place,
  { keys, secrets }: LintContext,
): void {
  const known = keyNames.has(name.toUpperCase()) && isKey(value);
  // Others have names of their own for it, such as TF_VAR_secret_key.
  const shaped = /secret_?(?:access_?)?key$/i.test(name) && isSecretKey(value) && isKey(value);
  if (!known && !shaped) return;
  keys.push({ what: name, place });
  secrets.push({ value, range });
}
