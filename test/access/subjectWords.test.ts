import { subjectsWords } from "../../src/access/subjectWords";

const organization = "a1b2c3d4-0000-4000-8000-000000000001";
const project = "b1b2c3d4-0000-4000-8000-000000000002";
const v3 = `organization_id:${organization}:project_id:${project}`;
const v2 = `org:${organization}/prj:${project}/env:*`;

test.each([
  [[v3], [`${v3}:*`], [`environments of Ona project ${project}`]],
  [[], [v2], [`environments of Ona project ${project}`]],
  [[v3], [`${v3}:*`, v2], [`environments of Ona project ${project}`]],
  // Only some of them, or more than them.
  [[], [`${v3}:*`], [`workspaces whose sub is like ${v3}:*`]],
  [[], [`${v3}:creator_email:*`], [`workspaces whose sub is like ${v3}:creator_email:*`]],
  [
    [],
    [`organization_id:${organization}:project_id:*`],
    [`workspaces whose sub is like organization_id:${organization}:project_id:*`],
  ],
])("subjects of Ona in words: %j %j", (exact, like, words) => {
  expect(subjectsWords({ exact, like }, [], null)).toEqual(words);
});
