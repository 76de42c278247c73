import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fenced, read } from "../docs/markdown";
import { startCountingProxy, type CountingProxy } from "../support/countingProxy";
import { startMoto, type Moto } from "../support/moto";
import { createScriptFolder } from "../support/scriptFolder";
import { describeReal } from "../support/toolsTier";

/** The blocks of the page's section, in its order. */
function documented() {
  const [, section = ""] = read("docs/deploying.md").split("### Changing the number of shards\n");
  const blocks = fenced(section.split("\n## ")[0] ?? "").filter((b) => ["sh", "bash"].includes(b.language));
  expect(blocks).toHaveLength(8);
  const [names = "", copy = "", synthNext = "", copyNew = "", move = "", put = "", synth = "", plan = ""] =
    blocks.map((b) => b.text);
  return { names, copy, synthNext, copyNew, move, put, synth, plan };
}

const backends = {
  "in files": "local: { path: state/acme.dev.tfstate }",
  "in S3": "s3: { bucket: acme-state, region: us-east-1 }",
};

const kinds = [
  "grants: [{ secret: one }]",
  "managedPolicies: [arn:aws:iam::123456789012:policy/theirs]",
  "exclusive: true\n    grants: [{ secret: two }, { s3: acme-assets/fixtures/* }, { parameter: /a/* }]",
];

/** An account whose roles have every kind of resource: some roles have more than its quota allows inline. */
function manifest(shards: number, backend: string): string {
  const repos = Array.from(
    { length: 7 },
    (_, i) => `  - url: https://github.com/acme/app-${i}\n    ${kinds[i % kinds.length] ?? ""}\n`,
  );
  return `version: 1
accounts:
  dev:
    id: "123456789012"
    region: us-east-1
    backend: { ${backend} }
    quotas: { inlinePolicyLength: 250 }
    shards: ${shards}
installations: { acme: { host: acme.gitpod.cloud } }
repos:
${repos.join("")}`;
}

describeReal(
  "the number of shards is changed by the documented commands",
  ["terraform", "mirror", "moto", "aws"],
  (tools) => {
    let moto: Moto;
    let proxy: CountingProxy;
    let ops: ReturnType<typeof createScriptFolder>;
    const page = documented();

    beforeAll(async () => {
      moto = await startMoto(tools.moto);
      proxy = await startCountingProxy(moto.endpoint);
    });
    afterAll(async () => {
      await proxy.stop();
      await moto.stop();
    });
    beforeEach(async () => {
      await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
      ops = createScriptFolder(tools, proxy.endpoint);
    });
    afterEach(() => {
      rmSync(ops.folder, { recursive: true, force: true });
    });

    const write = (text: string) => {
      writeFileSync(join(ops.folder, "manifest.yaml"), text);
    };
    const terraform = (stack: string, command: string) =>
      ops.must(`terraform -chdir=cdktf.out/stacks/${stack} ${command}`);
    const resources = async (stack: string) =>
      (await terraform(stack, "state list")).split("\n").filter((line) => line !== "");
    const expectOfEach = async (stacks: readonly string[], command: string, text: string) => {
      const outputs = await Promise.all(
        stacks.map((stack) => terraform(stack, `${command} -input=false -no-color`)),
      );
      expect(outputs).toEqual(stacks.map(() => expect.stringContaining(text) as unknown));
    };

    /** Follows the page from step 1 to 7. The next change begins by finding that no stack has changes. */
    const change = async (names: string, stacks: readonly string[], text: string) => {
      await ops.must(names + page.copy);
      write(text);
      await ops.must(page.synthNext);
      await ops.must(names + page.copyNew);
      await ops.must(names + page.move);
      await ops.must(names + page.put);
      await ops.must(page.synth);
      const plans = await ops.must(names + page.plan);
      expect(plans).not.toMatch(/Plan: |will be |must be /);
      await expectOfEach(stacks, "apply -auto-approve", "0 added, 0 changed, 0 destroyed");
      await ops.must("rm -r shard-move cdktf.next");
    };

    const deployed = async (backend: string, shards = 1) => {
      const policy = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "*", Resource: "*" }] };
      await ops.must(
        `${tools.aws} iam create-policy --policy-name theirs --policy-document '${JSON.stringify(policy)}'`,
      );
      write(manifest(shards, backend));
      await ops.must(page.synth);
      for (const stack of ["dev", "dev-2", "dev-3"].slice(0, shards)) {
        await terraform(stack, "init -input=false");
        await terraform(stack, "apply -input=false -auto-approve");
      }
      proxy.take();
    };

    test.each(Object.entries(backends))(
      "with state %s nothing is made, destroyed or detached in AWS, and then there are no changes",
      async (where, backend) => {
        if (where === "in S3") {
          await ops.must(`${tools.aws} s3api create-bucket --bucket acme-state`);
          // moto answers at one host, not at one for each bucket.
          ops.env["TF_CLI_ARGS_init"] = "-backend-config=use_path_style=true";
        }
        const stacks = ["dev", "dev-2", "dev-3"];
        const names = (before: readonly string[], after: readonly string[]) =>
          `before=(${before.join(" ")})\nafter=(${after.join(" ")})\n`;
        expect(page.names).toBe(names(["dev"], stacks));
        // The page's own change of one stack to three, and the way back to two.
        const [from, to] = where === "in files" ? [1, 3] : [3, 2];
        const [before, after] = [stacks.slice(0, from), stacks.slice(0, to)];
        await deployed(backend, from);
        const whole = (await Promise.all(before.map(resources))).flat().sort();

        await change(names(before, after), after, manifest(to, backend));
        const spread = await Promise.all(after.map(resources));
        expect(spread.flat().sort()).toEqual(whole);
        for (const own of spread) expect(own.filter((a) => a.startsWith("aws_iam_role."))).not.toEqual([]);
        expect(existsSync(join(ops.folder, "cdktf.out/stacks/dev-3/cdk.tf.json"))).toBe(to === 3);

        await expectOfEach(after, "plan -detailed-exitcode", "No changes");
        const calls = [...proxy.take().keys()];
        expect(calls).toContain("GetRole");
        expect(calls.filter((action) => !/^Get|^List/.test(action))).toEqual([]);
      },
    );

    test("without moving the state a deploy would destroy roles, and the synth says so", async () => {
      const backend = backends["in files"];
      await deployed(backend);
      write(manifest(3, backend));
      expect(await ops.must(page.synth)).toContain("Changing the number of shards");
      expect(await terraform("dev", "plan -input=false -no-color")).toMatch(/[1-9]\d* to destroy/);
    });
  },
);
