import { isKnown } from "./shellScope";
import type { ShellWord } from "./shellScope";

/** A program that runs another one: its options that take a value of their own, and what else comes before the other. */
interface Wrapper {
  /** Options whose value is the next word. */
  readonly valued: readonly string[];
  /** Words before the command that are no options. */
  readonly operands: number;
  /** Does it take `NAME=value` words? */
  readonly assigns: boolean;
}

const plain: Wrapper = Object.freeze({ valued: [], operands: 0, assigns: false });

const wrappers: ReadonlyMap<string, Wrapper> = new Map<string, Wrapper>([
  ["command", plain],
  ["builtin", plain],
  ["exec", { ...plain, valued: ["-a"] }],
  ["nohup", plain],
  ["setsid", plain],
  ["time", plain],
  ["nice", { ...plain, valued: ["-n"] }],
  ["ionice", { ...plain, valued: ["-c", "-n"] }],
  ["stdbuf", { ...plain, valued: ["-i", "-o", "-e"] }],
  ["timeout", { ...plain, valued: ["-k", "-s", "--kill-after", "--signal"], operands: 1 }],
  ["env", { ...plain, valued: ["-u", "--unset", "-C", "--chdir"], assigns: true }],
  [
    "sudo",
    {
      valued: ["-u", "-g", "-h", "-p", "-C", "-D", "-R", "-T", "--user", "--group", "--chdir"],
      operands: 0,
      assigns: true,
    },
  ],
  ["doas", { ...plain, valued: ["-u", "-C"] }],
  ["flock", { ...plain, valued: ["-w", "-E", "--timeout", "--wait", "--conflict-exit-code"], operands: 1 }],
  [
    "xargs",
    {
      ...plain,
      valued: ["-I", "-n", "-P", "-L", "-d", "-E", "-s", "-a", "--max-args", "--max-procs", "--arg-file"],
    },
  ],
  ["parallel", { ...plain, valued: ["-j", "--jobs", "-a", "--arg-file", "--colsep", "-I"] }],
  ["chronic", plain],
  ["unbuffer", plain],
  ["npx", { ...plain, valued: ["-p", "--package"] }],
  ["bunx", plain],
  ["pnpx", plain],
]);

/** Programs with a word of their own before the program that they run. */
const runners: ReadonlyMap<string, readonly string[]> = new Map([
  ["npm", ["exec", "x"]],
  ["pnpm", ["exec", "dlx"]],
  ["yarn", ["exec", "dlx", "run"]],
  ["poetry", ["run"]],
  ["pipenv", ["run"]],
  ["uv", ["run"]],
]);

/** A command without what is wrapped around it. */
export interface Unwrapped {
  readonly words: readonly ShellWord[];
  /** What `env` and `sudo` set for it. */
  readonly settings: ReadonlyMap<string, ShellWord>;
  /** What `env` takes away from it. */
  readonly unset: readonly string[];
}

/** The name of a program, without the folder that it is in. */
export function programOf(word: ShellWord | undefined): string {
  if (word === undefined || !isKnown(word)) return "";
  return word.text.slice(word.text.lastIndexOf("/") + 1);
}

/** Takes `command`, `env`, `sudo`, `timeout` and their like off a command. */
export function unwrap(words: readonly ShellWord[]): Unwrapped {
  const settings = new Map<string, ShellWord>();
  const unset: string[] = [];
  let rest = words;
  for (;;) {
    const name = programOf(rest[0]);
    const runs = runners.get(name)?.includes(rest[1]?.text ?? "") === true;
    const wrapper = runs ? plain : wrappers.get(name);
    if (wrapper === undefined) return { words: rest, settings, unset };
    const inside = behind(rest.slice(runs ? 2 : 1), wrapper, settings, unset);
    // `command -v aws` asks, and runs nothing.
    if (name === "command" && /^-[vV]+$/.test(rest[1]?.text ?? "")) return { words: rest, settings, unset };
    if (inside.length === 0) return { words: rest, settings, unset };
    rest = inside;
  }
}

function behind(
  words: readonly ShellWord[],
  { valued, operands, assigns }: Wrapper,
  settings: Map<string, ShellWord>,
  unset: string[],
): readonly ShellWord[] {
  let skipped = 0;
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined) break;
    const equals = word.text.indexOf("=");
    if (word.text === "--") continue;
    if (word.text.startsWith("-")) {
      if (/^(-u|--unset)$/.test(word.text) && assigns) unset.push(words[i + 1]?.text ?? "");
      if (valued.includes(word.text)) i += 1;
    } else if (assigns && /^[A-Za-z_]\w*=/.test(word.text)) {
      const at = equals + 1;
      settings.set(word.text.slice(0, equals), {
        ...word,
        text: word.text.slice(at),
        written: (index) => word.written(at + index),
      });
    } else if (skipped < operands) skipped += 1;
    else return words.slice(i);
  }
  return [];
}
