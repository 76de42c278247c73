import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isVisible } from "../../src/diagnostics";
import { judged, permissionSubject, policy } from "../support/permissions";

const fixtures = join(__dirname, "fixtures");
const read = (...path: readonly string[]): unknown =>
  JSON.parse(readFileSync(join(fixtures, ...path), "utf8"));
const ids = (document: unknown) => [...new Set(judged(permissionSubject([document])).map((f) => f.rule))];

describe("each rule's documents", () => {
  const folders = readdirSync(join(fixtures, "permissions")).flatMap((file) =>
    file.endsWith(".fail.json") ? [file.slice(0, 3)] : [],
  );

  it("are there for every rule that reads documents", () => {
    expect(folders).toEqual("G01 G02 G03 G04 G05 G06 G07 G08 G09 G13 G15 G16 G18 G19 G21".split(" "));
  });

  it.each(folders)("%s: the failing one yields exactly that rule", (id) => {
    expect(ids(read("permissions", `${id}.fail.json`))).toEqual([id]);
  });

  it.each(folders)("%s: the passing one yields nothing", (id) => {
    expect(judged(permissionSubject([read("permissions", `${id}.pass.json`)]))).toEqual([]);
  });
});

describe("documents that are right, and look suspicious", () => {
  const files = readdirSync(join(fixtures, "right"))
    .filter((file) => file.startsWith("permission-"))
    .sort();

  it("are many", () => {
    expect(files.length).toBeGreaterThanOrEqual(15);
  });

  it.each(files)("%s: nothing above info", (file) => {
    const found = judged(permissionSubject([read("right", file)])).filter((f) => f.severity !== "info");
    expect(found.map((f) => `${f.rule} ${f.message}`)).toEqual([]);
  });
});

