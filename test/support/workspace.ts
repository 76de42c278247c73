import { spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { load } from "js-yaml";
import { errorCode } from "../../src/cli/files";
import { onPath } from "./tools";

/** How a workspace starts, which decides the phases of a task that run. */
export type Start = "prebuild" | "prebuilt" | "fresh" | "restart";

/** Shells that people choose. */
export type Shell = "bash" | "zsh";

/** What the task's shell is like after the task. */
export interface TaskRun {
  /** Exit status of the whole task; null where its shell never came to the end. */
  readonly status: number | null;
  /** The shell's exported variables. */
  readonly env: ReadonlyMap<string, string>;
  /** Names of all variables and functions of the shell. */
  readonly names: readonly string[];
  /** On a terminal standard output and error are one, and hold the echo of what was typed. */
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** @default "fresh" */
  readonly start?: Start;
  /** Type the task into an interactive shell on a terminal, as Gitpod does. @default false - bash reads it from a file */
  readonly terminal?: boolean;
  /** The shell of a terminal. @default "bash" */
  readonly shell?: Shell;
  /** Milliseconds after which somebody presses Ctrl-C on the terminal. @default - never */
  readonly interruptAfter?: number;
  /** Name of the task. @default - the first */
  readonly task?: string;
  /** Variables of this run only. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds after which the shell is killed. @default 60000 */
  readonly timeout?: number;
}

export interface WorkspaceOptions {
  readonly contextUrl: string;
  /** Path of the AWS CLI; undefined: the workspace's image has none. */
  readonly aws?: string;
  /** What the issuer's `openWorkspace` returned; undefined: not a Gitpod workspace, so there is no `gp`. */
  readonly gpApi?: string;
  /** The same for an environment of Ona: there is `ona`, and no `gp`. */
  readonly onaApi?: string;
  /** What AWS_ENDPOINT_URL is set to. @default - none */
  readonly endpoint?: string;
  readonly workspaceId?: string;
  /** Shells that the image has besides bash. @default - none */
  readonly shells?: readonly Shell[];
}

/** A Gitpod workspace with a home folder, a PATH and sync markers of its own. */
export interface Workspace {
  /** Stands for `/`: holds `home`, `bin`, `markers`, `tmp` and `workspace`. */
  readonly folder: string;
  /** Runs one task of a `.gitpod.yml`. */
  run(gitpodYml: string, options?: RunOptions): Promise<TaskRun>;
  /** Opens a terminal, as an editor does, and returns the exported variables of its shell. */
  openTerminal(shell?: Shell, env?: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, string>>;
  /** Ends what still runs in it, and removes its folder. */
  remove(): Promise<void>;
}

const phases: Readonly<Record<Start, readonly (keyof Task)[]>> = Object.freeze({
  prebuild: ["before", "init", "prebuild"],
  prebuilt: ["before", "command"],
  fresh: ["before", "init", "command"],
  restart: ["before", "command"],
});

interface Task {
  readonly name?: string;
  readonly before?: string;
  readonly init?: string;
  readonly prebuild?: string;
  readonly command?: string;
}

/** Programs that any image has, and no other. */
const image = [
  "bash",
  "cat",
  "dash",
  "env",
  "grep",
  "jq",
  "mkdir",
  "mv",
  "rm",
  "script",
  "sed",
  "sh",
  "sleep",
  "stty",
  "tee",
];

/** Makes a workspace in a temporary folder. */
export function createWorkspace(options: WorkspaceOptions): Workspace {
  const folder = mkdtempSync(join(tmpdir(), "workspace-"));
  for (const name of ["home", "bin", "markers", "tmp", "workspace"]) mkdirSync(join(folder, name));
  const bin = join(folder, "bin");
  for (const program of [...image, ...(options.shells ?? [])]) {
    const path = onPath(program);
    if (path !== undefined) symlinkSync(path, join(bin, program));
  }
  // An AWS CLI that is itself a script may need any program, and a PATH to find it.
  if (options.aws !== undefined)
    wrap(join(bin, "aws"), `PATH=${word(process.env["PATH"] ?? "")} exec ${word(options.aws)}`);
  const api = options.onaApi ?? options.gpApi;
  const program = options.onaApi === undefined ? "gp" : "ona";
  if (api !== undefined)
    wrap(
      join(bin, program),
      `GP_TEST_PROGRAM=${program} exec ${word(process.execPath)} ${word(join(__dirname, "gp"))}`,
    );
  const env: Record<string, string> = {
    HOME: join(folder, "home"),
    PATH: bin,
    TMPDIR: join(folder, "tmp"),
    TERM: "xterm",
    LANG: "C.UTF-8",
    AWS_EC2_METADATA_DISABLED: "true",
    GITPOD_WORKSPACE_CONTEXT_URL: options.contextUrl,
    GITPOD_WORKSPACE_ID: options.workspaceId ?? "acme-app-x1y2z3a4b5c",
    GP_TEST_MARKERS: join(folder, "markers"),
    ...(api === undefined ? {} : { GP_TEST_API: api }),
    ...(options.endpoint === undefined ? {} : { AWS_ENDPOINT_URL: options.endpoint }),
  };
  let runs = 0;
  const running = new Set<RunningShell>();
  const place = (): Place => ({ folder, env, file: join(folder, `run-${runs++}`), running });
  return {
    folder,
    run: (gitpodYml, run = {}) => runTask(place(), typedText(gitpodYml, run), run),
    openTerminal: async (shell = "bash", extra = {}) =>
      (await runTask(place(), "", { terminal: true, shell, env: extra })).env,
    remove: async () => {
      const shells = [...running];
      for (const shell of shells) shell.kill();
      await Promise.all(shells.map((shell) => shell.end));
      for (const pid of processesOf(folder)) process.kill(pid, "SIGKILL");
      // What a terminal's shell started may live a moment longer than the terminal.
      rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

/** What Gitpod's supervisor writes to the terminal of a task: its phases as groups, each after the one before. */
export function typedText(gitpodYml: string, { start = "fresh", task }: RunOptions = {}): string {
  const { tasks } = load(gitpodYml) as { readonly tasks: readonly Task[] };
  const chosen = tasks.find(({ name }) => task === undefined || name === task);
  const groups = phases[start]
    .map((phase) => chosen?.[phase])
    .filter((code) => code !== undefined && code.trim() !== "")
    .map((code) => `{\n${code}\n}`);
  return groups.length === 0 ? "" : ` HISTFILE=/dev/null history -r; ${groups.join(" && ")}\n`;
}

/** Where a task runs, what it sees, and where it leaves what it was like. */
interface Place {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly file: string;
  readonly running: Set<RunningShell>;
}

/** A shell that has not ended. */
interface RunningShell {
  readonly kill: () => void;
  readonly end: Promise<void>;
}

async function runTask(
  { folder, env, file, running }: Place,
  typed: string,
  options: RunOptions,
): Promise<TaskRun> {
  const shell = options.shell ?? "bash";
  const dump = dumpCommand(shell, file);
  writeFileSync(`${file}.sh`, `${typed}${dump}`);
  const terminal = options.terminal === true;
  const child = spawn(
    join(env["PATH"] ?? "", terminal ? "script" : "bash"),
    terminal ? ["-qec", `${shell} -i`, "/dev/null"] : ["--norc", `${file}.sh`],
    {
      cwd: join(folder, "workspace"),
      env: { ...env, SHELL: join(env["PATH"] ?? "", shell), ...options.env },
      detached: true,
    },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const end = ended(child, options.timeout ?? 60_000);
  const kill = () => {
    killGroup(child);
  };
  const shellThatRuns: RunningShell = { kill, end };
  running.add(shellThatRuns);
  if (terminal) await type(child.stdin, typed, `${dump}exit\n`, options.interruptAfter);
  else child.stdin.end();
  await end;
  running.delete(shellThatRuns);
  return { ...readDump(file), stdout, stderr };
}

/** What a shell is told at the end, to write down what it is like. */
function dumpCommand(shell: Shell, file: string): string {
  const names = shell === "bash" ? `; { compgen -v; compgen -A function; } >${word(`${file}.names`)}` : "";
  return `echo $? >${word(`${file}.status`)}; env -0 >${word(`${file}.env`)}${names}\n`;
}

/** Types on a terminal. It stays open, because its end would reach the shell as a key. */
async function type(keyboard: Writable, task: string, rest: string, interruptAfter?: number): Promise<void> {
  keyboard.on("error", () => undefined);
  keyboard.write(task);
  if (interruptAfter !== undefined) {
    await sleep(interruptAfter);
    keyboard.write("\u0003");
    // Ctrl-C also throws away what was typed ahead.
    await sleep(1000);
  }
  keyboard.write(rest);
}

function readDump(file: string): Pick<TaskRun, "status" | "env" | "names"> {
  const read = (kind: string) =>
    existsSync(`${file}.${kind}`) ? readFileSync(`${file}.${kind}`, "utf8") : "";
  const status = read("status");
  return {
    status: status === "" ? null : Number(status),
    env: new Map(read("env").split("\0").filter(Boolean).map(variable)),
    names: read("names").split("\n").filter(Boolean),
  };
}

/** What still runs in a workspace: it may have left its terminal. */
function processesOf(folder: string): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => {
      try {
        return pid > 0 && readFileSync(`/proc/${pid}/environ`, "utf8").includes(`HOME=${folder}/home`);
      } catch {
        return false; // It has ended, or is another user's.
      }
    });
}

/** Kills a process and all that it started. */
function killGroup({ pid }: ReturnType<typeof spawn>): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch (error) {
    if (errorCode(error) !== "ESRCH") throw error;
  }
}

/** Waits for the process to end; kills it and all that it started when it takes too long. */
function ended(child: ReturnType<typeof spawn>, timeout: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      killGroup(child);
    }, timeout);
    child.on("close", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function variable(entry: string): [string, string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}

function wrap(file: string, command: string): void {
  writeFileSync(file, `#!/bin/sh\n${command} "$@"\n`);
  chmodSync(file, 0o755);
}

/** One word of a shell. */
function word(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
