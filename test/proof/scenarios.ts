import fc from "fast-check";
import type { Context, HostKind } from "../../src/model/accessModel";
import type { ParserHost } from "../support/gitpodParsers";
import {
  cloneOf,
  contextsOfKind,
  orgForms,
  orgUrlOf,
  repoForms,
  scmUrl,
  urlOf,
  type Org,
  type Repo,
} from "./forms";

/*
 * Roles with names of any kind, and subjects near theirs: forms of the same repository for other contexts, of its
 * neighbours, and all of these with something changed.
 */

/** The hosts that roles are on, by kind; some have a port or a path. */
export const hostNames: Readonly<Record<HostKind, readonly string[]>> = {
  github: ["github.com", "ghe.acme.com:8443", "10.0.0.1/github"],
  gitlab: ["gitlab.com", "gl.acme.com:8443", "10.0.0.1/gitlab"],
  bitbucket: ["bitbucket.org"],
  "bitbucket-server": ["stash.acme.com", "10.0.0.1/stash"],
  "azure-devops": ["dev.azure.com"],
};
export const kinds = Object.keys(hostNames) as readonly HostKind[];

/** Whose role it is. */
export type Target =
  | { readonly kind: "repo"; readonly repo: Repo; readonly contexts: readonly Context[] }
  | { readonly kind: "org"; readonly org: Org };

/** A role's target, and subjects near it. */
export interface Scenario {
  readonly target: Target;
  readonly subjects: readonly string[];
}

const plainLetters = [...Array.from("abcXY019-_.~$"), "%41", "app", "git"];
/** Those that no URL of a manifest may hold come last. */
const nastyLetters = [...plainLetters, ...Array.from("*?{}%#&=+@"), "${", "${*}", "%2e", "..", "é"];
const words = [
  ...["app", "web", "a", "tree", "issues", "projects", "users", "repos", "scm", "browse", "all.git.x"],
  ...["-x", "_git", "-", "App", "a.git", "git", "shop", "1"],
];

/** A name of an owner or repository; `nasty` ones hold what manifests refuse, too. */
const name = (nasty: boolean): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constantFrom(...words),
    fc
      .array(fc.constantFrom(...(nasty ? nastyLetters : plainLetters)), { minLength: 1, maxLength: 5 })
      .map((letters) => letters.join("")),
  );

function ownerOf(kind: HostKind, nasty: boolean): fc.Arbitrary<readonly string[]> {
  switch (kind) {
    case "github":
    case "bitbucket":
      return name(nasty).map((o) => [o]);
    case "gitlab":
      return fc.array(name(nasty), { minLength: 1, maxLength: 3 });
    case "bitbucket-server":
      return fc.tuple(fc.constantFrom("projects", "users"), name(nasty));
    case "azure-devops":
      return fc.tuple(name(nasty), name(nasty));
  }
}

const branch = fc.oneof(
  fc.constantFrom("main", "release/1.2", "fix#12", "x/${y}", "a&version=GBb", "größe", "a+b", "50%"),
  fc
    .array(fc.constantFrom(...Array.from("ab/-._$%&=+#{}é")), { minLength: 1, maxLength: 6 })
    .map((c) => c.join("")),
);

const repoOf = (kind: HostKind, nasty: boolean): fc.Arbitrary<Repo> =>
  fc
    .record({
      host: fc.constantFrom(...hostNames[kind]),
      owner: ownerOf(kind, nasty),
      name: name(nasty),
      twin: fc.boolean(),
    })
    // On Azure DevOps, a repository that is named like its project has forms of its own.
    .map(({ host, owner, name: own, twin }) => ({
      ...{ kind, host, owner },
      name: twin && kind === "azure-devops" ? (owner[1] ?? "") : own,
    }));

/** A role on this kind of host. `branches` must be names that git accepts. */
export function target(
  kind: HostKind,
  nasty: boolean,
  isBranch: (b: string) => boolean,
): fc.Arbitrary<Target> {
  const context: fc.Arbitrary<Context> = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<Context>(...contextsOfKind[kind]) },
    { weight: 1, arbitrary: branch.filter(isBranch).map((b) => ({ branch: b })) },
  );
  const contexts = fc.array(context, { minLength: 1, maxLength: 3 });
  return fc
    .record({ repo: repoOf(kind, nasty), contexts, org: fc.nat(3), depth: fc.boolean() })
    .map(({ repo, contexts: declared, org, depth }) => {
      if (org > 0) return { kind: "repo", repo, contexts: declared };
      const shallow = kind === "azure-devops" && depth;
      const owner = shallow ? repo.owner.slice(0, 1) : repo.owner;
      return { kind: "org", org: { kind, host: repo.host, owner } };
    });
}

