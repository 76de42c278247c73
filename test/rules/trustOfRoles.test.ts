import fc from "fast-check";
import type { HostKind, Role } from "../../src/model/accessModel";
import { emptyReference } from "../../src/policy";
import { checkRole } from "../../src/rules";
import { accessOfRole } from "../../src/rules/sources";
import { branchProblem, orgClaimSubjects, repoClaimSubjects } from "../../src/subject";
import { entryOf, trustFor, trustOf } from "../proof/roles";
import { hostNames, kinds, scenario } from "../proof/scenarios";
import { runs } from "../proof/settings";
import { testAccount, testModel, testRole } from "../support/model";
import { aboveInfo, bare } from "./trustFixture";

const isBranch = (branch: string, kind: HostKind): boolean => branchProblem(branch, kind) === null;
const hosts: Record<string, HostKind> = Object.fromEntries(
  kinds.flatMap((kind) => hostNames[kind].map((name) => [name, kind] as const)),
);
const severityOf = { error: 2, warning: 1, info: 0 } as const;

/** What the manifest's own rules say of a role, above info. */
function ofManifest(role: Role): ReadonlyMap<string, number> {
  const account = testAccount({ roles: [role] });
  const [installation] = testModel([account]).installations;
  if (!installation) throw new Error("no installation");
  const access = accessOfRole(role, account, { ...installation, openSignup: false });
  const around = { installations: [], accounts: [], hosts: [], identityProviders: [] };
  const found = checkRole(access, { ...around, reference: emptyReference }).map(
    ({ rule, severity }) => [rule, severityOf[severity]] as const,
  );
  return new Map(found.filter(([id, severity]) => id.startsWith("T") && severity > 0));
}

describe.each(kinds)("the trust policy of a role on %s, read as a document", (kind) => {
  it("has nothing above what the manifest says of the entry, whatever its names and contexts", () => {
    const seen = new Set<string>();
    let declared = 0;
    fc.assert(
      fc.property(
        scenario(kind, false, (b) => isBranch(b, kind)),
        ({ target }) => {
          const entry = entryOf(target);
          if (entry === null || /\.\.|%2e/i.test(entry.url)) return;
          declared += 1;
          const role = testRole("app", {
            entry: {
              ...testRole("app").entry,
              kind: target.kind,
              url: entry.url,
              hostKind: kind,
              contexts: target.kind === "repo" ? target.contexts : [],
            },
          });
          const allowed = ofManifest(role);
          for (const said of bare(trustOf(target, entry), { hosts, quotas: { trustPolicyLength: 1e6 } })) {
            if (said.severity === "info") continue;
            seen.add(said.rule);
            if (!allowed.has(said.rule))
              throw new Error(`${said.rule} ${said.message} ${JSON.stringify(trustOf(target, entry))}`);
          }
        },
      ),
      runs(30, 500),
    );
    expect(declared).toBeGreaterThan(20);
    // Both outcomes: wide roles are found wide, and nothing else is.
    expect([...seen].sort()).toEqual(["T54", "T58"]);
  });

  it("of claims is as quiet", () => {
    const keys = ["org_id", "repository"] as const;
    const list = { keys, organizationId: "0f0e0d0c-0b0a-4900-8807-060504030201" };
    fc.assert(
      fc.property(
        scenario(kind, false, (b) => isBranch(b, kind)),
        ({ target }) => {
          const entry = entryOf(target);
          if (entry === null || /\.\.|%2e/i.test(entry.url)) return;
          // Behind a project these begin what is inside of it: a document alone cannot tell that it is a group.
          if (/\/(tree|blob|commits?|issues|merge_requests)(\/|$)/.test(entry.url)) return;
          const subjects =
            target.kind === "repo" ? repoClaimSubjects(entry, list) : orgClaimSubjects(entry, list);
          if (subjects === null) throw new Error("no subjects");
          const found = aboveInfo(bare(trustFor(subjects), { hosts }));
          expect([JSON.stringify(subjects), found]).toEqual([
            JSON.stringify(subjects),
            target.kind === "org" ? ["T54"] : [],
          ]);
        },
      ),
      runs(8, 250),
    );
  });
});
