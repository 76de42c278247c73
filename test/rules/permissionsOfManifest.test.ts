import { readProject, servicesInUse } from "../../src/cli/project";
import { check } from "../../src/rules";
import { manifest, memoryFiles, project } from "../support/project";
import { loadServiceReference } from "../../src/policy";

const closed = "host: acme.gitpod.cloud";
const open = "host: gitpod.io";
const repo = (keys: string, installation = closed) =>
  manifest(`repos:\n  - { url: https://github.com/acme/app, ${keys} }`, "", installation);
const statement = (Action: string, Resource: string, more = "") =>
  `{ Effect: Allow, Action: "${Action}", Resource: "${Resource}"${more} }`;
const send = statement("sqs:SendMessage", "*");

function findings(text: string, included = {}) {
  const loaded = project(text, {}, included);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join("\n"));
  return loaded.findings.filter((f) => f.severity !== "info");
}
const shown = (text: string, included = {}) =>
  findings(text, included).map((f) => `${f.rule} ${f.severity} ${f.path}${f.accepted ? " accepted" : ""}`);

describe("raw statements and managed policies of a manifest", () => {
  it("are judged where they stand, with line and column", () => {
    const text = manifest(
      [
        "repos:",
        "  - url: https://github.com/acme/app",
        "    statements:",
        "      - { Effect: Allow, Action: s3:ListAllMyBuckets, Resource: '*' }",
        "      - Effect: Allow",
        "        Action: sqs:SendMessage",
        "        Resource: '*'",
      ].join("\n"),
    );
    const [found] = findings(text);
    const line = text.split("\n").findIndex((l) => l.includes("        Resource: '*'")) + 1;
    expect(found).toMatchObject({
      ...{ rule: "G02", path: "repos[0].statements[1].Resource", role: "acme-acme-app" },
      ...{ line, column: 19, file: "manifest.yaml" },
    });
  });

  it("a word of a list is pointed at itself, in the order in which it is written", () => {
    const text = repo(
      'statements: [{ Effect: Allow, Action: [s3:PutObject, s3:GetObjekt], Resource: "arn:aws:s3:::a/*" }]',
    );
    const [found] = findings(text);
    const line = text.split("\n").find((l) => l.includes("s3:GetObjekt")) ?? "";
    expect(found).toMatchObject({
      ...{ rule: "G13", path: "repos[0].statements[0].Action[1]" },
      column: line.indexOf("s3:GetObjekt") + 1,
    });
  });

  it("G10: managed policies at their place", () => {
    expect(shown(repo("managedPolicies: [arn:aws:iam::aws:policy/AdministratorAccess]"))).toEqual([
      "G10 error repos[0].managedPolicies",
    ]);
  });

  it("G01, G04, G10: errors that the main manifest may waive; G03, G09, G13, G15: nobody may", () => {
    const waived = (rule: string, Action: string, Resource: string) =>
      shown(
        repo(`statements: [${statement(Action, Resource)}], accept: [{ rule: ${rule}, reason: because }]`),
      ).filter((f) => f.startsWith(rule));
    expect(waived("G01", "*", "*")).toEqual(["G01 error repos[0].statements[0].Action accepted"]);
    expect(waived("G04", "iam:CreateAccessKey", "arn:aws:iam::123456789012:user/ci")).toEqual([
      "G04 error repos[0].statements[0].Action accepted",
    ]);
    const own = "arn:aws:iam::123456789012:role/acme-*";
    expect(waived("G09", "iam:UpdateRole", own)).toEqual(["G09 error repos[0].statements[0].Resource"]);
    expect(waived("G13", "sqs:Sned", own)).toEqual(["G13 error repos[0].statements[0].Action"]);
    expect(waived("G15", "sts:AssumeRole", "*")).toEqual(["G15 error repos[0].statements[0].Resource"]);
  });

  it("G11: open signup makes a warning an error, which the main manifest may waive", () => {
    const accepted = "{ rule: T57, reason: because }";
    expect(shown(repo(`statements: [${send}], accept: [${accepted}]`, open))).toEqual([
      "T57 warning repos[0] accepted",
      "G02 error repos[0].statements[0].Resource",
    ]);
    const both = `accept: [${accepted}, { rule: G02, reason: because }]`;
    expect(shown(repo(`statements: [${send}], ${both}`, open))).toEqual([
      "T57 warning repos[0] accepted",
      "G02 error repos[0].statements[0].Resource accepted",
    ]);
    expect(shown(repo("accept: [{ rule: G11, reason: because }]"))).toEqual([
      "W03 warning repos[0].accept[0]",
    ]);
  });

  it("of defaults, an included file may not waive what is an error", () => {
    const main = (installation: string) =>
      manifest(`defaults: { statements: [${send}] }\ninclude: [team.yaml]`, "", installation);
    const team = {
      "team.yaml":
        "repos: [{ url: https://github.com/acme/app, accept: [{ rule: T57, reason: a }, { rule: G02, reason: a }] }]",
    };
    expect(shown(main(open), team)).toEqual([
      "G02 error defaults.statements[0].Resource",
      "T57 warning repos[0]",
      "W05 error repos[0].accept[0]",
      "W05 error repos[0].accept[1]",
    ]);
    expect(shown(main(closed), team)).toContain("G02 warning defaults.statements[0].Resource accepted");
  });

  it("grants count into the sum, and are no finding alone", () => {
    const grants = "grants: [{ secret: db }, { parameter: /app/* }, { lambda: app }]";
    expect(shown(repo(grants))).toEqual([]);
    const passed = ', Condition: { StringEquals: { "iam:PassedToService": lambda.amazonaws.com } }';
    const written = [
      statement("iam:PassRole", "arn:aws:iam::123456789012:role/app-*", passed),
      statement("lambda:CreateFunction", "arn:aws:lambda:eu-central-1:123456789012:function:app"),
    ];
    expect(shown(repo(`statements: [${written.join(", ")}]`))).toEqual([]);
    expect(shown(repo(`${grants}, statements: [${written.join(", ")}]`))).toEqual([
      "G04 error repos[0].statements[0].Action",
    ]);
  });
});

test("equal statements of many roles are judged once", () => {
  /** Counts what the rules look up: G13 asks for the service of every pattern that it judges. */
  class CountedPrefixes extends Set<string> {
    asked = 0;
    override has(prefix: string): boolean {
      this.asked += 1;
      return super.has(prefix);
    }
  }
  const asked = (roles: number): number => {
    const text = manifest(
      [
        `defaults: { statements: [${send}, ${statement("s3:Get*", "*")}, ${statement("iam:List*", "*")}] }`,
        "repos:",
        ...Array.from({ length: roles }, (_, i) => `  - url: https://github.com/acme/app-${i}`),
      ].join("\n"),
    );
    const read = readProject("manifest.yaml", memoryFiles({ "manifest.yaml": text }));
    const reference = loadServiceReference(servicesInUse(read));
    const prefixes = new CountedPrefixes(reference.prefixes);
    if (!read.ok) throw new Error("expected a model");
    const findings = check(read.model, { reference: { ...reference, prefixes } });
    expect(findings.filter((f) => f.rule === "G06")).toHaveLength(roles);
    return prefixes.asked;
  };
  expect(asked(1)).toBeGreaterThan(0);
  expect(asked(200)).toBe(asked(1));
});
