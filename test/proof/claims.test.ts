import fc from "fast-check";
import type { ClaimKey, HostKind } from "../../src/model/accessModel";
import { orgClaimSubjects, repoClaimSubjects } from "../../src/subject";
import { gitpodOpens } from "../support/gitpodParsers";
import { belongsTo } from "./belongsTo";
import { cloneOf, isGuarded, orgUrlOf, repoForms, scmUrl, type Repo } from "./forms";
import { admits, entryOf, trustFor } from "./roles";
import { kinds, neighbours, parserHosts, repoIn, scenario, type Scenario, type Target } from "./scenarios";
import { runs } from "./settings";
import { Tally } from "./tally";

const own = "0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6a";
const organizations = [own, own, own, "0c9cd6bc-0ba4-4de4-8e1f-3d9d3a3d1f6b", own.toUpperCase(), ""];

/** The lists that a manifest may have. */
const lists: readonly (readonly ClaimKey[])[] = [
  ["repository"],
  ["context"],
  ["org_id", "repository"],
  ["repository", "org_id"],
  ["org_id", "context"],
  ["context", "org_id"],
  ["repository", "context"],
  ["context", "repository"],
  ["org_id", "repository", "context"],
  ["org_id", "context", "repository"],
  ["repository", "org_id", "context"],
  ["repository", "context", "org_id"],
  ["context", "org_id", "repository"],
  ["context", "repository", "org_id"],
];

/** A workspace: what the installation and the host say of it, and the URL that its user typed. */
interface Workspace {
  readonly org_id: string;
  /** The repository whose clone URL the host's API gave; null where there was none. */
  readonly repository: Repo | null;
  readonly context: string;
}

function subjectOf(keys: readonly ClaimKey[], workspace: Workspace): string {
  const { org_id, context } = workspace;
  const values = { org_id, context, repository: workspace.repository ? cloneOf(workspace.repository) : "" };
  return keys.map((key) => `${key}:${values[key]}`).join(":");
}

/** Is this another's workspace, as far as the list says anything about it? */
function isForeign(target: Target, keys: readonly ClaimKey[], workspace: Workspace): boolean {
  const { org_id, repository, context } = workspace;
  const opensAnothers = (url: string): boolean => {
    const opened = gitpodOpens(url, parserHosts(target));
    return opened !== null && !belongsTo(target, opened);
  };
  if (keys.includes("org_id") && org_id !== own) return true;
  if (keys.includes("repository") && (repository === null || opensAnothers(cloneOf(repository)))) return true;
  return keys.includes("context") && opensAnothers(context);
}

const joined = (keys: readonly ClaimKey[], values: Readonly<Record<ClaimKey, string>>): string =>
  keys.map((key) => `${key}:${values[key]}`).join(":");

/** What the role admits, written out a second time; null where it cannot be said. */
function expectedSubjects(target: Target, keys: readonly ClaimKey[]): ((sub: string) => boolean) | null {
  if (target.kind === "repo") {
    const contexts = repoForms(target.repo, ["repository"]).exact;
    const repository = cloneOf(target.repo);
    const exact = contexts.map((context) => joined(keys, { org_id: own, repository, context }));
    return (sub) => exact.includes(sub);
  }
  const list = keys.join();
  if (list !== "repository" && list !== "org_id,repository") return null;
  const base = target.org.kind === "bitbucket-server" ? scmUrl(target.org) : orgUrlOf(target.org);
  const prefix = joined(keys, { org_id: own, repository: `${base}/`, context: "" });
  return (sub) => sub.startsWith(prefix) && !isGuarded(sub);
}

const attempt = fc.record({
  org_id: fc.constantFrom(...organizations),
  repository: fc.constantFrom("own", "own", "own", "own", "neighbour", "none"),
  neighbour: fc.nat(99),
  context: fc.constantFrom("own", "own", "near", "injected"),
  form: fc.nat(99),
});
type Attempt = typeof attempt extends fc.Arbitrary<infer T> ? T : never;

function workspaceOf(target: Target, keys: readonly ClaimKey[], near: string, a: Attempt): Workspace {
  const repo = repoIn(target);
  const others = neighbours(target);
  const repository =
    a.repository === "own"
      ? repo
      : a.repository === "none"
        ? null
        : (others[a.neighbour % others.length] ?? null);
  const forms = repoForms(repo, ["repository"]).exact;
  const honest = forms[a.form % forms.length] ?? "";
  // Values are not escaped: a user may type what looks like further claims.
  const injected = `${honest}:${joined(keys, { org_id: own, repository: cloneOf(repo), context: honest })}`;
  return { org_id: a.org_id, repository, context: { own: honest, near, injected }[a.context] };
}

function claimScenario(
  kind: HostKind,
): fc.Arbitrary<readonly [Scenario, readonly ClaimKey[], readonly Attempt[]]> {
  const attempts = fc.array(attempt, { minLength: 12, maxLength: 12 });
  return fc.tuple(
    scenario(kind, false, () => true),
    fc.constantFrom(...lists),
    attempts,
  );
}

describe.each(kinds)("a role on %s, where subjects are lists of claims", (kind) => {
  it("admits the forms of its list and nothing else, and never another repository, organization or tenant", () => {
    const tally = new Tally();
    fc.assert(
      fc.property(claimScenario(kind), ([{ target, subjects }, keys, attempts]) => {
        const entry = entryOf(target);
        if (entry === null) return;
        const list = { keys, organizationId: keys.includes("org_id") ? own : null };
        const set = target.kind === "repo" ? repoClaimSubjects(entry, list) : orgClaimSubjects(entry, list);
        const expected = expectedSubjects(target, keys);
        if (set === null || expected === null) {
          expect([set, expected]).toEqual([null, null]);
          return;
        }
        const policy = trustFor(set);
        attempts.forEach((a, i) => {
          const workspace = workspaceOf(target, keys, subjects[i] ?? "", a);
          const sub = subjectOf(keys, workspace);
          const admitted = admits(policy, sub);
          const foreign = isForeign(target, keys, workspace);
          tally.count(admitted ? "admitted" : foreign ? "refused, another's" : "refused, its own");
          if (admitted !== expected(sub)) throw new Error(`${JSON.stringify(sub)}: ${String(admitted)}`);
          if (admitted && foreign) throw new Error(`${JSON.stringify(sub)} is another's`);
        });
        for (const sub of subjects)
          if (admits(policy, sub)) throw new Error(`${JSON.stringify(sub)} is no list`);
      }),
      runs(20, 1_500),
    );
    for (const outcome of ["admitted", "refused, another's"])
      expect([outcome, tally.share(outcome) > 0.02]).toEqual([outcome, true]);
  }, 300_000);
});
