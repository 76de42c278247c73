import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { HostKind } from "../../src/model/accessModel";
import { rules } from "../../src/rules";
import { dialects, hostKinds } from "../../src/subject";
import { manifest, project } from "../support/project";
import { failingFixtures } from "../support/ruleFixtures";

const open = "host: gitpod.io";
const closed = "host: acme.gitpod.cloud";

/** `RULE severity path`, with `accepted` behind it, of every finding above info. */
function findings(text: string, today?: string, included = {}): readonly string[] {
  const loaded = project(text, today === undefined ? {} : { today }, included);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join("\n"));
  return loaded.findings
    .filter((f) => f.severity !== "info")
    .map((f) => `${f.rule} ${f.severity} ${f.path}${f.accepted ? " accepted" : ""}`);
}
const infos = (text: string): readonly string[] => {
  const loaded = project(text);
  return loaded.ok
    ? loaded.findings.filter((f) => f.severity === "info").map((f) => f.rule)
    : ["diagnostics"];
};
const repo = (keys = "", installation = closed) =>
  manifest(
    `repos:\n  - { url: https://github.com/acme/app${keys === "" ? "" : `, ${keys}`} }`,
    "",
    installation,
  );
const org = (keys = "", installation = closed) =>
  manifest(`orgs:\n  - { url: https://github.com/acme${keys === "" ? "" : `, ${keys}`} }`, "", installation);
const accept = (rule: string, more = "") => `accept: [{ rule: ${rule}, reason: because${more} }]`;

describe("who gets in", () => {
  it("a repository on an installation of one's own has nothing above info", () => {
    expect(findings(repo())).toEqual([]);
  });

  it("T57: on open signup, a repository is a warning, and an organization an error", () => {
    expect(findings(repo("", open))).toEqual(["T57 warning repos[0]"]);
    expect(findings(org("", open))).toEqual(["T54 warning orgs[0]", "T57 error orgs[0]"]);
    expect(findings(repo("", `${closed}\nopenSignup: true`))).toEqual(["T57 warning repos[0]"]);
  });

  it("T54: an organization is a warning wherever it is", () => {
    expect(findings(org())).toEqual(["T54 warning orgs[0]"]);
  });

  it.each(["all", "commits", "pull-requests"])("T58: the context %s is a warning", (context) => {
    expect(findings(repo(`contexts: [${context}]`))).toEqual(["T58 warning repos[0]"]);
  });

  it.each(["repository", "branches", "tags", "issues", "{branch: main}"])(
    "T58: the context %s is none",
    (context) => {
      expect(findings(repo(`contexts: [${context}]`))).toEqual([]);
    },
  );

  it.each<readonly [string, string, boolean]>([
    ["https://github.com/acme/app", "repository", false],
    ["https://github.com/acme/app", "{branch: main}", false],
    ["https://github.com/acme/app", "commits", false],
    ["https://github.com/acme/app", "branches, all", false],
    ["https://github.com/acme/app", "branches, pull-requests", true],
    ["https://gitlab.com/acme/app", "branches, tags, issues", false],
  ])("T71: %s with %s: %j", (url, contexts, found) => {
    const text = manifest(`repos:\n  - { url: "${url}", contexts: [${contexts}] }`, "", closed);
    expect(infos(text).includes("T71")).toBe(found);
  });

  /** The contexts of each kind of host that a link to a fork's code can bear: from Gitpod's parsers, not from our table. */
  const forksByLink: Readonly<Record<HostKind, readonly string[]>> = {
    github: ["branches", "tags", "issues"],
    gitlab: [],
    bitbucket: ["branches"],
    "bitbucket-server": [],
    "azure-devops": [],
  };
  it.each(
    hostKinds.flatMap((kind) =>
      (["branches", "tags", "issues"] as const).map((context) => ({ kind, context })),
    ),
  )("T71: $context on $kind", ({ kind, context }) => {
    const { host, example } = dialects[kind];
    const hosts = host === null ? `scmHosts: { "${new URL(example.repo).host}": ${kind} }\n` : "";
    const text = manifest(
      `${hosts}repos:\n  - { url: "${example.repo}", contexts: [${context}] }`,
      "",
      closed,
    );
    expect(infos(text).includes("T71")).toBe(forksByLink[kind].includes(context));
  });

  it("T50, T64, T66: advice is info, and advice on an installation is given once", () => {
    expect(infos(repo())).toEqual(["T64", "T50", "T66"]);
    expect(
      infos(repo("contexts: [repository, branches]", "issuer: https://services.acme.gitpod.cloud/idp")),
    ).toEqual(["T66", "T71"]);
    const two = `${repo().trimEnd()}\n  - { url: https://github.com/acme/zoo }\n`;
    expect(infos(two).filter((rule) => rule === "T64")).toEqual(["T64"]);
  });
});

