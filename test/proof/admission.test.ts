import fc from "fast-check";
import type { HostKind } from "../../src/model/accessModel";
import { branchProblem } from "../../src/subject";
import { gitpodOpens, type Opened } from "../support/gitpodParsers";
import { belongsTo } from "./belongsTo";
import { formsAdmit, orgForms, repoForms } from "./forms";
import { admits, entryOf, trustOf, uncheckedEntryOf } from "./roles";
import { kinds, parserHosts, scenario, type Target } from "./scenarios";
import { runs } from "./settings";
import { Tally } from "./tally";

const isBranch = (branch: string, kind: HostKind): boolean => branchProblem(branch, kind) === null;

describe.each(kinds)("a role on %s", (kind) => {
  it("never admits a subject by which Gitpod opens what is not the role's", () => {
    const tally = new Tally();
    let declared = 0;
    fc.assert(
      fc.property(
        scenario(kind, false, (b) => isBranch(b, kind)),
        ({ target, subjects }) => {
          const entry = entryOf(target);
          if (entry === null) return;
          declared += 1;
          const policy = trustOf(target, entry);
          const hosts = parserHosts(target);
          for (const subject of subjects) {
            const opened = gitpodOpens(subject, hosts);
            const foreign = opened !== null && !belongsTo(target, opened);
            const admitted = admits(policy, subject);
            tally.count(
              admitted ? "admitted" : foreign ? "refused, another's" : "refused, its own or nothing",
            );
            if (admitted && foreign)
              throw new Error(`${JSON.stringify(subject)} opens ${JSON.stringify(opened)}`);
            if (admitted && target.kind === "repo") checkBranch(target, opened);
          }
        },
      ),
      runs(40, 1_500),
    );
    expect(declared).toBeGreaterThan(25);
    for (const outcome of ["admitted", "refused, another's", "refused, its own or nothing"])
      expect([outcome, tally.share(outcome) > 0.02]).toEqual([outcome, true]);
  }, 300_000);

  it("admits the forms of the table for its contexts, and nothing else, whatever its names", () => {
    const tally = new Tally();
    fc.assert(
      fc.property(
        fc.boolean().chain((nasty) => scenario(kind, nasty, (b) => isBranch(b, kind))),
        ({ target, subjects }) => {
          const policy = trustOf(target, entryOf(target) ?? uncheckedEntryOf(target));
          const forms =
            target.kind === "repo" ? repoForms(target.repo, target.contexts) : orgForms(target.org);
          const near = [
            ...subjects,
            ...forms.exact,
            ...forms.prefixes,
            ...forms.prefixes.map((p) => `${p}x`),
          ];
          for (const subject of near) {
            const expected = formsAdmit(forms, subject);
            tally.count(expected ? "admitted" : "refused");
            if (admits(policy, subject) !== expected)
              throw new Error(`${JSON.stringify(subject)} is ${expected ? "refused" : "admitted"}`);
          }
        },
      ),
      runs(40, 1_500),
    );
    for (const outcome of ["admitted", "refused"])
      expect([outcome, tally.share(outcome) > 0.02]).toEqual([outcome, true]);
  }, 300_000);
});

/** Where the query says the branch, a role for named branches opens these and no other. */
function checkBranch(target: Extract<Target, { kind: "repo" }>, opened: Opened | null): void {
  const named = target.contexts.flatMap((c) => (typeof c === "object" ? [c.branch] : []));
  const onlyNamed = named.length === target.contexts.length;
  const inQuery = target.repo.kind === "azure-devops" || target.repo.kind === "bitbucket-server";
  if (!onlyNamed || !inQuery || opened === null) return;
  if (!named.includes(opened.branch ?? ""))
    throw new Error(`opens branch ${JSON.stringify(opened.branch)}, declared are ${JSON.stringify(named)}`);
}