describe("the letter of the rules", () => {
  const found = (statement: object, change = {}) =>
    judged(permissionSubject([policy(statement)], change)).map((f) => f.rule);
  const bucket = "arn:aws:s3:::acme-assets";

  it.each(["*", "**", "?*", "*:*", "s3:*", "S3:**", "s3:*?"])("G01: %s", (Action) => {
    expect(found({ Action, Resource: `${bucket}/*` })).toContain("G01");
    expect(found({ Effect: "Deny", Action, Resource: `${bucket}/*` })).not.toContain("G01");
  });

  it("G02: actions that take no resource are left out, and bounds by a tag, an alias or an account count", () => {
    const [seen] = judged(
      permissionSubject([policy({ Action: ["s3:ListAllMyBuckets", "sqs:SendMessage"], Resource: "*" })]),
    );
    expect(seen).toMatchObject({
      rule: "G02",
      message: 'sqs:SendMessage on "*": it takes a particular resource, and here any will do',
      origin: { path: ["Statement", 0, "Resource"] },
    });
    for (const Resource of ["arn:aws:sqs:*:*:*", "arn:aws:sqs:eu-central-1:123456789012:*", "**"])
      expect(found({ Action: "sqs:SendMessage", Resource })).toEqual(["G02"]);
    expect(found({ Action: "sqs:SendMessage", Resource: "arn:aws:sqs:*:*:orders" })).toEqual([]);
    const Condition = { StringEquals: { "aws:ResourceOrgID": "o-abc" } };
    expect(found({ Action: "sqs:SendMessage", Resource: "*", Condition })).toEqual([]);
    expect(found({ Action: "s3:List*", Resource: "*" })).toEqual(["G02"]);
  });

  it("what other statements deny outright is not reported, and equal statements elsewhere still are", () => {
    const open = policy({ Action: ["sqs:SendMessage", "s3:GetObject"], Resource: "*" });
    const subject = permissionSubject([open]);
    const denied = permissionSubject([open, policy({ Effect: "Deny", Action: "s*:*", Resource: "*" })], {
      reference: subject.reference,
    });
    const rulesOf = (s: typeof subject) => judged(s).map((f) => f.rule);
    expect(rulesOf(subject)).toEqual(["G02", "G06"]);
    expect(rulesOf(denied)).toEqual(["G13"]);
    expect(rulesOf(subject)).toEqual(["G02", "G06"]);
  });

  it("G03: either element, with Allow only", () => {
    expect(found({ Action: "s3:GetObject", NotResource: `${bucket}/*` })).toContain("G03");
    expect(found({ Effect: "Deny", NotAction: "s3:*", NotResource: `${bucket}/*` })).toEqual([]);
  });

  it("G05: passwords of a named resource are its users' business, those at large are not", () => {
    const connect = (Resource: string) => found({ Action: "rds-db:connect", Resource });
    expect(connect("arn:aws:rds-db:*:*:dbuser:*/*")).toEqual(["G02", "G05"]);
    expect(connect("arn:aws:rds-db:eu-central-1:123456789012:dbuser:db-A/reader")).toEqual([]);
  });

  it.each(["secretsmanager:GetSecretValue", "ssm:GetParameter*", "dynamodb:Scan", "s3:Get*"])(
    "G06: %s",
    (Action) => {
      expect(found({ Action, Resource: "*" })).toContain("G06");
      expect(
        found({ Action, Resource: "*", Condition: { StringEquals: { "aws:ResourceTag/a": "b" } } }),
      ).not.toContain("G06");
    },
  );

  it.each([
    "lambda:AddPermission",
    "kms:PutKeyPolicy",
    "sns:SetTopicAttributes",
    "ram:CreateResourceShare",
    "ec2:ModifySnapshotAttribute",
  ])("G07: %s, on a named resource too", (Action) => {
    const service = Action.split(":")[0] ?? "";
    const Resource = `arn:aws:${service}:eu-central-1:123456789012:named/x`;
    expect(found({ Action, Resource }).filter((rule) => rule !== "G18")).toEqual(["G07"]);
  });

  it.each([
    undefined,
    { StringLike: { "iam:PassedToService": "*" } },
    { StringNotEquals: { "iam:PassedToService": "ec2.amazonaws.com" } },
  ])("G08: a condition like %j leaves the service open", (Condition) => {
    const Resource = "arn:aws:iam::123456789012:role/app";
    expect(found({ Action: "iam:Pass*", Resource, ...(Condition ? { Condition } : {}) })).toEqual(["G08"]);
  });

  it("G11: behind a wide trust G02 and G05 to G08 weigh more, and say why; nothing else does", () => {
    const documents = ["G02", "G05", "G06", "G07", "G08", "G15", "G16"].map((id) =>
      read("permissions", `${id}.fail.json`),
    );
    const levels = (wideTrust: readonly string[]) =>
      Object.fromEntries(
        judged(permissionSubject(documents, { wideTrust })).map((f) => [f.rule, f.severity]),
      );
    const usual = {
      G02: "warning",
      G05: "warning",
      G06: "warning",
      G07: "warning",
      G08: "warning",
      G15: "error",
      G16: "warning",
    };
    expect(levels([])).toEqual(usual);
    expect(levels(["T54", "T57"])).toEqual({
      ...usual,
      G02: "error",
      G05: "error",
      G06: "error",
      G07: "error",
      G08: "error",
    });
    const [seen] = judged(permissionSubject([documents[0]], { wideTrust: ["T54", "T57"] }));
    expect(seen?.message).toMatch(/; raised, because the trust is wide \(T54, T57\): see G11$/);
  });

  it.each([
    ["s3:GetObjekt", "did you mean s3:GetObject?"],
    ["s4:GetObject", 'did you mean "s3:GetObject"?'],
    ["GetObject", "write service:Action, e.g. s3:GetObject"],
    ["s3:Zap*", "write it as the Service Authorization Reference does"],
    ["s*:GetObject", 'did you mean "s3:GetObject"?'],
    ["constructor:__proto__", "write service:Action, e.g. s3:GetObject"],
  ])("G13: %s is nothing that AWS has, in a Deny too", (Action, remedy) => {
    for (const Effect of ["Allow", "Deny"]) {
      const [seen] = judged(permissionSubject([policy({ Effect, Action, Resource: `${bucket}/*` })]));
      expect([seen?.rule, seen?.remedy]).toEqual(["G13", remedy]);
    }
    expect(found({ Effect: "Deny", NotAction: Action, Resource: "*" })).toEqual(["G13"]);
  });

  it("G15: any role, by whatever wildcard", () => {
    for (const Action of ["sts:AssumeRole", "sts:Assume*", "STS:assumerole"])
      expect(found({ Action, Resource: "*" })).toContain("G15");
    expect(
      found({
        Action: "sts:AssumeRole",
        Resource: "*",
        Condition: { StringEquals: { "aws:ResourceTag/a": "b" } },
      }),
    ).toEqual([]);
    expect(found({ Action: "sts:GetCallerIdentity", Resource: "*" })).toEqual([]);
  });

  it("G16: names the actions without the key; what all know, sessions' keys, and IfExists in a list pass", () => {
    const on = (Action: string | readonly string[], Condition: object) =>
      judged(permissionSubject([policy({ Action, Resource: bucket, Condition })])).filter(
        (f) => f.rule === "G16",
      );
    const [seen] = on(["s3:ListBucket", "s3:GetBucketLocation"], { StringLike: { "s3:prefix": "a/*" } });
    expect(seen).toMatchObject({
      message: 's3:GetBucketLocation does not have the condition key "s3:prefix"',
      origin: { path: ["Statement", 0, "Condition", "StringLike", "s3:prefix"] },
    });
    expect(
      on(["s3:ListBucket", "s3:GetBucketLocation"], { StringLikeIfExists: { "s3:prefix": "a/*" } }),
    ).toEqual([]);
    expect(on("s3:GetBucketLocation", { StringLikeIfExists: { "s3:prefix": "a/*" } }).length).toBe(1);
    expect(on("s3:List*", { StringLike: { "S3:Prefix": "a/*" } })).toEqual([]);
    for (const key of [
      "aws:SourceIp",
      "AWS:PrincipalTag/team",
      "api.gitpod.io/idp:sub",
      "saml:sub",
      "aws:CalledVia",
    ])
      expect(on("s3:ListBucket", { StringLike: { [key]: "a" } })).toEqual([]);
    for (const key of ["aws:Nonsense", "nosuch:key", "prefix", "iam:PassedToService", "aws:RequestTag/a"])
      expect([key, on("s3:ListBucket", { StringLike: { [key]: "a" } }).length]).toEqual([key, 1]);
  });

  it.each([
    ["s3:GetObject", bucket],
    ["s3:ListBucket", `${bucket}/*`],
    ["s3:ListBucket", bucket + "/${aws:PrincipalTag/team}"],
    ["dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:123456789012:tabel/orders"],
    ["sqs:SendMessage", "arn:aws:sns:eu-central-1:123456789012:jobs"],
    ["s3:ListAllMyBuckets", bucket],
    ["secretsmanager:GetSecret*", "arn:aws:secretsmanager:eu-central-1:123456789012:db"],
  ])("G18: %s takes nothing like %s, in a Deny too", (Action, Resource) => {
    for (const Effect of ["Allow", "Deny"]) expect(found({ Effect, Action, Resource })).toEqual(["G18"]);
    expect(found({ Action: "sts:GetCallerIdentity", Resource: "*" })).toEqual([]);
  });

  it.each([
    ["s3:GetObject", `${bucket}*`],
    ["s3:GetObject", "arn:aws:s3:eu-central-1:123456789012:accesspoint/edge/object/*"],
    ["s3:ListBucket", "arn:aws:s3:::acme-${aws:PrincipalTag/team}"],
    ["s3:List*", bucket],
    ["s3:GetBucketLocation", [bucket, `${bucket}/*`]],
    ["dynamodb:Query", "arn:aws:dynamodb:*:*:table/orders/index/*"],
    ["sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:jobs"],
    ["logs:GetLogEvents", "arn:aws:logs:eu-central-1:123456789012:log-group:/a/b:log-stream:*"],
    ["lambda:InvokeFunction", "arn:aws:lambda:eu-central-1:123456789012:function:resize:live"],
    ["ssm:SendCommand", "arn:aws:ssm:eu-central-1::document/AWS-RunShellScript"],
    ["iam:GetRole", "arn:aws:iam::123456789012:role/a/b"],
  ])("G18: %s takes %j", (Action, Resource) => {
    expect(found({ Action, Resource })).not.toContain("G18");
  });

  it("G18: what the action takes is named, the shortest first, at the item of the list", () => {
    const Action = ["s3:GetObject", "s3:ListBucket"];
    const [seen, ...others] = judged(permissionSubject([policy({ Action, Resource: `${bucket}/*` })]));
    expect(others).toEqual([]);
    expect(seen).toMatchObject({
      message: 's3:ListBucket does not take "arn:aws:s3:::acme-assets/*"',
      remedy: expect.stringContaining(
        "name what it takes: arn:${Partition}:s3:::${BucketName} and ",
      ) as string,
      origin: { path: ["Statement", 0, "Action", 1] },
    });
  });

  it("G18: hundreds of actions on hundreds of long resources are judged, too", () => {
    const Action = Array.from({ length: 300 }, (_, i) => `s3:${"*".repeat(i)}GetObject`);
    const Resource = Array.from({ length: 300 }, (_, i) => `arn:aws:s3:::${"*a".repeat(500)}${i}`);
    const subject = permissionSubject([policy({ Action, Resource })]);
    expect(judged(subject).filter(({ rule }) => rule === "G18")).toHaveLength(0);
  });

  it("text of a document is shown quoted, hidden characters as escapes", () => {
    const evil = "s3:Get\u202eObject\u0007";
    const all = judged(
      permissionSubject([
        policy({ Action: evil, Resource: "*", Condition: { StringLike: { [evil]: evil } } }),
      ]),
    );
    expect(all.length).toBeGreaterThan(0);
    for (const { message, remedy = "" } of all) expect(isVisible(message + remedy)).toBe(true);
  });
});