describe("what fits", () => {
  const branches = (n: number) =>
    Array.from({ length: n }, (_, i) => `{ branch: b${i}-${"x".repeat(60)} }`).join(", ");

  it("T11: a trust policy over the quota is an error, and fits where AWS has raised it", () => {
    expect(findings(repo(`contexts: [${branches(10)}]`))).toEqual([]);
    expect(findings(repo(`contexts: [${branches(20)}]`))).toEqual(["T11 error repos[0]"]);
    const raised = repo(`contexts: [${branches(20)}]`).replace(
      "installations:",
      "    quotas: { trustPolicyLength: 4096 }\ninstallations:",
    );
    expect(findings(raised)).toEqual([]);
  });

  it("G12: permissions over the quota are an error", () => {
    const grants = (n: number) =>
      `grants: [${Array.from({ length: n }, (_, i) => `{ secret: s${i}-${"x".repeat(60)} }`).join(", ")}]`;
    expect(findings(repo(grants(50)))).toEqual([]);
    expect(findings(repo(grants(100)))).toEqual([]);
    expect(findings(repo(grants(500)))).toEqual(["G12 error repos[0]"]);
    const arns = Array.from({ length: 11 }, (_, i) => `arn:aws:iam::aws:policy/P${i}`).join(", ");
    expect(findings(repo(`managedPolicies: [${arns}]`))).toEqual(["G12 error repos[0]"]);
  });

  it("T12: more roles than the account takes are an error on the account", () => {
    const two = (quota: number) =>
      manifest(
        "repos:\n  - url: https://github.com/acme/a\n  - url: https://github.com/acme/b",
        `quotas: { rolesPerAccount: ${quota} }`,
      );
    expect(findings(two(2))).toEqual([]);
    expect(findings(two(1))).toEqual(["T12 error accounts.dev"]);
  });

  it("G14: a boundary that the account demands", () => {
    const arn = "arn:aws:iam::123456789012:policy/edge";
    const account = (keys: string, own = "") =>
      manifest(`repos:\n  - { url: https://github.com/acme/app${own} }`, keys);
    expect(findings(account("requireBoundary: true"))).toEqual(["G14 error repos[0]"]);
    expect(findings(account("requireBoundary: true", `, permissionsBoundary: ${arn}`))).toEqual([]);
    expect(findings(account(`requireBoundary: true\npermissionsBoundary: ${arn}`))).toEqual([]);
  });

  it("G17: a resource of another account is info, at the grant", () => {
    const loaded = project(repo('grants: [{ secret: a }, { secret: b, account: "999999999999" }]'));
    const found = loaded.ok ? loaded.findings.filter((f) => f.rule === "G17") : [];
    expect(found).toMatchObject([{ severity: "info", path: "repos[0].grants[1]" }]);
  });

  it("G17: an account of the manifest has its name", () => {
    const two = repo('accounts: [dev], grants: [{ secret: b, account: "210987654321" }]').replace(
      "accounts:\n",
      'accounts:\n  prod: { id: "210987654321", region: eu-central-1 }\n',
    );
    const loaded = project(two);
    const found = loaded.ok ? loaded.findings.filter((f) => f.rule === "G17") : [];
    expect(found.map((f) => f.message)).toEqual([
      expect.stringMatching(/ belongs to account prod of this manifest; that account must allow /),
    ]);
  });

  it("G17: another account's role allows by its trust policy, one of the same account is no word", () => {
    const loaded = project(repo("grants: [{ role: arn:aws:iam::999999999999:role/deploy }, { role: own }]"));
    const found = loaded.ok ? loaded.findings.filter((f) => f.rule === "G17") : [];
    expect(found.map((f) => f.message)).toEqual([
      expect.stringMatching(
        /^"arn:.*role\/deploy" belongs to .*; its trust policy must allow arn:.*app too$/,
      ),
    ]);
  });

  it.each([
    ["4h, grants: [{ role: deploy }]", 1],
    ["1h, grants: [{ role: deploy }]", 0],
    ["4h, grants: [{ secret: deploy }]", 0],
    [
      '4h, statements: [{ Effect: Allow, Action: sts:AssumeRole, Resource: "arn:aws:iam::123456789012:role/deploy" }]',
      1,
    ],
  ])("G22: a session of %s: %i", (keys, times) => {
    expect(infos(repo(`sessionDuration: ${keys}`)).filter((rule) => rule === "G22")).toHaveLength(times);
  });
});