/** What stands behind a prefix: ends of URLs, honest ones and others. */
const tails = [
  ...[
    "",
    "main",
    "1",
    "x/y",
    "0123456789abcdef",
    "a?x=1#y",
    "main&version=GBother",
    "x%2Fy",
    "v1.0",
    "-/tree/main",
  ],
  ...["../../evil/repo", "%2e%2e/%2E./evil/repo", ".\t./.\n./evil/repo", "..\\..\\evil\\repo", "./x"],
  ...[
    "..%2f..%2fevil%2frepo",
    "../../../../evil/x/repos/repo",
    "../../../evil/x/_git/repo",
    "//evil/repo",
    "\\evil",
  ],
];

const decoys: readonly ((repo: Repo) => Repo)[] = [
  (r) => ({ ...r, name: `${r.name}-evil` }),
  (r) => ({ ...r, name: `${r.name}.git` }),
  (r) => ({ ...r, name: `x${r.name}` }),
  (r) => ({ ...r, name: r.name.slice(0, -1) || "z" }),
  (r) => ({ ...r, name: r.name.toUpperCase() }),
  (r) => ({ ...r, name: `${r.name}/sub` }),
  (r) => ({ ...r, owner: [...r.owner.slice(0, -1), `${r.owner.at(-1) ?? ""}-evil`] }),
  (r) => ({ ...r, owner: [...r.owner.slice(0, -1), `x${r.owner.at(-1) ?? ""}`] }),
  (r) => ({ ...r, owner: [...r.owner.slice(0, -1), "evil"] }),
  (r) => ({ ...r, host: `${r.host}.evil.com` }),
  (r) => ({ ...r, host: hostNames[r.kind].find((h) => h !== r.host) ?? "other.example" }),
];

/** A repository of the role, for an organization one that it may not know. */
export function repoIn(of: Target): Repo {
  if (of.kind === "repo") return of.repo;
  const project = of.org.kind === "azure-devops" && of.org.owner.length === 1 ? ["shop"] : [];
  return { ...of.org, owner: [...of.org.owner, ...project], name: "app" };
}

/** Repositories that are not the role's, but nearly. */
export function neighbours(of: Target): readonly Repo[] {
  const own = repoIn(of);
  return decoys.map((decoy) => decoy(own));
}

/** The subjects to start from, own forms about as often as others'. */
function starts(of: Target): readonly string[] {
  const repo = repoIn(of);
  const formsOf = (r: Repo) =>
    repoForms(r, [...contextsOfKind[r.kind], { branch: "main" }, { branch: "x/${y}" }]);
  const own = of.kind === "repo" ? repoForms(repo, of.contexts) : orgForms(of.org);
  const any = formsOf(repo);
  const spread = (prefixes: readonly string[]) => prefixes.flatMap((p) => tails.map((t) => `${p}${t}`));
  const others = neighbours(of).flatMap((r) => [urlOf(r), cloneOf(r), `${urlOf(r)}/tree/main`]);
  const short = [orgUrlOf(repo), `${orgUrlOf(repo)}/x`, `${orgUrlOf(repo)}/_git/other`];
  const foreign = ["", "no-context", "snapshot/0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6a", "https://evil.com/"];
  const scm = repo.kind === "bitbucket-server" ? [`${scmUrl(repo)}/${repo.name}`] : [];
  const honest = [...own.exact, ...own.prefixes.flatMap((p) => tails.slice(0, 10).map((t) => `${p}${t}`))];
  const weight = Math.ceil(120 / honest.length);
  return [
    ...Array.from({ length: weight }, () => honest).flat(),
    ...spread(own.prefixes.slice(0, 2)),
    ...[...any.exact, ...any.prefixes.flatMap((p) => tails.slice(0, 4).map((t) => `${p}${t}`))],
    ...[...others, ...short, ...scm, ...foreign],
  ];
}

