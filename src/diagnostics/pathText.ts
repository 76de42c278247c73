import type { Path } from "./diagnostic";
import { quote } from "./quote";

/** A path as a person writes it: `repos[0].grants[1].secret`, `scmHosts["git.acme.com"]`; the root is empty. */
export function pathText(path: Path): string {
  let text = "";
  for (const segment of path) {
    if (typeof segment === "number") text += `[${segment}]`;
    else if (/^[A-Za-z_][A-Za-z0-9_-]{0,79}$/.test(segment)) text += text === "" ? segment : `.${segment}`;
    else text += `[${quote(segment)}]`;
  }
  return text;
}
