import { joinAccess, readExisting } from "../../src/documents";
import { importRoles, type Imported } from "../../src/documents/importRoles";
import { manifestText } from "../../src/documents/manifestText";
import { project } from "../support/project";

const provider = "api.gitpod.io/idp";
const federated = `arn:aws:iam::123456789012:oidc-provider/${provider}`;
const app = "https://github.com/acme/app";
const boundary = { PermissionsBoundary: { PermissionsBoundaryArn: "arn:aws:iam::123456789012:policy/b" } };

function trust(sub: string | readonly string[], more: object = {}) {
  const Condition = {
    StringEquals: { [`${provider}:aud`]: "sts.amazonaws.com" },
    StringLike: { [`${provider}:sub`]: sub },
    StringNotLike: { [`${provider}:sub`]: ["*..*", "*%2e*", "*%2E*", "*\t*", "*\n*", "*\r*"] },
    ...more,
  };
  const statement = { Effect: "Allow", Principal: { Federated: federated }, Condition };
  return {
    Version: "2012-10-17",
    Statement: [{ ...statement, Action: "sts:AssumeRoleWithWebIdentity" }],
  };
}

const plainTrust = trust([app, `${app}.git`, `${app}/`]);
const listed = (name = "a", document: object = plainTrust) => ({
  ...{ Path: "/", RoleName: name, Arn: `arn:aws:iam::123456789012:role/${name}` },
  AssumeRolePolicyDocument: document,
});

function imported(...files: readonly unknown[]): Imported {
  const parts = files.map((file) => readExisting(JSON.stringify(file), "x.json", null).access);
  return importRoles(joinAccess(parts));
}

const notesOf = (...files: readonly unknown[]): readonly string[] =>
  imported(...files).roles.flatMap((role) => role.notes);
const entriesOf = (...files: readonly unknown[]): string => {
  const { roles, skipped } = imported(...files);
  return manifestText(roles, skipped);
};

describe("what the files do not show of a role is said", () => {
  const details = { ...listed(), RolePolicyList: [], AttachedManagedPolicies: [], Tags: [] };
  const attached = { AttachedPolicies: [] };

  it.each([
    [
      "a list of roles",
      { Roles: [{ ...listed(), MaxSessionDuration: 3600 }] },
      ["show its permissions boundary, its tags: adopted", "show no policy of it"],
    ],
    [
      "the details of an account",
      { RoleDetailList: [details] },
      ["show its description, its longest session: adopted"],
    ],
    ["get-role", { Role: { ...listed(), MaxSessionDuration: 3600 } }, ["show no policy of it"]],
    [
      "the answer to create-role",
      { Role: listed() },
      [
        "show its description, its longest session, its permissions boundary, its tags",
        "show no policy of it",
      ],
    ],
  ])("by %s", (_, file, expected) => {
    expect(notesOf(file)).toEqual(expected.map((part) => expect.stringContaining(part) as unknown));
    expect(notesOf(file).join()).toContain("aws iam get-role");
    expect(entriesOf(file)).toContain("    adopt: true");
  });

  it("and nothing, where several files show all of it, in any order", () => {
    const list = { Roles: [{ ...listed(), MaxSessionDuration: 7200, Description: "made by hand" }] };
    const account = { RoleDetailList: [{ ...details, ...boundary }] };
    for (const files of [
      [list, account],
      [account, list],
    ]) {
      expect(notesOf(...files)).toEqual([]);
      const text = entriesOf(...files);
      expect(text.match(/- url:/g)).toHaveLength(1);
      for (const line of ['description: "made by hand"', 'sessionDuration: "7200s"', ":policy/b"])
        expect(text).toContain(line);
    }
    const role = { Role: { ...listed(), MaxSessionDuration: 3600 } };
    expect(notesOf(role, attached)).toEqual([]);
  });

  it("but roles of one ARN that differ in whom they trust stay apart", () => {
    const other = listed("a", trust(`${app}/tree/*`));
    expect(imported({ Roles: [listed()] }, { Roles: [other] }).roles).toHaveLength(2);
  });

  it("never with a name that a shell would read as something else", () => {
    const [note = ""] = notesOf({ Role: listed("a; reboot") });
    expect(note).toContain("--role-name NAME ");
  });
});

