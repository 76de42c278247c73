import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/**
 * A unified diff, as `diff -u` and `git apply` know it; empty where nothing differs.
 * @param path - of the file, on one line
 * @param before - null: there is no file, and so for `after`
 */
export function unifiedDiff(path: string, before: string | null, after: string | null): string {
  if (before === after) return "";
  const name = path.replace(/^\/+/, "");
  const from = before === null ? "/dev/null" : `a/${name}`;
  const to = after === null ? "/dev/null" : `b/${name}`;
  const options = { context: 3, headerOptions: FILE_HEADERS_ONLY };
  return createTwoFilesPatch(from, to, before ?? "", after ?? "", undefined, undefined, options);
}
