import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Snippet } from "../../src/model/accessModel";
import { createWorkspace } from "./workspace";

/** What a snippet did in bash. */
export interface Recording {
  /** Every call of `gp` and `aws`: the program's name and its arguments. */
  readonly calls: readonly (readonly string[])[];
  readonly env: ReadonlyMap<string, string>;
  readonly status: number | null;
  readonly stderr: string;
}

/**
 * Runs the task of a `.gitpod.yml` in bash, where `gp` and `aws` only write down how they were called.
 * @param answer - what `aws` prints when it is asked for a secret or parameter
 */
export async function recordSnippet(gitpodYml: string, answer: string): Promise<Recording> {
  const workspace = createWorkspace({ contextUrl: "https://github.com/acme/app" });
  try {
    const record = join(workspace.folder, "record");
    const file = join(workspace.folder, "answer");
    writeFileSync(record, "");
    writeFileSync(file, answer);
    for (const [program, then] of [
      ["gp", "mkdir -p ~/.aws"],
      ["aws", `case " $* " in *" get-"*) cat '${file}' ;; esac`],
    ] as const)
      writeFileSync(
        join(workspace.folder, "bin", program),
        `#!/bin/sh\nset -- ${program} "$@"\nprintf '%s\\0' "$#" "$@" >>'${record}'\n${then}\n`,
        { mode: 0o755 },
      );
    const { env, status, stderr } = await workspace.run(gitpodYml);
    return { calls: callsOf(readFileSync(record, "utf8")), env, status, stderr };
  } finally {
    await workspace.remove();
  }
}

/** How a snippet must call `gp` and `aws`, from the model. */
export function expectedCalls(snippet: Snippet): readonly (readonly string[])[] {
  const audience = snippet.audience === "sts.amazonaws.com" ? [] : ["--audience", snippet.audience];
  return [
    ...snippet.logins.flatMap(({ roleArn, profile, durationSeconds, region, exports }) => [
      [
        ...["gp", "idp", "login", "aws", "--role-arn", roleArn, "--profile", profile],
        ...(durationSeconds === 3600 ? [] : ["--duration-seconds", String(durationSeconds)]),
        ...audience,
      ],
      ...exports.map((one) => [
        ...(one.source === "secret"
          ? ["aws", "secretsmanager", "get-secret-value", "--secret-id", one.id, "--query", "SecretString"]
          : [
              "aws",
              "ssm",
              "get-parameter",
              "--name",
              one.id,
              "--with-decryption",
              "--query",
              "Parameter.Value",
            ]),
        ...["--output", "text", "--region", one.region, "--profile", profile],
      ]),
      ["aws", "configure", "set", "region", region, "--profile", profile],
    ]),
    ["gp", "sync-done", snippet.task],
  ];
}

/** Reads what was written as a number of words and then the words, each ended by NUL. */
function callsOf(record: string): readonly (readonly string[])[] {
  const words = record.split("\0");
  const calls: string[][] = [];
  for (let i = 0; i < words.length - 1;) {
    const count = Number(words[i]);
    calls.push(words.slice(i + 1, i + 1 + count));
    i += 1 + count;
  }
  return calls;
}
