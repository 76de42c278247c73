import { joinAccess } from "../../src/documents";
import type { ExistingRole } from "../../src/model/existing";

const origin = { file: "a.json", path: [] };
const role = (change: Partial<ExistingRole>): ExistingRole => ({
  ...{ name: "app", origin, shown: new Set(), arn: null, path: null, description: null },
  ...{ maxSessionDuration: null, permissionsBoundary: null, tags: {}, trust: null },
  ...{ permissions: [], managedPolicies: [], ...change },
});
const trust = (value: unknown) => ({ kind: "trust" as const, origin, value, role: null });
const roles = (...given: readonly ExistingRole[]) =>
  joinAccess([{ roles: given, identityProviders: [] }]).roles;
const document = (value: unknown) => ({ kind: "permission" as const, origin, value, role: null });

test("what files show of one role is one role, and the first that says something is believed", () => {
  const [joined, ...others] = roles(
    role({ tags: { a: "1" }, permissions: [document({ Statement: [] }), document(1)] }),
    role({ name: "APP", arn: "arn:1", path: "/x/", tags: { a: "2", b: "3" } }),
    role({ trust: trust({ Statement: [] }), path: "/y/", permissions: [document(1), document(2)] }),
  );
  expect(others).toEqual([]);
  expect(joined).toMatchObject({ name: "app", arn: "arn:1", path: "/x/", tags: { a: "1", b: "3" } });
  expect(joined?.permissions.map(({ value }) => value)).toEqual([{ Statement: [] }, 1, 2]);
  expect(joined?.trust?.value).toEqual({ Statement: [] });
});

test("roles of other accounts, and two trust policies, are never one", () => {
  expect(roles(role({ arn: "arn:1" }), role({ arn: "arn:2" }), role({ arn: "arn:1" }))).toHaveLength(2);
  const open = trust({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: ["a"] }] });
  const same = trust({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "a" } });
  const other = trust({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "b" } });
  const at = (document: ReturnType<typeof trust>, arn: string | null = "arn:1") =>
    role({ trust: document, arn });
  expect(roles(at(open), at(same))).toHaveLength(1);
  expect(roles(at(open), at(other))).toHaveLength(2);
  expect(roles(at(open, null), at(same, null))).toHaveLength(2);
  expect(roles(at(open), at(other), role({ arn: "arn:1", path: "/x/" }))).toMatchObject([
    { path: "/x/" },
    {},
  ]);
});
