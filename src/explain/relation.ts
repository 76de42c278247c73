import type { Entry } from "../model/accessModel";

/**
 * What an entry has to do with a repository: it is the `same` or the organization of it, or would be but for the
 * `letters`' case, or is `other`.
 */
export type Relation = "same" | "letters" | "other";

/** @param url - canonical URL of a repository; null: none is known */
export function relationOf(entry: Entry, url: string | null): Relation {
  if (url === null) return "other";
  const covers = (a: string, b: string) => (entry.kind === "org" ? b.startsWith(`${a}/`) : a === b);
  if (covers(entry.url, url)) return "same";
  return covers(entry.url.toLowerCase(), url.toLowerCase()) ? "letters" : "other";
}
