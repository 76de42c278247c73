import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import fc from "fast-check";
import { AccountStack } from "../../src/constructs";
import { stableJson } from "../../src/constructs/stableJson";
import type { Json } from "../../src/constructs/terraform";
import { testAccount, testRole } from "../support/model";

/** What cdktf writes stacks with. */
const cdktfs = createRequire(require.resolve("cdktf"))("json-stable-stringify") as (
  value: unknown,
  options: { readonly space: number },
) => string;

const key = fc.oneof(
  fc.constantFrom("a", "b", "B", "_", "//", "é", "10", "9", "2", "", "a b", '"', "\u2028", "__proto__"),
  fc.string({ maxLength: 3 }),
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ maxLength: 5 }),
    fc.constantFrom(null, true, false, 0, -1, 1.5, "line\nbreak", "\ud800"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test("JSON is written as cdktf writes it, whatever the order of keys, and what is empty", () => {
  fc.assert(
    fc.property(value, (json) => {
      expect(stableJson(json)).toBe(cdktfs(json, { space: 2 }));
    }),
    { numRuns: 1000 },
  );
});

describe("a stack's file", () => {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-"));
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const synthesized = (name: string, prepare: (stack: AccountStack) => void): readonly [string, unknown] => {
    const outdir = join(folder, name);
    const app = new App({ outdir, stackTraces: false });
    const roles = ["zeta", "10", "9", "app"].map((role) => testRole(role, { tags: { "10": "a", "9": "b" } }));
    const findings = { warnings: ["T54: wide"], info: ["1 info"] };
    prepare(new AccountStack(app, "dev", { account: testAccount({ roles }), findings }));
    app.synth();
    const manifest = JSON.parse(readFileSync(join(outdir, "manifest.json"), "utf8")) as unknown;
    return [readFileSync(join(outdir, "stacks", "dev", "cdk.tf.json"), "utf8"), manifest];
  };

  test("is the same when it is written with roles at the end, and so is cdktf's manifest", () => {
    const usual = synthesized("usual", () => undefined);
    const fast = synthesized("fast", (stack) => {
      stack.writeWith(writeFileSync);
    });
    expect(fast).toEqual(usual);
    expect(usual[0]).toContain('"aws_iam_role"');
  });

  test("is not written where an annotation is an error", () => {
    const written: string[] = [];
    const app = new App({ outdir: join(folder, "refused"), stackTraces: false });
    const stack = new AccountStack(app, "dev", { account: testAccount() });
    stack.writeWith((file) => written.push(file));
    stack.node.addMetadata("@cdktf/error", "no");
    expect(() => {
      app.synth();
    }).toThrow("no");
    expect(written).toEqual([]);
  });
});
