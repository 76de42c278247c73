import type { Question } from "../../src/explain/report";
import { explainText } from "../../src/explain/text";
import type { LoginAttempt } from "../../src/explain/verdict";
import { attempt, reportOn } from "../support/login";
import { manifest } from "../support/project";

const app = "https://github.com/acme/app";
const text = (yaml: string, login: LoginAttempt, question: Question = {}) =>
  explainText(reportOn(yaml, login, question), null);
const roles = (n: number) =>
  manifest(
    `repos:\n${Array.from({ length: n }, (_, i) => `  - url: https://github.com/acme/app${i}`).join("\n")}`,
  );

describe("the text", () => {
  it("of a role that admits says which", () => {
    expect(text(manifest(`repos:\n  - url: ${app}`), attempt(app))).toBe(
      `issuer    https://api.acme.gitpod.cloud/idp
subject   ${app}
audience  sts.amazonaws.com

admitted  acme-acme-app in account dev
          arn:aws:iam::123456789012:role/acme-acme-app
`,
    );
  });

  it("of one that refuses says the condition, what it wants, what it found and the remedy", () => {
    expect(text(manifest(`repos:\n  - url: ${app}`), attempt(`${app}/pull/7`))).toBe(
      `issuer    https://api.acme.gitpod.cloud/idp
subject   ${app}/pull/7
audience  sts.amazonaws.com

refused   acme-acme-app in account dev
          StringEquals api.acme.gitpod.cloud/idp:sub does not hold
          expected  ${app}
                    ${app}.git
                    ${app}/
          found     ${app}/pull/7
remedy    open ${app} itself,
          or write contexts: [repository, pull-requests] at manifest.yaml:10, which also admits the code of forks (rule T58)
`,
    );
  });

  it("shows the roles of the workspace's own repository, and counts the others", () => {
    const near = text(roles(20), attempt("https://github.com/acme/app7/tree/main"));
    expect(near.match(/^refused .*/gm)).toEqual(["refused   acme-acme-app7 in account dev"]);
    expect(near).toContain("19 other roles of acme refuse it");
    const admitted = text(roles(20), attempt("https://github.com/acme/app7"));
    expect(admitted).not.toContain("refused  ");
    expect(admitted).toContain("19 other roles of acme refuse it");
  });

  it("where no role is near shows the one whose URL is most alike", () => {
    const far = text(roles(20), attempt("https://github.com/acme/app12x"));
    expect(far.match(/^refused .*/gm)).toEqual(["refused   acme-acme-app12 in account dev"]);
  });

  it("shows the role that an event asked for, whatever it is for", () => {
    const role = "arn:aws:iam::123456789012:role/acme-acme-app3";
    const asked = text(roles(20), attempt("https://github.com/acme/app7/issues/1", { role }));
    expect(asked.match(/^refused .*/gm)).toEqual([
      "refused   acme-acme-app3 in account dev",
      "refused   acme-acme-app7 in account dev",
    ]);
  });

  it("of an installation without roles says so", () => {
    expect(text(manifest(""), attempt(app))).toContain("no role trusts workspaces of acme");
  });

  it("says whether the signature was looked at, where there is one", () => {
    const report = reportOn(manifest(`repos:\n  - url: ${app}`), attempt(app));
    expect(explainText(report, "verified")).toContain(
      "signature valid, by the keys of the manifest's issuer",
    );
    expect(explainText(report, "unverified")).toContain("signature not checked (--verify)");
    expect(explainText(report, null)).not.toContain("signature");
  });

  it("shows characters that do not show, and never writes them", () => {
    const sub = `${app}/tree/\u202e\t\r\n\u009b\u200bx`;
    const login = attempt(sub, {
      claims: { sub, azp: "a\u202eb" },
      issuer: "https://api.acme.gitpod.cloud/idp",
    });
    const shown = text(manifest(`repos:\n  - url: ${app}`), login);
    // eslint-disable-next-line no-control-regex
    expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u202e]/);
    expect(shown).toContain("\\u202e\\u0009\\u000d\\u000a\\u009b\\u200bx");
    const unknown = text(
      manifest(`repos:\n  - url: ${app}`),
      attempt(app, { issuer: "https://\u202eevil/idp" }),
    );
    expect(unknown).toContain("\\u202eevil");
  });

  it("has a line for each part and each alternative of a remedy", () => {
    const expired = manifest(`repos:\n  - url: ${app}\n    expires: 2026-01-01`);
    expect(text(expired, attempt(`${app}/tree/main`))).toMatch(
      /^remedy {4}open .* itself,\n {10}or write contexts: \[.*\] at \S+;\n {10}and the entry expired .*$/m,
    );
  });

  it("cuts a condition of many values", () => {
    const branches = Array.from({ length: 30 }, (_, i) => `{ branch: b${i} }`).join(", ");
    const many = manifest(`repos:\n  - url: ${app}\n    contexts: [${branches}]`);
    expect(text(many, attempt(`${app}/tree/x`))).toContain("and 22 more");
  });

  it("answers what the role may do, and what nobody has read", () => {
    const permission = { action: "s3:GetObject", resource: "arn:aws:s3:::acme-assets/x" };
    const yaml = manifest(
      `repos:\n  - url: ${app}\n    grants: [{ s3: acme-assets/x }]\n    permissionsBoundary: arn:aws:iam::123456789012:policy/b`,
    );
    const shown = text(yaml, attempt(app), { permission });
    expect(shown).toContain(
      "allowed   s3:GetObject on arn:aws:s3:::acme-assets/x\n          allowed by its policy\n",
    );
    expect(shown).toContain("not read: arn:aws:iam::123456789012:policy/b");
    const other = text(yaml, attempt(app), { permission: { ...permission, action: "s3:PutObject" } });
    expect(other).toContain("refused   s3:PutObject on");
    expect(other).toContain("remedy    write under grants: ");
  });

  it("where the address alone is unknown is undecided", () => {
    const yaml = manifest(`repos:\n  - url: ${app}\n    sourceCidrs: [203.0.113.0/24]`);
    expect(text(yaml, attempt(app))).toMatch(
      /^undecided acme-acme-app .*\n {10}the source address is not known \(--source-ip\)$/m,
    );
  });
});
