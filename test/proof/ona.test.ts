import fc from "fast-check";
import type { OnaVersion } from "../../src/model/accessModel";
import { onaSubjects } from "../../src/subject";
import { admits, trustFor } from "./roles";
import { runs } from "./settings";
import { Tally } from "./tally";

/*
 * Tokens of Ona near those of a role: other organizations and projects, users, service accounts, runners, environments
 * without a project, appended fields whose values hold anything, and all of these with something changed.
 */

const organization = "a1b2c3d4-0000-4000-8000-000000000001";
const own = ["b1b2c3d4-0000-4000-8000-000000000002", "b1b2c3d4-0000-4000-8000-000000000003"];
const strangers = [
  ...["b1b2c3d4-0000-4000-8000-000000000004", "b1b2c3d4-0000-4000-8000-00000000000", "", "*"],
  ...own.map((id) => id.toUpperCase()),
  ...own.map((id) => `${id}0`),
];
const organizations = [
  ...Array.from({ length: 6 }, () => organization),
  `${organization}0`,
  organization.toUpperCase(),
];

interface Token {
  readonly version: OnaVersion;
  readonly organization: string;
  readonly bearer: "project" | "environment" | "user" | "service account" | "runner";
  readonly id: string;
  readonly environment: string;
  /** What the organization appends, in its order: version 3 alone. */
  readonly appended: readonly (readonly [field: string, value: string])[];
}

/** As the documentation writes the two versions; a user without more is in version 2 what a service account is. */
function subjectOf({ version, organization: org, bearer, id, environment, appended }: Token): string {
  if (version === "v2") {
    const ends = { project: `prj:${id}/env:${environment}`, environment: `env:${id}`, runner: `rnr:${id}` };
    return `org:${org}/${bearer === "user" || bearer === "service account" ? `user:${id}` : ends[bearer]}`;
  }
  const key = `${bearer.replace(" ", "_")}_id`;
  const fields = appended.map(([field, value]) => `:${field}:${value}`);
  return `organization_id:${org}:${key}:${id}${fields.join("")}`;
}

/** Values that users choose: some look like further fields, or like what the guard of URLs refuses. */
const value = fc.constantFrom(
  ...["", "ada@acme.com", "Ada: of project_id:", "..", "%2e%2e", "a\tb", "é", "*", "${aws:username}"],
  `organization_id:${organization}:project_id:${own[0] ?? ""}`,
  `:project_id:${own[0] ?? ""}:x`,
  `/prj:${own[0] ?? ""}/env:e`,
);
const field = fc.constantFrom("creator_email", "creator_name", "project_id", "environment_id", "context_url");
const token: fc.Arbitrary<Token> = fc.record({
  version: fc.constantFrom<OnaVersion>("v2", "v3"),
  organization: fc.constantFrom(...organizations),
  bearer: fc.constantFrom<Token["bearer"]>(
    ...Array.from({ length: 6 }, () => "project" as const),
    ...(["environment", "user", "service account", "runner"] as const),
  ),
  id: fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...own) },
    { weight: 1, arbitrary: fc.constantFrom(...strangers) },
    { weight: 1, arbitrary: value },
  ),
  environment: fc.constantFrom("e1e2e3e4-0000-4000-8000-000000000009", "e"),
  appended: fc.array(fc.tuple(field, value), { maxLength: 3 }),
});

/** Something changed in a subject: letters, separators, an end of its own. */
const change = fc.constantFrom<(subject: string) => string>(
  ...[
    ...Array.from({ length: 16 }, () => (s: string) => s),
    (s: string) => s.toUpperCase(),
    (s: string) => s.slice(0, -1),
    (s: string) => s.replace("project_id", "projectid"),
    (s: string) => s.replaceAll(":", "/"),
    (s: string) => ` ${s}`,
    (s: string) => `repository:${s}`,
    (s: string) => s.replace("/env:", "/user:"),
  ],
);

describe.each<readonly OnaVersion[]>([["v3"], ["v2"], ["v2", "v3"]])("a role on Ona, %s", (...versions) => {
  it.each([[own.slice(0, 1)], [own]])(
    "admits every environment of its projects %j, and nobody else",
    (projects) => {
      const policy = trustFor(onaSubjects(organization, projects, versions));
      expect(JSON.stringify(policy)).not.toContain("StringNotLike");
      const tally = new Tally();
      fc.assert(
        fc.property(token, change, (drawn, altered) => {
          const written = subjectOf(drawn);
          const sub = altered(written);
          const isOwn =
            drawn.organization === organization && drawn.bearer === "project" && projects.includes(drawn.id);
          const admitted = admits(policy, sub);
          tally.count(admitted ? "admitted" : "refused");
          if (sub === written && admitted !== (isOwn && versions.includes(drawn.version)))
            throw new Error(`${JSON.stringify(sub)}: ${String(admitted)}`);
          // Whatever else a text is, it begins by naming the organization and the project.
          const begins = projects.some((project) =>
            [
              `organization_id:${organization}:project_id:${project}`,
              `org:${organization}/prj:${project}/env:`,
            ].some((start) => sub === start || sub.startsWith(start.endsWith(":") ? start : `${start}:`)),
          );
          if (admitted && !begins) throw new Error(`${JSON.stringify(sub)} is another's`);
        }),
        runs(200, 20_000),
      );
      for (const outcome of ["admitted", "refused"])
        expect([outcome, tally.share(outcome) > 0.03]).toEqual([outcome, true]);
    },
  );
});

/** The two trust policies of Ona's own pages: of a project, whose environments have fields appended, and of all. */
const [project = ""] = own;
const v3 = `organization_id:${organization}:project_id:${project}`;
const documented = { project: [`${v3}:`], organization: [`organization_id:${organization}:`] };

test.each([
  [v3, { ours: true, project: false, organization: true }],
  [`${v3}:creator_email:ada@acme.com`, { ours: true, project: true, organization: true }],
  [`${v3}0`, { ours: false, project: false, organization: true }],
  [
    `organization_id:${organization}:project_id:${own[1] ?? ""}`,
    { ours: false, project: false, organization: true },
  ],
  [`organization_id:${organization}:environment_id:e`, { ours: false, project: false, organization: true }],
  [`organization_id:${organization}:user_id:u`, { ours: false, project: false, organization: true }],
  [
    `organization_id:${organization}0:project_id:${project}`,
    { ours: false, project: false, organization: false },
  ],
])("%s: ours beside what Ona documents", (sub, admitted) => {
  expect({
    ours: admits(trustFor(onaSubjects(organization, [project], ["v3"])), sub),
    project: admits(trustFor({ exact: [], prefixes: documented.project }), sub),
    organization: admits(trustFor({ exact: [], prefixes: documented.organization }), sub),
  }).toEqual(admitted);
});
