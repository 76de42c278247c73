import { nearest } from "../../diagnostics";
import type { AccessModel, Snippet } from "../../model/accessModel";

/** The snippet that a repository needs, or the entry that comes near. */
export type Selection =
  | { readonly ok: true; readonly snippet: Snippet }
  /** It has one on each of these installations. */
  | { readonly ok: false; readonly reason: "several"; readonly installations: readonly string[] }
  | { readonly ok: false; readonly reason: "none"; readonly near: string | undefined };

/**
 * The snippet of a repository: of its own entry or, where it has none, of the innermost organization above it. Hosts
 * do not tell letter case apart, so neither does this. @param installation - the only one to look at; null: all
 */
export function selectSnippet(model: AccessModel, url: string, installation: string | null): Selection {
  const candidates = model.snippets.filter((s) => installation === null || s.installation === installation);
  const fitting = candidates.filter((s) => covers(s, url));
  const innermost = Math.max(...fitting.map((s) => s.url.length));
  const found = fitting.filter((s) => s.url.length === innermost);
  const own = found.filter((s) => s.kind === "repo");
  const chosen = own.length > 0 ? own : found;
  const [snippet] = chosen;
  if (snippet === undefined) {
    const near = nearest(
      url,
      candidates.map((s) => s.url),
    );
    return { ok: false, reason: "none", near };
  }
  if (chosen.length === 1) return { ok: true, snippet };
  return { ok: false, reason: "several", installations: chosen.map((s) => s.installation).sort() };
}

function covers(snippet: Snippet, url: string): boolean {
  const [entry, repository] = [snippet.url.toLowerCase(), url.toLowerCase()];
  return entry === repository || (snippet.kind === "org" && repository.startsWith(`${entry}/`));
}
