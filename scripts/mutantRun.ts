import { spawn } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mutant } from "./mutantTable";

const root = join(__dirname, "..");

/** What the tests need of the tree. */
const needed = [
  ...["src", "test", "templates", "schema", "docs"],
  ...["jest.config.js", "package.json", "eslint.rooms.mjs"],
];
const tests = ["test/proof", "test/policy", "test/subject"];
/** The comparison of access is nobody else's. */
const ownTests: Readonly<Record<string, readonly string[]>> = {
  "src/access": ["test/access/atoms.test.ts", "test/access/changes.test.ts"],
};
const timeLimit = 600_000;

/** `killed`: a test failed. `broken`: it is no mutant, for the code did not even load. */
export type Outcome = "killed" | "survived" | "broken";

/** A copy of the tree outside of it, in which mutants are tried one at a time. */
export interface Laboratory {
  /** Runs the tests on a mutant; `null` stands for the tree as it is. */
  outcome(mutant: Mutant | null): Promise<Outcome>;
  remove(): void;
}

/** The files that hold the text which a mutant replaces, one as often as it does: it must be once in all. */
export function placesOf({ room, from }: Mutant): readonly string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(room, name))
    .flatMap((file) =>
      Array.from({ length: readFileSync(join(root, file), "utf8").split(from).length - 1 }, () => file),
    );
}

/** Makes a copy of the tree as it is now. */
export function openLaboratory(): Laboratory {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "mutants-")));
  for (const name of needed) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(realpathSync(join(root, "node_modules")), join(folder, "node_modules"), "dir");
  return {
    async outcome(mutant) {
      if (mutant === null) return runTests(folder);
      const [file, ...others] = placesOf(mutant);
      if (file === undefined || others.length > 0) return "broken";
      const path = join(folder, file);
      const text = readFileSync(path, "utf8");
      writeFileSync(
        path,
        text.replace(mutant.from, () => mutant.to),
      );
      try {
        return await runTests(folder, ownTests[mutant.room]);
      } finally {
        writeFileSync(path, text);
      }
    },
    remove: () => {
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
    },
  };
}

async function runTests(folder: string, files: readonly string[] = tests): Promise<Outcome> {
  const jest = join(folder, "node_modules", "jest", "bin", "jest.js");
  const cache = `--cacheDirectory=${join(folder, ".cache")}`;
  const child = spawn(process.execPath, [jest, "--bail", "--silent", "--runInBand", cache, ...files], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: timeLimit,
    env: { ...process.env, FULL: "0" },
    // A process group of its own, so that what outlives it can be ended with it.
    detached: true,
  });
  let report = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (report += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  await endGroup(child.pid);
  // A mutant that makes the tests run for ever is noticed, too.
  if (code === null) return "killed";
  if (code === 0) return "survived";
  return /^Tests: +[0-9]+ failed/m.test(report) ? "killed" : "broken";
}

/** Ends what is left of a process group, and waits until nothing is. */
async function endGroup(pid: number | undefined): Promise<void> {
  for (let tries = 0; pid !== undefined && tries < 100; tries += 1) {
    try {
      process.kill(-pid, "SIGKILL");
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
