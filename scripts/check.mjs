// Format, lint, types and the tests without Terraform, side by side: what each says comes when it has ended.
import { spawn } from "node:child_process";

const parts = {
  format: ["npx", "prettier", "--check", "."],
  lint: ["npx", "eslint", "."],
  types: ["npx", "tsc", "--noEmit"],
  tests: ["npx", "jest", "--testPathIgnorePatterns", "test/terraform"],
};

/** Runs a part to its end, and prints what it said; true where it ended well. */
function run(name, [program, ...args]) {
  return new Promise((resolve) => {
    const begin = Date.now();
    const child = spawn(program, args, {
      stdio: ["ignore", "pipe", "pipe"],
      shell: process.platform === "win32",
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (said += chunk));
    child.on("error", (error) => (said += error.message));
    child.on("close", (status) => {
      const seconds = Math.round((Date.now() - begin) / 1000);
      console.log(`${said}== ${name}: ${status === 0 ? "done" : "FAILED"}, ${seconds} s`);
      resolve(status === 0);
    });
  });
}

const results = await Promise.all(Object.entries(parts).map(([name, command]) => run(name, command)));
process.exitCode = results.every(Boolean) ? 0 : 1;
