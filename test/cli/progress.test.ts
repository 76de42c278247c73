import { startProgress } from "../../src/cli/progress";

/** A terminal, and a clock that the test winds. */
function terminal(interactive = true) {
  const written: string[] = [];
  let now = 5000;
  const stderr = { write: (text: string) => written.push(text) };
  const progress = startProgress({ stderr, interactive }, () => now);
  return { written, progress, wait: (milliseconds: number) => (now += milliseconds) };
}

const line = (text: string) => `\r\u001b[K${text}`;

describe("progress", () => {
  test("says nothing of work that takes less than a second", () => {
    const { written, progress, wait } = terminal();
    progress.step("begin");
    wait(999);
    progress.step("end");
    progress.clear();
    expect(written).toEqual([]);
  });

  test("rewrites one line of longer work, ten times a second at the most, and takes it away", () => {
    const { written, progress, wait } = terminal();
    wait(1000);
    progress.step("snippet 1 of 3");
    progress.step("snippet 2 of 3");
    wait(100);
    progress.step("snippet 3 of 3");
    progress.clear();
    progress.clear();
    expect(written).toEqual([line("snippet 1 of 3"), line("snippet 3 of 3"), line("")]);
  });

  test("says nothing where nobody looks on", () => {
    const { written, progress, wait } = terminal(false);
    wait(60_000);
    progress.step("snippet 1 of 3");
    progress.clear();
    expect(written).toEqual([]);
  });

  test("writes no control character of a name, and no line that would wrap", () => {
    const { written, progress, wait } = terminal();
    wait(1000);
    progress.step(`reading \u001b[2J${"x".repeat(200)}`);
    expect(written).toHaveLength(1);
    expect(written[0]?.slice(line("").length)).toMatch(/^[ -~]{79}$/);
  });
});
