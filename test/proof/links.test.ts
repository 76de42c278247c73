import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../src/model/accessModel";
import { branchProblem, contextsOf, parseEntryUrl, repoSubjects, scmHosts } from "../../src/subject";
import { read } from "../docs/markdown";
import { admits, trustFor } from "./roles";

/*
 * Ordinary links of five kinds of hosts, with what Gitpod's own parsers opened for each: wanted is that a role admits
 * what opens what it declares. Where it does not, a reason stands here.
 */

interface Link {
  readonly repo: string;
  readonly sub: string;
  /** E.g. `branch main path`: a file or folder on main. `ffff` is a commit of a fork, 57 a pull request of one. */
  readonly opens: string;
}

interface Pair extends Link {
  readonly context: Context;
  readonly wanted: boolean;
  readonly got: boolean;
  /** All contexts of the host that admit the link. */
  readonly admittedBy: readonly Context[];
}

const links = JSON.parse(readFileSync(join(__dirname, "../fixtures/links.json"), "utf8")) as readonly Link[];
const hosts = scmHosts({ "stash.acme.com": "bitbucket-server" });
const branches = ["main", "feature/x", "weird#1", "ünï", "a+b&c=d", "x;y"];
const azureName = "https://dev.azure.com/acme/shop/_git/web.git";

/** Code that somebody without a right to write to the repository may have written. */
const isFork = ({ opens }: Link): boolean => /^(commit ffff|PR 57 |branch refs\/pull\/)/.test(opens);
/** On Azure DevOps, `.git` is part of a name. */
const isElsewhere = ({ sub }: Link): boolean => sub === azureName;
const opensNothing = ({ opens }: Link): boolean => /^(NO WORKSPACE|nothing)/.test(opens);

/** Does the link open what the context declares? */
function isDeclared(context: Context, link: Link): boolean {
  const { opens } = link;
  if (isElsewhere(link) || opensNothing(link)) return false;
  if (typeof context === "object") return [context.branch, `${context.branch} path`].includes(opens.slice(7));
  switch (context) {
    case "all":
      return true;
    case "repository":
      return opens === "branch main";
    case "branches":
      return opens.startsWith("branch ") && !isFork(link);
    case "tags":
      return opens.startsWith("tag ");
    case "commits":
      return opens.startsWith("commit ");
    case "issues":
      return /^issue \d/.test(opens);
    case "pull-requests":
      return opens.startsWith("PR ");
  }
}

function pairsOf(repo: string): readonly Pair[] {
  const parsed = parseEntryUrl(repo, "repo", hosts);
  if (!parsed.ok) throw new Error(`${repo} is no repository`);
  const { entry } = parsed;
  const contexts: readonly Context[] = [
    ...contextsOf(entry.kind),
    ...branches.filter((b) => branchProblem(b, entry.kind) === null).map((branch) => ({ branch })),
  ];
  const roles = contexts.map((context) => ({ context, trust: trustFor(repoSubjects(entry, [context])) }));
  return links
    .filter((link) => link.repo === repo)
    .flatMap((link) => {
      const admittedBy = roles.filter(({ trust }) => admits(trust, link.sub)).map(({ context }) => context);
      return contexts.map((context) => ({
        ...{ ...link, context, admittedBy },
        ...{ wanted: isDeclared(context, link), got: admittedBy.includes(context) },
      }));
    });
}
const pairs = [...new Set(links.map(({ repo }) => repo))].flatMap(pairsOf);
const nameOf = ({ context, sub }: Pair): string =>
  `${typeof context === "object" ? `{branch: ${context.branch}}` : context} ${sub}`;

