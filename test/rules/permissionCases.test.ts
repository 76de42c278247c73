import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { readExisting } from "../../src/documents";
import { defaultQuotas } from "../../src/model/quotas";
import { emptyReference, loadServiceReference, readDocument, servicePrefixes } from "../../src/policy";
import { checkExisting, checkRole } from "../../src/rules";
import { permissionSubject } from "../support/permissions";

interface Case {
  readonly case: string;
  readonly not?: string;
  readonly version?: string | null;
  readonly sid?: string;
  readonly effect?: string;
  readonly allow?: unknown;
  readonly allowAllBut?: unknown;
  readonly deny?: unknown;
  readonly on?: unknown;
  readonly except?: unknown;
  readonly if?: unknown;
  readonly other?: unknown;
  readonly says?: readonly string[];
}

/** Everything that is said of a document, worst of the infos left out unless they are asked for. */
function said(document: unknown, infos: boolean): readonly string[] {
  const reference = loadServiceReference(servicePrefixes([readDocument(document).policy]));
  const { access } = permissionSubject([document], { reference, trust: null });
  const around = { installations: [], accounts: [], hosts: [], identityProviders: [], reference };
  const found = checkRole(access, around).filter(({ severity }) => infos || severity !== "info");
  return [...new Set(found.map(({ severity, rule }) => `${severity} ${rule}`))].sort(byRule);
}

const byRule = (a: string, b: string): number => ruleOf(a).localeCompare(ruleOf(b));
const ruleOf = (words: string): string => words.split(" ")[1] ?? "";

const read = (name: string): unknown => parse(readFileSync(join(__dirname, "fixtures", name), "utf8"));

/** A case without `says` says in `not` why nothing is said. */
const cases = (name: string) =>
  (read(name) as readonly Case[]).filter(({ not }) => not === undefined).map((c) => [c.case, c] as const);

describe.each([
  ["permission policies that people have", "permissionCases.yaml"],
  ["the checks of IAM Access Analyzer", "accessAnalyzer.yaml"],
])("%s", (_, file) => {
  it("are each of its own", () => {
    const names = (read(file) as readonly Case[]).map((c) => c.case);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(cases(file))("%s", (_name, c) => {
    const { effect = c.deny === undefined ? "Allow" : "Deny", version: Version = "2012-10-17" } = c;
    const statement = {
      ...{ Sid: c.sid, Effect: effect, Action: c.allow ?? c.deny, NotAction: c.allowAllBut },
      ...{ Resource: c.on, NotResource: c.except, Condition: c.if },
    };
    const document: unknown = JSON.parse(
      JSON.stringify({
        ...(Version === null ? {} : { Version }),
        Statement: c.other === undefined ? [statement] : [statement, c.other],
      }),
    );
    const says = c.says ?? [];
    const infos = says.some((words) => words.startsWith("info"));
    expect(said(document, infos)).toEqual([...new Set(says)].sort(byRule));
  });
});

test.each([
  ["SecretsManagerReadWrite", "warning G20"],
  ["AmazonSSMReadOnlyAccess", "warning G20"],
  ["service-role/AWSLambdaBasicExecutionRole", "info G20"],
  ["PowerUserAccess", "error G10"],
])("of attached policies that the AWS CLI lists, %s is %s", (name, expected) => {
  const attached = [{ PolicyName: name, PolicyArn: `arn:aws:iam::aws:policy/${name}` }];
  const { access } = readExisting(JSON.stringify({ AttachedPolicies: attached }), "p.json", "permission");
  const context = { installations: [], accounts: [], hosts: [], quotas: defaultQuotas };
  const found = checkExisting(access, context, emptyReference);
  expect(found.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual([expected]);
});

interface Escalation {
  readonly leftOut: Readonly<Record<string, string>>;
  readonly [list: string]: Readonly<Record<string, string>>;
}

interface Credentials {
  readonly cloudsplaining: readonly string[];
  readonly leftOut: Readonly<Record<string, string>>;
  readonly reads: readonly string[];
}

const rulesOf = (Action: readonly string[]): readonly string[] =>
  said({ Version: "2012-10-17", Statement: [{ Effect: "Allow", Action, Resource: "*" }] }, false).map(ruleOf);

describe("what others have published", () => {
  const { leftOut, ...lists } = read("published/escalation.yaml") as Escalation;
  const paths = Object.values(lists).flatMap((list) => Object.entries(list));

  it("escalation: every path is found by G04, or left out for a reason", () => {
    const missed = paths.filter(([, actions]) => !rulesOf(actions.split(" ")).includes("G04"));
    expect(missed.map(([name]) => name).sort()).toEqual(Object.keys(leftOut).sort());
    expect(Object.keys(lists["pathfinding"] ?? {}).length).toBeGreaterThan(90);
  });

  it("credentials: every action is found by G05, or left out for a reason", () => {
    const published = read("published/credentials.yaml") as Credentials;
    const missed = published.cloudsplaining.filter((action) => !rulesOf([action]).includes("G05"));
    expect(missed.sort()).toEqual(Object.keys(published.leftOut).sort());
    expect(published.reads.filter((action) => !rulesOf([action]).includes("G06"))).toEqual([]);
  });
});
