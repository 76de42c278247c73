import type { Context, HostKind } from "../../src/model/accessModel";

/*
 * The forms of `sub` that a role is meant to admit, host by host, written out a second time: nothing here comes from
 * src/subject. `exact` are whole subjects; `prefixes` admit whatever begins with them and passes the guard.
 */

/** A repository; on Bitbucket Server the owner begins with `projects` or `users`, on Azure DevOps it ends in a project. */
export interface Repo {
  readonly kind: HostKind;
  readonly host: string;
  readonly owner: readonly string[];
  readonly name: string;
}

/** An organization, in the same words. */
export type Org = Omit<Repo, "name">;

export interface Forms {
  readonly exact: readonly string[];
  readonly prefixes: readonly string[];
}

/** The canonical URL of a repository. */
export function urlOf({ kind, host, owner, name }: Repo): string {
  const between = kind === "bitbucket-server" ? "/repos" : kind === "azure-devops" ? "/_git" : "";
  return `https://${host}/${owner.join("/")}${between}/${name}`;
}

/** The canonical URL of an organization. */
export function orgUrlOf({ host, owner }: Org): string {
  return `https://${host}/${owner.join("/")}`;
}

/** Where a host clones from: the claim `repository`. */
export function cloneOf(repo: Repo): string {
  if (repo.kind === "bitbucket-server") return `${scmUrl(repo)}/${repo.name}.git`;
  return repo.kind === "azure-devops" ? urlOf(repo) : `${urlOf(repo)}.git`;
}

/** Bitbucket Server's second family of URLs. */
export function scmUrl({ host, owner: [family, key = ""] }: Org): string {
  return `https://${host}/scm/${family === "users" ? `~${key}` : key.toLowerCase()}`;
}