/** Why a link is refused that opens what the context declares: the first that is true. */
const reasons: readonly (readonly [reason: string, isReason: (pair: Pair) => boolean])[] = [
  ["it holds `..`: the guard refuses it for every role", ({ sub }) => sub.includes("..")],
  [
    "a short form of a repository named like its project",
    ({ sub }) =>
      /^https:\/\/dev\.azure\.com\/acme\/(shop|_git\/blog)[/?]/.test(sub) && !sub.includes("/shop/_git/"),
  ],
  ["the repository's own URL: `repository` admits it", ({ admittedBy }) => admittedBy.includes("repository")],
  [
    "the host shows it as something else: the context of that admits it",
    ({ admittedBy }) => admittedBy.some((c) => c !== "all"),
  ],
  [
    "the repository's own page with a query or fragment: `all` admits it",
    ({ repo, sub, admittedBy }) => admittedBy.includes("all") && /^[?#]/.test(sub.slice(repo.length)),
  ],
  [
    "another page of the host, for which Gitpod opens a branch: `all` admits it",
    ({ admittedBy }) => admittedBy.includes("all"),
  ],
];

/** Links that a context admits and that open something else. */
const others: Readonly<Record<string, readonly string[]>> = {
  "a fork's code by a link made for it: T71": [
    "branches https://github.com/acme/app/tree/ffffffffffffffffffffffffffffffffffffffff",
    "branches https://github.com/acme/app/tree/refs/pull/57/head",
    "tags https://github.com/acme/app/releases/tag/ffffffffffffffffffffffffffffffffffffffff",
    "issues https://github.com/acme/app/issues/57",
    "branches https://bitbucket.org/acme/app/src/ffffffffffffffffffffffffffffffffffffffff/",
  ],
  "another ref of the repository, which the link does not tell apart": [
    "branches https://github.com/acme/app/tree/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "branches https://github.com/acme/app/tree/v1",
    "tags https://github.com/acme/app/releases/tag/main",
    "branches https://gitlab.com/acme/app/-/tree/v1",
    "branches https://gitlab.com/acme/app/-/tree/v1?ref_type=tags",
    "branches https://bitbucket.org/acme/app/src/v1/",
    "branches https://stash.acme.com/projects/APP/repos/web/browse?at=refs%2Ftags%2Fv1",
    "branches https://stash.acme.com/projects/APP/repos/web/browse?at=v1",
    "branches https://stash.acme.com/projects/APP/repos/web/commits?until=refs%2Ftags%2Fv1",
  ],
  "commits are below what branches and tags are below, too": [
    "commits https://bitbucket.org/acme/app/commits/",
    "commits https://bitbucket.org/acme/app/commits/branch/feature/x",
    "commits https://bitbucket.org/acme/app/commits/branch/main",
    "commits https://bitbucket.org/acme/app/commits/tag/v1",
  ],
  "issues and pull requests are numbered together": ["pull-requests https://github.com/acme/app/pull/5"],
  "an issue whose number Gitpod does not read": ["issues https://gitlab.com/acme/app/-/issues/incident/5"],
  "the branch feature of the repository, where there is one": [
    "{branch: feature/x} https://github.com/acme/app/tree/feature/x",
  ],
};

const refused = pairs.filter(({ wanted, got }) => wanted && !got);
const admitted = pairs.filter((pair) => pair.got && !pair.wanted && !opensNothing(pair));

test("every link that opens the declared thing is admitted, or refused for a reason that is known", () => {
  const unexplained = refused.filter((pair) => !reasons.some(([, isReason]) => isReason(pair)));
  expect(unexplained.map(nameOf)).toEqual([]);
});

test("what a context admits besides is known by name", () => {
  expect(admitted.map(nameOf).sort()).toEqual(Object.values(others).flat().sort());
});

test("repository and a named branch admit no fork's code, and no context another repository", () => {
  const exact = pairs.filter(
    ({ context, got }) => got && (context === "repository" || typeof context === "object"),
  );
  expect(exact.length).toBeGreaterThan(50);
  expect(exact.filter((pair) => isFork(pair)).map(nameOf)).toEqual([]);
  expect(pairs.filter((pair) => pair.got && isElsewhere(pair)).map(nameOf)).toEqual([]);
  expect([links.some(isFork), links.some(isElsewhere)]).toEqual([true, true]);
});

test("docs/security.md has the figures", () => {
  const counts = reasons.map(([reason], i) => {
    const own = refused.filter((pair) => reasons.findIndex(([, isReason]) => isReason(pair)) === i);
    return `| ${reason} | ${own.length} |`;
  });
  const page = read("docs/security.md").replace(/\s+/g, " ");
  expect(counts.filter((row) => !page.includes(row))).toEqual([]);
  expect(page).toContain(
    `${links.length} ordinary links, ${pairs.length.toLocaleString("en")} pairs of a link and a context`,
  );
  expect(page).toContain(`${refused.length} of these pairs are refused`);
});
