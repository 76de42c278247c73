import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { meantUrl } from "../manifest";
import type { AccessModel, ScmHost, Snippet } from "../model/accessModel";
import { selectSnippet } from "../workspace/render/select";
import { parseRemoteUrl } from "../subject";
import { CommandError, unknownName } from "./commandError";

/** The snippet that is meant, and the repository that it is for. */
export interface ChosenSnippet {
  readonly snippet: Snippet;
  /** Canonical URL of the repository: below the snippet's own where that is an organization's. */
  readonly repository: string;
}

/** The snippet of a repository: of `repo`, as somebody pastes it, or of the `origin` of a folder. */
export function chooseSnippet(
  model: AccessModel,
  repo: string | undefined,
  installation: string | undefined,
  folder: string,
): ChosenSnippet {
  const names = model.installations.map(({ name }) => name);
  if (installation !== undefined && !names.includes(installation))
    throw unknownName("installation", installation, names);
  const repository = canonicalRepository(model, repo, folder);
  const selection = selectSnippet(model, repository, installation ?? null);
  if (selection.ok) return { snippet: selection.snippet, repository };
  const where = installation === undefined ? "" : ` on ${installation}`;
  if (selection.reason === "several") {
    throw new CommandError(
      `${repository} has a snippet on each of ${selection.installations.join(", ")}`,
      `choose one, e.g. --installation ${selection.installations[0] ?? ""}`,
    );
  }
  const near = selection.near === undefined ? "" : `; the nearest: ${selection.near}`;
  throw new CommandError(
    `the manifest has no entry for ${repository}${where}, nor for an organization above it${near}`,
    `${repo === undefined ? "write --repo for another repository, or " : ""}have it added to repos of the manifest, or look at the spelling`,
  );
}

/** The canonical URL of a repository. @throws CommandError - for what is none */
export function canonicalRepository(
  { hosts }: Pick<AccessModel, "hosts">,
  repo: string | undefined,
  folder = ".",
): string {
  const given = repo ?? origin(folder);
  const parsed = parseRemoteUrl(given, hosts);
  if (parsed.ok) return parsed.repository.url;
  // A remote may hold a password: it is not printed.
  const what = repo === undefined ? "the remote origin of this folder" : "--repo";
  throw new CommandError(
    `${what} is not the URL of a repository: ${parsed.problem}`,
    meantRepo(given, hosts) ??
      "write --repo https://github.com/acme/app, or the like; hosts of your own are declared under scmHosts",
  );
}

/** The remedy for a repository that is named in short, as `acme/app`; undefined where it cannot be told what was meant. */
export function meantRepo(text: string, hosts: readonly ScmHost[]): string | undefined {
  const url = meantUrl(text);
  const parsed = url === undefined ? null : parseRemoteUrl(url, hosts);
  return parsed?.ok === true ? `did you mean --repo ${parsed.repository.url}?` : undefined;
}

/** The canonical URL of a repository that is named or that the folder is in; null where neither is so. */
export function repositoryIfAny(model: AccessModel, repo: string | undefined, folder: string): string | null {
  if (repo !== undefined) return canonicalRepository(model, repo);
  const remote = remoteOrigin(folder);
  const parsed = remote === null ? null : parseRemoteUrl(remote, model.hosts);
  return parsed?.ok === true ? parsed.repository.url : null;
}

function origin(folder: string): string {
  const remote = remoteOrigin(folder);
  if (remote !== null) return remote;
  throw new CommandError(
    "this folder is in no git repository with a remote named origin",
    "write --repo with the repository's URL, or go to its folder",
  );
}

/** What git calls `origin` in a folder; null where there is no such thing, or no git. */
function remoteOrigin(folder: string): string | null {
  // A folder that is to be made belongs to the one that is there.
  if (!existsSync(folder)) return remoteOrigin(dirname(folder));
  try {
    return execFileSync("git", ["remote", "get-url", "origin"], {
      cwd: folder,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}