describe("of a role in Terraform, what is known after apply only is said", () => {
  const values = { name: "a", assume_role_policy: JSON.stringify(plainTrust), path: "/" };
  const plan = (own: object, unknown: object, written: object) => ({
    format_version: "1.2",
    planned_values: {
      root_module: {
        resources: [
          {
            ...{ address: "aws_iam_role.a", mode: "managed", type: "aws_iam_role", name: "a" },
            values: { ...values, ...own },
          },
        ],
      },
    },
    resource_changes: [{ address: "aws_iam_role.a", change: { after_unknown: unknown } }],
    configuration: {
      root_module: { resources: [{ type: "aws_iam_role", name: "a", expressions: written }] },
    },
  });
  const policy = { references: ["aws_iam_policy.b.arn", "aws_iam_policy.b"] };

  it.each([
    ["all known", plan({}, { id: true, arn: true, tags_all: {} }, {}), []],
    [
      "the boundary of a plan",
      plan({}, { permissions_boundary: true }, { permissions_boundary: policy }),
      ["its permissions boundary"],
    ],
    [
      "one tag of a plan",
      plan({ tags: { a: "b" } }, { tags: { id: true } }, { tags: { references: ["x.y"] } }),
      ["its tags"],
    ],
  ])("%s", (_, file, expected) => {
    expect(notesOf(file)).toEqual(
      expected.map((what) => expect.stringContaining(`show ${what}:`) as unknown),
    );
  });

  it("with the tags that the provider adds", () => {
    const file = plan({ tags: { a: "b" }, tags_all: { a: "b", team: "x" } }, {}, {});
    expect(entriesOf(file)).toContain("tags: {a: b, team: x}");
  });
});

describe("an end is said where it is one moment in UTC", () => {
  const roleWith = (moment: unknown) => ({
    Roles: [listed("a", trust(app, { DateLessThan: { "aws:CurrentTime": moment } }))],
  });

  it.each(["2027-03-31T00:00:00Z", "2027-03-31T00:00:00+00:00", "2027-03-31T10:00:00.5Z"])("%s", (moment) => {
    expect(entriesOf(roleWith(moment))).toContain('expires: "2027-03-31"');
  });

  it.each([
    ...["2027-03-31", "2027-03-31T00:00:00", "2027-03-31 00:00:00Z", "2027-03-31T00:00:00+02:00"],
    ...["2027-03-31T00:00:00-00:30", "2027-02-30T00:00:00Z", "2027-03-31T24:00:00Z", "2027-03-31T00:60:00Z"],
    ...["2027-03-31junk", "31 Mar 2027", "1806451200", ["2027-03-31T00:00:00Z", "2028-03-31T00:00:00Z"]],
  ])("%j is none: there is no entry, and the comment quotes it", (moment) => {
    const text = entriesOf(roleWith(moment));
    expect(text).not.toContain("expires:");
    expect(text).toContain(`# No entry for role "a": `);
    expect(text).toContain(`"${[moment].flat()[0] ?? ""}"`);
  });

  it("wherever this runs", () => {
    const before = process.env["TZ"];
    const texts = ["UTC", "Pacific/Kiritimati", "America/Anchorage"].map((zone) => {
      process.env["TZ"] = zone;
      return ["2027-03-31", "2027-03-31T00:00", "2027-03-31T00:00:00Z"].map((m) => entriesOf(roleWith(m)));
    });
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
    expect(texts[1]).toEqual(texts[0]);
    expect(texts[2]).toEqual(texts[0]);
  });
});

describe("a trust policy of our own", () => {
  const spellings = [app, `${app}.git`, `${app}/`];
  const shown = (document: object) => {
    const { roles, skipped } = imported({ RoleDetailList: [listed("a", document)] });
    expect(skipped).toEqual([]);
    return roles.map(({ trust: { entry, notes } }) => [entry.url.url, entry.contexts, notes]);
  };

  it.each<[string, readonly string[], readonly unknown[]]>([
    ["a repository with branches", [...spellings, `${app}/tree/*`], ["repository", "branches"]],
    [
      "a repository with a branch whose name has to be escaped",
      [...spellings, `${app}/tree/a\${$}b`, `${app}/releases/tag/*`],
      ["repository", "tags", { branch: "a$b" }],
    ],
    [
      "a repository with everything",
      [...spellings, `${app}/*`, `${app}\${?}*`, `${app}#*`, `${app}.git\${?}*`],
      ["all"],
    ],
  ])("%s in one statement is that entry, without a note", (_name, subjects, contexts) => {
    const [found, ...others] = shown(trust(subjects));
    expect([found?.[0], new Set(found?.[1] as readonly unknown[]), found?.[2], others]).toEqual([
      ...[app, new Set(contexts), [], []],
    ]);
  });

  it("in two statements, as 0.1.0 wrote it, is the same entry", () => {
    const [like] = trust(`${app}/tree/*`).Statement;
    const equals = { [`${provider}:aud`]: "sts.amazonaws.com", [`${provider}:sub`]: spellings };
    const document = {
      ...{ Version: "2012-10-17" },
      Statement: [{ ...like, Condition: { StringEquals: equals } }, like],
    };
    expect(shown(document)).toEqual(shown(trust([...spellings, `${app}/tree/*`])));
  });
});

test("a second role of a repository logs in to a profile of its own", () => {
  const details = ["a", "b"].map((name) => listed(name));
  const text = entriesOf({ RoleDetailList: details });
  expect(text.match(/ {4}(?:name|snippet): .*/g)).toEqual([
    ...["    name: a", "    name: b", "    snippet: {profile: b}"],
  ]);
  const loaded = project(text.replace("region: unknown", "region: eu-west-1"));
  expect(loaded.ok ? [] : loaded.diagnostics).toEqual([]);
});
