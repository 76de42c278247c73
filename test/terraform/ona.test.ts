import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { mergeSnippet } from "../../src/workspace/merge/merge";
import { snippetTasks } from "../../src/workspace/merge/tasks";
import type { AccessModel } from "../../src/model/accessModel";
import type { OnaEnvironment, Trigger } from "../support/environment";
import { attempt, reportOn } from "../support/login";
import { modelOf } from "../support/project";
import { rendered } from "../support/snippet";
import { type Stage, startStage } from "../support/stage";
import { describeReal } from "../support/toolsTier";
import { createDeployment, type Deployment } from "./support";

const organization = "a1b2c3d4-0000-4000-8000-000000000001";
const [project, neighbour] = ["2", "3"].map((n) => `b1b2c3d4-0000-4000-8000-00000000000${n}`);
const classicIssuer = "https://services.acme.gitpod.cloud/idp";
const app = "https://github.com/acme/app";

const manifest = `version: 1
accounts: { dev: { id: "123456789012", region: us-east-1 } }
installations:
  acme: { issuer: ${classicIssuer} }
  ona: { kind: ona, organizationId: ${organization}, subject: both }
repos:
  - url: ${app}
    installations: [acme, ona]
    project: ${project ?? ""}
    grants:
      - { secret: nasty, env: NASTY }
      - { secret: fields, env: PASSWORD, key: password }
`;

/** Values that shells like to change. None ends in a newline, which a substitution takes away. */
const nasty = `'"\`$(echo no)\${HOME}$HOME\\n\\\\ %s ~ é😀\t!\n\n  end'`;
const password = `p'"\\$x\ny!`;