describe("waivers", () => {
  it("a remedy says that a finding can be accepted, exactly where it can", () => {
    const ways = (text: string, included = {}) => {
      const loaded = project(text, {}, included);
      if (!loaded.ok) throw new Error(loaded.diagnostics.map((d) => d.message).join("\n"));
      return loaded.findings.map(
        (f) => `${f.rule} ${f.severity} ${f.remedy.includes(`accept: [{ rule: ${f.rule}`)}`,
      );
    };
    expect(ways(org("", open))).toEqual([
      "T64 info false",
      "T54 warning true",
      "T57 error true",
      "T66 info false",
    ]);
    expect(ways(org(accept("T54"), open))).toContain("T54 warning false");
    const team = { "team.yaml": "orgs: [{ url: https://github.com/acme }]" };
    expect(ways(manifest("include: [team.yaml]", "", open), team)).toEqual(
      expect.arrayContaining(["T54 warning false", "T57 error false"]),
    );
    const quota = manifest("repos:\n  - url: https://github.com/acme/a", "requireBoundary: true");
    expect(ways(quota)).toContain("G14 error false");
  });

  it("no rule's own remedy speaks of accepting: what exists already has no manifest", () => {
    expect(rules.filter(({ remedy }) => /\baccept\b/.test(remedy))).toEqual([]);
  });

  it("a reason accepts a warning, and an error where the rule allows it; accepted findings stay in the output", () => {
    expect(findings(repo(accept("T57"), open))).toEqual(["T57 warning repos[0] accepted"]);
    const both = "accept: [{ rule: T54, reason: a }, { rule: T57, reason: b }]";
    expect(findings(org(both, open))).toEqual(["T54 warning orgs[0] accepted", "T57 error orgs[0] accepted"]);
  });

  it("W01: of an unknown rule", () => {
    for (const rule of ["T99", "T999", "g01", "anything"])
      expect(findings(repo(accept(rule)))).toEqual(["W01 warning repos[0].accept[0]"]);
  });

  it("W02: without a reason accepts nothing", () => {
    expect(findings(repo('accept: [{ rule: T57, reason: " " }]', open))).toEqual([
      "T57 warning repos[0]",
      "W02 error repos[0].accept[0]",
    ]);
  });

  it.each(["\uFE0F", "\u0301", "-", ""])("W02: the reason %j says nothing", (reason) => {
    const text = repo(`accept: [{ rule: T57, reason: ${JSON.stringify(reason)} }]`, open);
    expect(project(text).ok ? findings(text) : ["refused"]).not.toEqual(["T57 warning repos[0] accepted"]);
  });

  it("W03: of what is not there, or cannot be waived", () => {
    expect(findings(repo(accept("T57")))).toEqual(["W03 warning repos[0].accept[0]"]);
    const account = manifest(
      `repos:\n  - { url: https://github.com/acme/app, ${accept("G14")} }`,
      "requireBoundary: true",
    );
    expect(findings(account)).toEqual(["G14 error repos[0]", "W03 warning repos[0].accept[0]"]);
  });

  it("W04: past its date, where dates are judged", () => {
    const text = repo(accept("T57", ", until: 2026-06-01"), open);
    expect(findings(text)).toEqual(["T57 warning repos[0] accepted"]);
    expect(findings(text, "2026-06-01")).toEqual(["T57 warning repos[0] accepted"]);
    expect(findings(text, "2026-06-02")).toEqual([
      "T57 warning repos[0] accepted",
      "W04 error repos[0].accept[0]",
    ]);
  });

  it("W05: an included file accepts neither errors nor a wide trust", () => {
    const main = manifest("include: [team.yaml]", "", open);
    const team = (entry: string) => ({ "team.yaml": entry });
    expect(
      findings(main, undefined, team(`repos: [{ url: https://github.com/acme/app, ${accept("T57")} }]`)),
    ).toEqual(["T57 warning repos[0]", "W05 error repos[0].accept[0]"]);
    expect(
      findings(
        main,
        undefined,
        team(
          "orgs: [{ url: https://github.com/acme, accept: [{ rule: T54, reason: a }, { rule: T57, reason: b }] }]",
        ),
      ),
    ).toEqual([
      "T54 warning orgs[0]",
      "T57 error orgs[0]",
      "W05 error orgs[0].accept[0]",
      "W05 error orgs[0].accept[1]",
    ]);
  });

  describe("of one finding", () => {
    const edit = (role: string) =>
      `{ Effect: Allow, Action: "iam:UpdateAssumeRolePolicy", Resource: "arn:aws:iam::123456789012:role/${role}" }`;
    const version =
      '{ Effect: Allow, Action: "iam:CreatePolicyVersion", Resource: "arn:aws:iam::123456789012:policy/all" }';
    const two = (waivers: string, installations = "[acme, other]") =>
      manifest(
        `  other: { host: gitpod.io }
repos:
  - { url: https://github.com/acme/app, installations: ${installations}, accept: [${waivers}] }`,
        "",
        "issuer: https://services.acme.gitpod.cloud/idp\nopenSignup: true",
      );

    it("W07: where the entry has several, none is accepted, and each is listed", () => {
      const loaded = project(repo(`statements: [${edit("a")}, ${edit("b")}, ${version}], ${accept("G04")}`));
      const found = loaded.ok ? loaded.findings.filter((f) => f.severity === "error") : [];
      expect(found.map((f) => `${f.rule} ${f.path} ${f.accepted}`)).toEqual([
        "G04 repos[0].statements[0].Action false",
        "G04 repos[0].statements[1].Action false",
        "G04 repos[0].statements[2].Action false",
        "W07 repos[0].accept[0] false",
      ]);
      for (const i of [0, 1, 2])
        expect(found[3]?.message).toContain(`statements[${i}].Action: this role could`);
    });

    it.each([
      ["", "W07 error repos[0].accept[0]"],
      [", about: anybody", "W07 error repos[0].accept[0]"],
      [", about: services.acme", null],
    ])("an accepted T57 does not cover an installation that is added%s", (about, problem) => {
      const waiver = `{ rule: T57, reason: because${about} }`;
      expect(findings(two(waiver, "[acme]"))).toEqual(["T57 warning repos[0] accepted"]);
      const accepted = problem === null ? " accepted" : "";
      expect(new Set(findings(two(waiver)))).toEqual(
        new Set([
          `T57 warning repos[0]${accepted}`,
          "T57 warning repos[0]",
          ...(problem === null ? [] : [problem]),
        ]),
      );
    });

    it("W03: about says what no finding says", () => {
      expect(findings(two("{ rule: T57, reason: because, about: nobody }", "[acme]"))).toEqual([
        "T57 warning repos[0]",
        "W03 warning repos[0].accept[0]",
      ]);
    });

    it("what one waiver names is not there for another one", () => {
      const both = "{ rule: T57, reason: a }, { rule: T57, reason: b, about: services.acme }";
      expect(findings(two(both))).toEqual(["T57 warning repos[0] accepted", "T57 warning repos[0] accepted"]);
      const thrice = `${both}, { rule: T57, reason: c }`;
      expect(findings(two(thrice))).toContain("W03 warning repos[0].accept[2]");
    });

    it("the same finding for the roles of several accounts counts once", () => {
      const text = repo(`accounts: [dev, live], ${accept("T57")}`, open).replace(
        "installations:",
        '  live: { id: "210987654321", region: eu-central-1 }\ninstallations:',
      );
      expect(findings(text)).toEqual(["T57 warning repos[0] accepted"]);
    });

    it("what one entry accepts stays open for another one, whose role has that name in another account", () => {
      const text = manifest(
        `defaults: { statements: [${edit("a")}] }
repos:
  - { url: https://github.com/acme/app, accounts: [dev], ${accept("G04")} }
  - { url: https://github.com/acme/app, accounts: [live] }`,
      ).replace("installations:", '  live: { id: "210987654321", region: eu-central-1 }\ninstallations:');
      expect(findings(text)).toEqual([
        "G04 error defaults.statements[0].Action accepted",
        "G04 error defaults.statements[0].Action",
      ]);
    });

    it("a place tells apart what is said alike", () => {
      const waivers = `accept: [{ rule: G04, reason: a, about: "statements[1]" }, { rule: G04, reason: b }]`;
      expect(findings(repo(`statements: [${edit("a")}, ${edit("b")}], ${waivers}`))).toEqual([
        "G04 error repos[0].statements[0].Action accepted",
        "G04 error repos[0].statements[1].Action accepted",
      ]);
    });
  });

  describe("under defaults", () => {
    const given = (waivers: string, rest: string, installation = open) =>
      manifest(`defaults: { accept: [${waivers}] }\n${rest}`, "", installation);
    const repos = "repos:\n  - url: https://github.com/acme/a\n  - url: https://github.com/acme/b";
    const t57 = "{ rule: T57, reason: because }";

    it("accepts infos and warnings of every entry, and entries add to it", () => {
      expect(findings(given(t57, repos))).toEqual([
        "T57 warning repos[0] accepted",
        "T57 warning repos[1] accepted",
      ]);
      const loaded = project(given("{ rule: T50, reason: so be it }", repos));
      expect(loaded.ok && loaded.findings.filter((f) => f.accepted).map((f) => f.rule)).toEqual([
        "T50",
        "T50",
      ]);
      expect(findings(given(t57, `${repos}\n    contexts: [all]\n    ${accept("T58")}`))).toEqual([
        "T57 warning repos[0] accepted",
        "T57 warning repos[1] accepted",
        "T58 warning repos[1] accepted",
      ]);
    });

    it("W07: not what an installation adds that nobody has looked at", () => {
      const text = manifest(
        `  other: { host: gitpod.io }
defaults: { accept: [${t57}] }
repos:
  - { url: https://github.com/acme/a, installations: [acme] }
  - { url: https://github.com/acme/b, installations: [other] }`,
        "",
        `${closed}\nopenSignup: true`,
      );
      expect(findings(text)).toEqual([
        "W07 error defaults.accept[0]",
        "T57 warning repos[0]",
        "T57 warning repos[1]",
      ]);
    });

    it("W05: never a wide trust, permissions, what G11 raised, or an error", () => {
      const statement = '{ Effect: Allow, Action: "s3:GetObject", Resource: "*" }';
      const wide = `orgs:\n  - { url: https://github.com/acme, statements: [${statement}] }`;
      for (const rule of ["T54", "T57", "T58", "G06", "T11"]) {
        const found = findings(given(`{ rule: ${rule}, reason: because }`, wide));
        expect(found).toContain("W05 error defaults.accept[0]");
        expect(found.filter((f) => f.endsWith("accepted"))).toEqual([]);
      }
    });

    it("accepts a note on the manifest, which an entry cannot", () => {
      const far = (waivers: string, ofEntry = "") =>
        given(waivers, `repos:\n  - { url: https://github.com/acme/a${ofEntry} }`, closed).replace(
          /region: \S+/,
          "region: eu-central-9",
        );
      const n01 = "{ rule: N01, reason: newer than the list }";
      expect(findings(far(n01))).toEqual(["N01 warning accounts.dev.region accepted"]);
      expect(findings(far("", `, accept: [${n01}]`))).toEqual([
        "N01 warning accounts.dev.region",
        "W03 warning repos[0].accept[0]",
      ]);
    });

    it("W03: where nothing is waived anywhere; entries of included files have none of it", () => {
      expect(findings(given(t57, repos, closed))).toEqual(["W03 warning defaults.accept[0]"]);
      const team = { "team.yaml": "repos: [{ url: https://github.com/acme/app }]" };
      expect(findings(given(t57, "include: [team.yaml]"), undefined, team)).toEqual([
        "W03 warning defaults.accept[0]",
        "T57 warning repos[0]",
      ]);
    });
  });

  it("W06: an entry past its expiry, where dates are judged", () => {
    const text = repo("expires: 2026-06-01");
    expect(findings(text)).toEqual([]);
    expect(findings(text, "2026-05-31")).toEqual([]);
    expect(findings(text, "2026-06-01")).toEqual(["W06 warning repos[0]"]);
  });
});

describe("the table", () => {
  it("has every id once, in the order of the letters, with a remedy", () => {
    const ids = rules.map((rule) => rule.id);
    expect(new Set(ids).size).toBe(ids.length);
    const letters = "TPGSEWN";
    expect(ids).toEqual(
      [...ids].sort((a, b) => letters.indexOf(a[0] ?? "") - letters.indexOf(b[0] ?? "") || (a < b ? -1 : 1)),
    );
    for (const { title, why, remedy } of rules) expect([title, why ?? "said", remedy]).not.toContain("");
  });

  it("has each rule in one file of the folder that CONTRIBUTING.md names, and what it says beside an input", async () => {
    const folders = { T: "trust", G: "permissions", P: "providers", S: "workspace", W: "waivers" };
    const page = readFileSync("CONTRIBUTING.md", "utf8");
    const texts = failingFixtures().map(async ({ rule, said: text }) => ((await text) === "" ? [] : [rule]));
    const said = new Set((await Promise.all(texts)).flat());
    for (const [letter, folder] of Object.entries(folders)) {
      expect(page).toMatch(new RegExp(`${folder}/\` \\(${letter}\\)`));
      const sources = readdirSync(join("src/rules", folder)).map((file) =>
        readFileSync(join("src/rules", folder, file), "utf8"),
      );
      for (const { id } of rules.filter((rule) => rule.id.startsWith(letter))) {
        expect([id, sources.filter((text) => text.includes(`\n  ${id}: {`)).length]).toEqual([id, 1]);
        expect([id, said.has(id)]).toEqual([id, true]);
      }
    }
  });
});
