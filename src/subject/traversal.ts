/** Spellings of a segment that leads one up, each with a character between segments, as URL parsers read them. */
const upward: readonly string[] = Object.freeze([
  ...["../", "..\\", "%2e%2e/", "%2E%2E/", ".%2e/", ".%2E/", "%2E./", "%2e./", ".\t./", ".\n./", ".\r./"],
]);

/**
 * What may stand behind the beginning of a subject so that Gitpod opens another repository than the one that it begins
 * with: enough steps up for any path, then another path, with an end that whatever follows does not change.
 * @see https://url.spec.whatwg.org/#path-state
 */
export function traversals(start: string): readonly string[] {
  return stepsUp(start, start.split("/").length).flatMap((up) => [`${up}other/path#`, `${up}other/path/`]);
}

/** Those of {@link traversals} that have exactly so many characters, where there is room for one. */
export function traversalsOfLength(start: string, length: number): readonly string[] {
  const path = start.replace(/^https:\/\/[^/]*\//, "");
  return stepsUp(start, path.split("/").length - 1)
    .map((up) => `${up}o/`)
    .filter((up) => up.length < length)
    .map((up) => up.padEnd(length, "r"));
}

function stepsUp(start: string, depth: number): readonly string[] {
  return upward.map((up) => (start.endsWith("/") ? "" : up.slice(-1)) + up.repeat(depth));
}

/** Does a subject open what is not below the folder that its beginning names? */
export function leavesPath(subject: string, start: string): boolean {
  const folder = start.slice(0, start.lastIndexOf("/") + 1);
  if (!URL.canParse(subject) || !URL.canParse(folder)) return false;
  return !new URL(subject).pathname.startsWith(new URL(folder).pathname);
}

/** Does a whole subject hold segments that lead up, or characters that URL parsers drop? */
export function isDisguised(subject: string): boolean {
  return /[\t\n\r]|[/\\](\.|%2e){1,2}([/\\?#]|$)/i.test(subject);
}

/**
 * What a URL parser makes of the beginning of a URL that holds dot segments, backslashes between segments, or characters
 * that it drops; null for one that it takes as it is written. The last segment goes on: only whole ones count.
 * @see https://url.spec.whatwg.org/#path-state
 */
export function opensElsewhere(start: string): string | null {
  if (!start.startsWith("https://") || !/[\t\n\r\\]|\/(\.|%2e){1,2}[/?#]/i.test(start)) return null;
  const beforeQuery = start.search(/[?#]/);
  const path = beforeQuery < 0 ? start : start.slice(0, beforeQuery);
  // A letter keeps the last segment from being a whole one.
  const whole = `${path}${beforeQuery < 0 ? "w" : ""}`;
  if (!URL.canParse(whole)) return null;
  const { href } = new URL(whole);
  const parsed = `${beforeQuery < 0 ? href.slice(0, -1) : href}${start.slice(path.length)}`;
  return parsed === start ? null : parsed;
}

/** Does a text hold what the guard of patterns refuses? */
export function isGuarded(text: string): boolean {
  return /\.\.|%2e|%2E|[\t\n\r]/.test(text);
}