describeReal(
  "Classic and Ona, side by side",
  ["terraform", "mirror", "moto", "aws", "script", "jq"],
  (tools) => {
    let stage: Stage;
    let deployment: Deployment;
    const model: AccessModel = modelOf(manifest);
    const fileOf = (installation: string): string => {
      const snippet = model.snippets.find((s) => s.installation === installation);
      if (snippet === undefined) throw new Error(`there is no snippet on ${installation}`);
      return rendered(snippet);
    };

    beforeAll(async () => {
      stage = await startStage(tools, classicIssuer);
      await stage.secret("nasty", { SecretString: nasty });
      await stage.secret("fields", { SecretString: JSON.stringify({ password }) });
      deployment = createDeployment({ ...tools, endpoint: stage.endpoint });
      const [account] = model.accounts;
      if (account === undefined) throw new Error("there is no account");
      deployment.synth(account, model);
      await deployment.mustTerraform("init", "-input=false");
      await deployment.mustTerraform("apply", "-input=false", "-auto-approve");
    });

    afterAll(async () => {
      deployment.remove();
      await stage.stop();
    });

    const v3 = (end: string) => `organization_id:${organization}:${end}`;
    const aws = (made: Pick<OnaEnvironment, "folder">, name: string) =>
      join(made.folder, "home", ".aws", name);
    const values = async (made: Pick<OnaEnvironment, "openTerminal">) => {
      const env = await made.openTerminal();
      return [env.get("NASTY"), env.get("PASSWORD")];
    };

    test("a workspace of Classic has the values in a later terminal", async () => {
      const made = stage.workspace({ contextUrl: app });
      const run = await made.run(fileOf("acme"), { terminal: true, timeout: 240_000 });
      expect(run.stdout).not.toMatch(/^aws: FAILED/m);
      expect(await values(made)).toEqual([nasty, password]);
    });

    const start = async (
      made: OnaEnvironment,
      shell: "bash" | "dash",
      triggers: readonly Trigger[],
      file = fileOf("ona"),
    ) => {
      const runs = [];
      for (const trigger of triggers) runs.push(...(await made.run(file, trigger, shell)));
      return new Map(runs);
    };

    // Which shell runs the tasks is not documented.
    test.each([
      ["bash", v3(`project_id:${project ?? ""}:creator_email:a:b@acme.com`)],
      ["dash", `org:${organization}/prj:${project ?? ""}/env:e`],
    ] as const)(
      "an environment of Ona has the values in terminals and in tasks that wait, by %s: %s",
      async (shell, subject) => {
        const made = stage.environment(subject);
        const own = `tasks:
  test:
    name: t
    triggeredBy: [postEnvironmentStart]
    command: . ~/.aws/aws.env; printf %s "$NASTY"
`;
        const merged = mergeSnippet(own, snippetTasks(fileOf("ona")), {
          ...{ format: "automations.yaml", awaits: "all", task: "aws" },
          ...{ hasValues: true, logins: [], replace: false },
        });
        if (!merged.ok) throw new Error("it was not merged");
        const runs = await start(made, shell, ["postDevcontainerStart", "postEnvironmentStart"], merged.text);
        expect([...runs.keys()]).toEqual(["aws", "test"]);
        expect([runs.get("aws")?.status, runs.get("aws")?.stdout]).toEqual([0, "aws: logged in\n"]);
        expect(runs.get("test")?.stdout).toBe(nasty);
        expect(await values(made)).toEqual([nasty, password]);
        expect(statSync(aws(made, "aws.env")).mode & 0o777).toBe(0o600);
        expect(readFileSync(aws(made, "config"), "utf8")).toContain("region = us-east-1");

        // A stop and a resume: the home is as it was.
        writeFileSync(aws(made, "aws.env"), "export NASTY=old OTHER=old\n");
        await start(made, shell, ["postEnvironmentStart"]);
        const resumed = await made.openTerminal();
        expect([resumed.get("NASTY"), resumed.has("OTHER")]).toEqual([nasty, false]);

        const cleared = await start(made, shell, ["prebuild", "beforeSnapshot"]);
        expect([...cleared].map(([key, { status, stderr }]) => [key, status, stderr])).toEqual([
          ["aws-snapshot", 0, ""],
        ]);
        expect(existsSync(aws(made, "aws.env"))).toBe(false);
        expect(readFileSync(aws(made, "credentials"), "utf8")).toContain("aws_session_token = none");
        expect(await values(made)).toEqual([undefined, undefined]);
      },
    );

    test.each([
      [
        "another project",
        "bash",
        v3(`project_id:${neighbour ?? ""}`),
        /this role is for project .*, not for project/,
      ],
      ["no project", "dash", v3("environment_id:e"), /started without a project/],
    ] as const)("%s is refused, and told why", async (_, shell, subject, why) => {
      const made = stage.environment(subject);
      const run = (await start(made, shell, ["postEnvironmentStart"])).get("aws");
      expect([run?.status, run?.stdout]).toEqual([1, ""]);
      expect(run?.stderr).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
      expect(run?.stderr).toMatch(
        /^aws: FAILED, see above: role .*role\/ona-acme-app, which is for environments of its Ona project\./m,
      );
      expect(run?.stderr).not.toContain("eyJ");
      expect(await values(made)).toEqual([undefined, undefined]);
      const { roles } = reportOn(manifest, attempt(subject, { issuer: "https://app.gitpod.io" }));
      expect(roles.map((role) => role.remedy())).toEqual([expect.stringMatching(why)]);
    });

    test("with renew, a session is renewed by a token that stays fresh after the task has ended", async () => {
      const renewed = modelOf(manifest.replace("    grants:", "    snippet: { renew: true }\n    grants:"));
      const snippet = renewed.snippets.find(({ format }) => format === "automations.yaml");
      if (snippet === undefined) throw new Error("there is no snippet");
      const made = stage.environment(v3(`project_id:${project ?? ""}`));
      // The task's 50 minutes are a second here.
      const sleeper = join(made.folder, "bin", "slow");
      writeFileSync(sleeper, '#!/bin/sh\ncase $1 in 3000) set -- 1 ;; esac\nexec /bin/sleep "$1"\n', {
        mode: 0o755,
      });
      const file = rendered(snippet).replaceAll("sleep 3000", "slow 3000");
      const run = (await made.run(file, "postEnvironmentStart", "dash")).get("aws");
      expect([run?.status, run?.stdout]).toEqual([
        0,
        expect.stringContaining("assumed-role/ona-acme-app/") as string,
      ]);
      expect(await values(made)).toEqual([nasty, password]);
      expect([statSync(aws(made, "aws.token")).mode & 0o777, existsSync(aws(made, "credentials"))]).toEqual([
        0o600,
        false,
      ]);
      const token = readFileSync(aws(made, "aws.token"), "utf8");
      while (readFileSync(aws(made, "aws.token"), "utf8") === token) await sleep(200);
    });
  },
);
