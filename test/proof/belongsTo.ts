import type { Opened } from "../support/gitpodParsers";
import type { Target } from "./scenarios";

/** Is what was opened the role's? Judged by the target's names, not by any URL. */
export function belongsTo(target: Target, opened: Opened): boolean {
  const { kind, host, owner } = target.kind === "repo" ? target.repo : target.org;
  // GitLab answers without regard to letter case, and so does the table of its projects.
  const same = (a: string, b: string): boolean =>
    kind === "gitlab" ? a.toLowerCase() === b.toLowerCase() : a === b;
  const path = kind === "bitbucket-server" ? serverOwner(owner) : owner.join("/");
  if (opened.host !== host) return false;
  if (target.kind === "repo") return same(opened.owner, path) && same(opened.repo, target.repo.name);
  return same(opened.owner, path) || same(opened.owner.slice(0, path.length + 1), `${path}/`);
}

function serverOwner([family, key = ""]: readonly string[]): string {
  if (family === "users") return `users/${key}`;
  return key.startsWith("~") ? `users/${key.slice(1)}` : `projects/${key.toUpperCase()}`;
}