/** Text with everything but these characters percent-encoded. */
function percentEncoded(text: string, kept: RegExp): string {
  const encoded = (c: string): string =>
    [...Buffer.from(c, "utf8")]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
      .join("");
  return Array.from(text, (c) => (kept.test(c) ? c : encoded(c))).join("");
}
const inPath = (branch: string): string => percentEncoded(branch, /[A-Za-z0-9\-_.!~*'();/:@&=+$,]/);
/** With slashes encoded, and as they are. */
const inQuery = (branch: string): readonly [encoded: string, plain: string] => [
  percentEncoded(branch, /[A-Za-z0-9\-_.!~*'()]/),
  percentEncoded(branch, /[A-Za-z0-9\-_.!~*'()/]/),
];

const whole = (...exact: string[]): Forms => ({ exact, prefixes: [] });
const below = (...prefixes: string[]): Forms => ({ exact: [], prefixes });
/** All of a repository: its own URLs, and any path, query and fragment of it, a query of its clone URL too. */
const everything = (U: string, clone: string, ...own: string[]): Forms => ({
  exact: [U, clone, ...own],
  prefixes: [`${U}/`, `${U}?`, `${U}#`, `${clone}?`],
});

/** The contexts that each kind of host has. */
export const contextsOfKind = {
  github: ["repository", "branches", "tags", "commits", "issues", "pull-requests", "all"],
  gitlab: ["repository", "branches", "commits", "issues", "pull-requests", "all"],
  bitbucket: ["repository", "branches", "tags", "commits", "issues", "pull-requests", "all"],
  "bitbucket-server": ["repository", "branches", "tags", "commits", "pull-requests", "all"],
  "azure-devops": ["repository", "branches", "tags", "commits", "pull-requests", "all"],
} as const satisfies Record<HostKind, readonly Context[]>;

/** What one context of a repository admits. */
function contextForms(repo: Repo, context: Context): Forms {
  switch (repo.kind) {
    case "github":
      return githubForms(urlOf(repo), context);
    case "gitlab":
      return gitlabForms(urlOf(repo), context);
    case "bitbucket":
      return bitbucketForms(urlOf(repo), context);
    case "bitbucket-server":
      return serverForms(urlOf(repo), `${scmUrl(repo)}/${repo.name}.git`, context);
    case "azure-devops":
      return azureForms(urlOf(repo), shortForms(repo), context);
  }
}

function githubForms(U: string, context: Context): Forms {
  if (typeof context === "object") return whole(`${U}/tree/${inPath(context.branch)}`);
  switch (context) {
    case "repository":
      return whole(U, `${U}.git`, `${U}/`);
    case "branches":
      return below(`${U}/tree/`);
    case "tags":
      return below(`${U}/releases/tag/`);
    case "commits":
      return below(`${U}/commit/`);
    case "issues":
      return below(`${U}/issues/`);
    case "pull-requests":
      return below(`${U}/pull/`);
    case "all":
      return everything(U, `${U}.git`, `${U}/`);
  }
}

function gitlabForms(U: string, context: Context): Forms {
  if (typeof context === "object") {
    const b = inPath(context.branch);
    return whole(
      ...["", "/-"].flatMap((dash) =>
        ["", "/", "?ref_type=heads"].map((end) => `${U}${dash}/tree/${b}${end}`),
      ),
    );
  }
  switch (context) {
    case "repository":
      return whole(U, `${U}.git`, `${U}/`);
    case "branches":
      return below(`${U}/-/tree/`, `${U}/tree/`);
    case "tags":
      return whole();
    case "commits":
      return below(`${U}/-/commit/`, `${U}/commit/`);
    case "issues":
      return below(`${U}/-/issues/`, `${U}/issues/`);
    case "pull-requests":
      return below(`${U}/-/merge_requests/`, `${U}/merge_requests/`);
    case "all":
      return everything(U, `${U}.git`, `${U}/`);
  }
}

function bitbucketForms(U: string, context: Context): Forms {
  if (typeof context === "object") {
    const b = inPath(context.branch);
    if (b.includes("/")) return whole(`${U}/branch/${b}`);
    return whole(`${U}/src/${b}`, `${U}/src/${b}/`, `${U}/branch/${b}`, `${U}/commits/branch/${b}`);
  }
  switch (context) {
    case "repository":
      return whole(U, `${U}.git`, `${U}/`);
    case "branches":
      return below(`${U}/src/`, `${U}/branch/`, `${U}/commits/branch/`);
    case "tags":
      return below(`${U}/commits/tag/`);
    case "commits":
      return below(`${U}/commits/`);
    case "issues":
      return below(`${U}/issues/`);
    case "pull-requests":
      return below(`${U}/pull-requests/`);
    case "all":
      return everything(U, `${U}.git`, `${U}/`);
  }
}

function serverForms(U: string, clone: string, context: Context): Forms {
  if (typeof context === "object") {
    const [encoded, plain] = inQuery(context.branch);
    return whole(
      `${U}/browse?at=refs%2Fheads%2F${encoded}`,
      ...[encoded, plain].map((b) => `${U}/browse?at=${b}`),
    );
  }
  switch (context) {
    case "repository":
      return whole(U, `${U}/`, `${U}/browse`, clone);
    case "branches":
      return below(`${U}/browse?at=`, `${U}/commits?until=`);
    case "tags":
      return below(`${U}/browse?at=refs%2Ftags%2F`, `${U}/browse?at=refs/tags/`);
    case "commits":
      return below(`${U}/commits/`);
    case "issues":
      return whole();
    case "pull-requests":
      return below(`${U}/pull-requests/`);
    case "all":
      return everything(U, clone, `${U}/`, `${U}/browse`);
  }
}

/** Azure DevOps opens these where project and repository have one name. */
function shortForms({ host, owner: [org = "", project = ""], name }: Repo): readonly string[] {
  if (project !== name) return [];
  return [`https://${host}/${org}/${project}`, `https://${host}/${org}/_git/${project}`];
}

function azureForms(U: string, short: readonly string[], context: Context): Forms {
  const [, withGit] = short;
  // The project's own URL is the repository's, and only whole; with _git it has a query, too.
  const pages = [U, ...(withGit === undefined ? [] : [withGit])];
  const versions = (kind: string): string[] =>
    pages.flatMap((page) => ["?", "?path=/&", "?path=%2F&"].map((query) => `${page}${query}version=${kind}`));
  if (typeof context === "object") {
    const [encoded, plain] = inQuery(context.branch);
    const queries = [
      ...[`?version=GB${encoded}`, `?version=GB${plain}`],
      ...[`?path=/&version=GB${plain}`, `?path=%2F&version=GB${encoded}`],
    ];
    return whole(...pages.flatMap((page) => queries.flatMap((q) => [page + q, `${page}${q}&_a=contents`])));
  }
  switch (context) {
    case "repository":
      return whole(U, `${U}/`, ...short);
    case "branches":
      return below(...versions("GB"));
    case "tags":
      return below(...versions("GT"));
    case "commits":
      return below(`${U}/commit/`);
    case "issues":
      return whole();
    case "pull-requests":
      return below(`${U}/pullrequest/`);
    case "all":
      return {
        exact: [U, `${U}/`, ...short],
        prefixes: [`${U}/`, ...[U, ...short].flatMap((page) => [`${page}?`, `${page}#`])],
      };
  }
}

/** What a repository's role with these contexts admits. */
export function repoForms(repo: Repo, contexts: readonly Context[]): Forms {
  const forms = contexts.map((context) => contextForms(repo, context));
  return { exact: forms.flatMap((f) => f.exact), prefixes: forms.flatMap((f) => f.prefixes) };
}

/** What an organization's role admits. */
export function orgForms(org: Org): Forms {
  const own = `${orgUrlOf(org)}/`;
  return below(own, ...(org.kind === "bitbucket-server" ? [`${scmUrl(org)}/`] : []));
}

/** What no pattern admits. */
export function isGuarded(subject: string): boolean {
  return ["..", "%2e", "%2E", "\t", "\n", "\r"].some((s) => subject.includes(s));
}

/** Do these forms admit the subject? */
export function formsAdmit({ exact, prefixes }: Forms, subject: string): boolean {
  return exact.includes(subject) || (!isGuarded(subject) && prefixes.some((p) => subject.startsWith(p)));
}
