import type { AccessModel, Snippet } from "../../model/accessModel";

/** The snippets that a repository needs, or the entries that come near. */
export type Selection =
  | { readonly ok: true; readonly snippet: Snippet }
  /** It has one on each of these installations. */
  | { readonly ok: false; readonly reason: "several"; readonly installations: readonly string[] }
  | { readonly ok: false; readonly reason: "none"; readonly near: readonly string[] };

/** Entries that are named where none fits. */
const mostNear = 3;

/**
 * The snippet of a repository: that of its own entry or, where it has none, of the organization that it belongs to,
 * the innermost first. Hosts do not tell letter case apart in names, so neither does this.
 * @param url - canonical URL of the repository
 * @param installation - the only one to look at; null: all
 */
export function selectSnippet(model: AccessModel, url: string, installation: string | null): Selection {
  const candidates = model.snippets.filter((s) => installation === null || s.installation === installation);
  const fitting = candidates.filter((s) => covers(s, url));
  const innermost = Math.max(...fitting.map((s) => s.url.length));
  const found = fitting.filter((s) => s.url.length === innermost);
  const own = found.filter((s) => s.kind === "repo");
  const chosen = own.length > 0 ? own : found;
  const [snippet] = chosen;
  if (snippet === undefined) return { ok: false, reason: "none", near: nearEntries(candidates, url) };
  if (chosen.length === 1) return { ok: true, snippet };
  return { ok: false, reason: "several", installations: chosen.map((s) => s.installation).sort() };
}

function covers(snippet: Snippet, url: string): boolean {
  const [entry, repository] = [snippet.url.toLowerCase(), url.toLowerCase()];
  return entry === repository || (snippet.kind === "org" && repository.startsWith(`${entry}/`));
}

/** Entries whose URL begins or ends like a repository's, the most alike first. */
function nearEntries(candidates: readonly Snippet[], url: string): readonly string[] {
  const wanted = url.toLowerCase();
  const origin = /^https:\/\/[^/]*\//.exec(wanted)?.[0].length ?? 0;
  const likeness = (entry: string) =>
    sharedStart(wanted, entry) + sharedStart(reversed(wanted), reversed(entry));
  return [...new Set(candidates.map((s) => s.url))]
    .map((entry) => ({ entry, likeness: likeness(entry.toLowerCase()) }))
    .filter((one) => one.likeness > origin)
    .sort((a, b) => b.likeness - a.likeness || (a.entry < b.entry ? -1 : 1))
    .slice(0, mostNear)
    .map((one) => one.entry);
}

/** How many characters two texts begin with together. */
function sharedStart(a: string, b: string): number {
  let n = 0;
  while (n < a.length && a[n] === b[n]) n += 1;
  return n;
}

function reversed(text: string): string {
  return text.split("").reverse().join("");
}
