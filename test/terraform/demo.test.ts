import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fullTest } from "../support/process";
import { describeReal } from "../support/toolsTier";

const root = join(__dirname, "..", "..");

/** What the demo said, how it ended, and what it left in its temporary folder. */
interface Show {
  readonly status: number | null;
  readonly output: string;
  readonly left: readonly string[];
}

/**
 * Runs the demo as `npm run demo` does, with a temporary folder of its own.
 * @param interruptAt - text of the demo at which somebody presses Ctrl-C @default - never
 */
async function show(env: Readonly<Record<string, string>>, interruptAt?: string): Promise<Show> {
  const folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-demo-"));
  try {
    const child = spawn(process.execPath, ["--import", "tsx", "demo/demo.ts"], {
      cwd: root,
      env: { ...process.env, TMPDIR: folder, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const hear = (text: string) => {
      const before = output;
      output += text;
      if (interruptAt !== undefined && output.includes(interruptAt) && !before.includes(interruptAt))
        child.kill("SIGINT");
    };
    child.stdout.setEncoding("utf8").on("data", hear);
    child.stderr.setEncoding("utf8").on("data", hear);
    const [status] = (await once(child, "close")) as (number | null)[];
    return {
      status: status ?? null,
      output,
      left: readdirSync(folder).filter((name) => !/^tsx-/.test(name)),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the demo without its tools", () => {
  fullTest("names each, and what to install", async () => {
    const { status, output } = await show({ PATH: "/nowhere" });
    expect(status).toBe(1);
    for (const tool of ["terraform", "moto", "aws"]) expect(output).toContain(`${tool} is missing: `);
  });
});

describeReal("the demo", ["terraform", "mirror", "moto", "aws"], () => {
  test("tells the whole story in 80 columns without colours, and leaves nothing behind", async () => {
    const { status, output, left } = await show({});
    expect([output, status, left]).toEqual([output, 0, []]);
    expect(output).toContain("postgres://app:correct-horse@db.internal/app");
    expect(output).toContain("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    expect(output).toContain("✓ no role is left");
    expect(output).not.toContain("\u001b");
    expect(output.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test.each(["start an AWS", "terraform apply", "open a workspace"])(
    "cleans up when somebody presses Ctrl-C at: %s",
    async (moment) => {
      const { status, output, left } = await show({}, moment);
      expect([output, status, left]).toEqual([output, 130, []]);
      expect(output).toContain("interrupted: cleaning up");
    },
  );
});