type Change = (s: string, at: number) => string;
const inserted =
  (text: string): Change =>
  (s, at) =>
    s.slice(0, at) + text + s.slice(at);
const appended =
  (text: string): Change =>
  (s) =>
    s + text;
const changes: readonly Change[] = [
  ...[".git", "/", "//", "-evil", "x", "?x=1", "#f", "/tree/main", " ", "%00"].map(appended),
  ...["/../../evil/repo", "/%2e%2e/%2E./evil/repo", "/.\t./.\n./evil/repo", "\\..\\..\\evil\\repo"].map(
    appended,
  ),
  ...["/..;/evil", "/.%2E/", "/./", "&version=GBother", "&at=other", "?version=GBother", "?at=other"].map(
    appended,
  ),
  ..."*?$/.%#\\\t\n\r\0xA".split("").map(inserted),
  ...["..", "%2e", "%2E", "${*}", "%2F", "/-/", "//"].map(inserted),
  (s, at) => s.slice(0, at) + s.slice(at + 1),
  (s, at) => s.slice(0, at) + s.slice(at, at + 1).toUpperCase() + s.slice(at + 1),
  (s, at) => s.slice(0, at) + s.slice(at, at + 1).toLowerCase() + s.slice(at + 1),
  (s) => s.replace("https://", "http://"),
  (s) => s.replace("https://", "HTTPS://"),
  (s) => s.replace("https://", "https://www."),
  (s) => s.replace("https://", "https://user@"),
  (s) => s.replace("https://", "https:\\\\"),
  (s) => s.replace("https://", "https://evil.com/"),
  (s) => s.replace("https://", "referrer:jetbrains-gateway:goland/https://"),
  (s) => s.replace("https://", ""),
  (s) => s.replace(/^(https:\/\/[^/]*)/, "$1:443"),
  (s) => s.replace(/^(https:\/\/[^/]*)/, "$1.evil.com"),
  (s) => s.replace(/^(https:\/\/[^/]*)/, "$1@evil.com"),
  (s) => s.slice(0, s.lastIndexOf("/")),
  (s) => s.toLowerCase(),
];

/** Roles of any kind on this kind of host, with subjects near each. */
export function scenario(
  kind: HostKind,
  nasty: boolean,
  isBranch: (b: string) => boolean,
): fc.Arbitrary<Scenario> {
  const attempt = fc.record({
    start: fc.nat(9_999),
    changes: fc.array(fc.tuple(fc.constantFrom(...changes), fc.nat(199)), { maxLength: 2 }),
  });
  return fc
    .tuple(target(kind, nasty, isBranch), fc.array(attempt, { minLength: 12, maxLength: 12 }))
    .map(([of, attempts]) => {
      const from = starts(of);
      const subjects = attempts.map(({ start, changes: made }) =>
        made.reduce(
          (subject, [change, at]) => change(subject, at % (subject.length + 1)),
          from[start % from.length] ?? "",
        ),
      );
      return { target: of, subjects };
    });
}

/**
 * The hosts as Gitpod knows them, with the projects that exist on GitLab: the role's own, its neighbours, some of
 * others. As on GitLab, a path is a project or a group, never both, and an organization of a manifest is a group.
 */
export function parserHosts(of: Target): readonly ParserHost[] {
  const pathOf = (r: Repo): string => [...r.owner, r.name].join("/").toLowerCase();
  const projects = new Set([pathOf(repoIn(of))]);
  const groups = of.kind === "org" ? [of.org.owner.join("/").toLowerCase()] : [];
  const collides = (path: string): boolean =>
    [...projects].some((p) => p.startsWith(`${path}/`) || path.startsWith(`${p}/`)) ||
    groups.some((g) => g === path || g.startsWith(`${path}/`));
  const other = (path: string): void => {
    if (!collides(path)) projects.add(path);
  };
  for (const repo of neighbours(of)) other(pathOf(repo));
  for (const path of ["evil/repo", "evil/x/repo", "evil/evil/repo", `${pathOf(repoIn(of))}-x/y`]) other(path);
  return kinds.flatMap((kind) =>
    hostNames[kind].map((host) => ({ name: host, kind, ...(kind === "gitlab" ? { projects } : {}) })),
  );
}
