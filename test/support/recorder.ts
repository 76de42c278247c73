import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { load } from "js-yaml";
import type { Snippet } from "../../src/model/accessModel";
import { createWorkspace } from "./workspace";

/** What a snippet did in bash. */
export interface Recording {
  /** Every call of `gp` and `aws`: the program's name and its arguments. */
  readonly calls: readonly (readonly string[])[];
  /** The manifest's commands as they reached `eval`, without newlines at their ends; none of them was run. */
  readonly commands: readonly string[];
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
    const log = `printf '%s\\0' "$#" "$@" >>'${record}'`;
    writeFileSync(record, "");
    writeFileSync(join(workspace.folder, "answer"), answer);
    const identity = join(workspace.folder, "identity");
    for (const [program, then] of [
      [
        "gp",
        `case " $* " in *" login "*) printf '[x]\\na = A\\nb = B\\nc = C\\n' >"$AWS_SHARED_CREDENTIALS_FILE"
while [ "$1" != --role-arn ]; do shift; done
account=\${2%%:role/*}
printf '%s:sts:%s:assumed-role/%s/session\\n' "\${account%%:iam:*}" "\${account#*:iam:}" "\${2##*/}" >'${identity}' ;; esac`,
      ],
      [
        "aws",
        `case " $* " in *" get-caller-identity "*) cat '${identity}' ;; *" get-"*) cat '${join(workspace.folder, "answer")}' ;; esac`,
      ],
    ] as const)
      writeFileSync(
        join(workspace.folder, "bin", program),
        `#!/bin/sh\nset -- ${program} "$@"\n${log}\n${then}\n`,
        { mode: 0o755 },
      );
    // A function outranks the builtin: what would be evaluated is written down instead.
    const before = `eval() { set -- eval "$@"; ${log}; }`;
    const file = load(gitpodYml) as { readonly tasks: readonly object[] };
    const run = await workspace.run(
      JSON.stringify({ tasks: file.tasks.map((task) => ({ ...task, before })) }),
    );
    const all = callsOf(readFileSync(record, "utf8").replaceAll(join(workspace.folder, "home"), "~"));
    return {
      calls: all.filter(([program]) => program !== "eval"),
      commands: all
        .filter(([program]) => program === "eval")
        .map(([, text]) => text?.slice(" ".length) ?? ""),
      env: run.env,
      status: run.status,
      stderr: run.stderr,
    };
  } finally {
    await workspace.remove();
  }
}

/** How a snippet must call `gp` and `aws`, from the model; `~` is the home folder. */
export function expectedCalls(snippet: Snippet): readonly (readonly string[])[] {
  const audience = snippet.audience === "sts.amazonaws.com" ? [] : ["--audience", snippet.audience];
  return [
    ...snippet.logins.flatMap(({ roleArn, profile, durationSeconds, region, exports }) => [
      ["aws", "configure", "set", "region", region, "--profile", profile],
      [
        ...["aws", "configure", "set", "credential_process"],
        ...[`bash -p ~/.aws/gitpod/${profile}.login`, "--profile", profile],
      ],
      [
        ...["gp", "idp", "login", "aws", "--role-arn", roleArn, "--profile", profile],
        ...["--duration-seconds", String(durationSeconds), ...audience],
      ],
      // Whose the credentials are that programs get by this profile.
      [
        ...["aws", "sts", "get-caller-identity", "--query", "Arn", "--output", "text"],
        ...["--profile", profile],
      ],
      ...exports.map((one) => [
        ...["aws", "--region", one.region, "--output", "text", "--profile", profile],
        ...(one.source === "secret"
          ? [
              ...["secretsmanager", "get-secret-value", "--query", "join('', [SecretString])"],
              `--secret-id=${one.id}`,
            ]
          : [
              ...["ssm", "get-parameter", "--with-decryption", "--query", "join('', [Parameter.Value])"],
              `--name=${one.id}`,
            ]),
      ]),
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
