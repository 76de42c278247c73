import fc from "fast-check";
import { identityProviderArn, parseArn, providerName, roleName, snippetFile } from "../../src/model/names";
import { partitionOf } from "../../src/model/partitions";
import { anyText, anyUrl } from "../support/nasty";
import { runs } from "../proof/settings";

describe("a role's name", () => {
  it("is installation and path, with slashes as hyphens", () => {
    expect(roleName("gitpod", "gitpod-io/my-application")).toBe("gitpod-gitpod-io-my-application");
  });

  it("ends in a hash of the whole where something had to be replaced or cut", () => {
    expect(roleName("gitpod", "acme/a~b")).toMatch(/^gitpod-acme-a-b-[0-9a-f]{8}$/);
    expect(roleName("gitpod", "acme/a-b")).toBe("gitpod-acme-a-b");
    const long = roleName("gitpod", `acme/${"x".repeat(100)}`);
    expect(long).toHaveLength(64);
    expect(long).toMatch(/x-[0-9a-f]{8}$/);
    expect(roleName("gitpod", `acme/${"x".repeat(101)}`)).not.toBe(long);
  });

  it("is always one that IAM accepts", () => {
    fc.assert(
      fc.property(anyText({ minLength: 1, maxLength: 200 }), (path) => {
        expect(roleName("i", path)).toMatch(/^[A-Za-z0-9+=,.@_-]{1,64}$/);
      }),
      runs(100),
    );
  });
});

describe("a snippet's file", () => {
  it("follows the URL", () => {
    expect(snippetFile("gitpod", "https://github.com/acme/app", "gitpod.yml")).toBe(
      "gitpod/github.com/acme/app.gitpod.yml",
    );
    expect(snippetFile("gitpod", "https://git.acme.com:8443/a/b", "gitpod.yml")).toBe(
      "gitpod/git.acme.com%3A8443/a/b.gitpod.yml",
    );
    expect(snippetFile("gitpod", "https://github.com/acme/a%20b", "gitpod.yml")).toBe(
      "gitpod/github.com/acme/a%2520b.gitpod.yml",
    );
  });

  it("never leaves its folder, and tells any two URLs apart", () => {
    fc.assert(
      fc.property(anyUrl, anyUrl, (a, b) => {
        const [x, y] = [new URL(a), new URL(b)];
        const file = snippetFile("i", x.href, "gitpod.yml");
        expect(file.split("/").some((s) => s === "" || s === "." || s === "..")).toBe(false);
        expect(file).toMatch(/^i\/[A-Za-z0-9._%/-]+\.gitpod\.yml$/);
        const key = (u: URL) => `${u.host}${u.pathname.replace(/\/+/g, "/").replace(/\/$/, "")}`;
        if (key(x) !== key(y)) expect(snippetFile("i", y.href, "gitpod.yml")).not.toBe(file);
      }),
      runs(100),
    );
  });
});

describe("names of AWS", () => {
  it("the provider name is the issuer without its scheme, path kept", () => {
    expect(providerName("https://api.gitpod.io/idp")).toBe("api.gitpod.io/idp");
    expect(identityProviderArn("aws-cn", "123456789012", "https://api.gitpod.io/idp")).toBe(
      "arn:aws-cn:iam::123456789012:oidc-provider/api.gitpod.io/idp",
    );
  });

  it("an ARN's resource keeps its colons", () => {
    expect(parseArn("arn:aws:secretsmanager:us-east-1:123456789012:secret:a:b")).toMatchObject({
      resource: "secret:a:b",
    });
    expect(parseArn("arn:aws:s3")).toBeNull();
    expect(parseArn("secret")).toBeNull();
  });

  it.each([
    ["us-east-1", "aws"],
    ["eu-central-1", "aws"],
    ["ap-southeast-2", "aws"],
    ["cn-north-1", "aws-cn"],
    ["us-gov-west-1", "aws-us-gov"],
    ["eusc-de-east-1", "aws-eusc"],
    ["us-iso-east-1", null],
    ["us-isob-east-1", null],
    ["mars", null],
    ["us-east-1\n", null],
    ["${x}", null],
  ])("the region %j is in %s", (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});
