/** What one process used. */
export interface Measured {
  /** User and system time in seconds. */
  readonly cpu: number;
  /** Seconds. */
  readonly wall: number;
  /** Peak of the resident set. */
  readonly megabytes: number;
}

/** Seconds of CPU time by stage. */
export type StageTimes = Readonly<Record<string, number>>;

export interface BenchResult {
  readonly size: number;
  readonly ours: Measured;
  readonly plain: Measured;
  readonly floor: Measured;
  readonly stages: StageTimes;
}

/** docs/performance.md: the figures of one run of the benchmark. */
export function performancePage(
  results: readonly BenchResult[],
  { runs, node }: { readonly runs: number; readonly node: string },
): string {
  const two = (n: number): string => n.toFixed(2);
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;
  const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string =>
    [row(head), row(head.map(() => "---:")), ...rows.map(row)].join("\n");
  const stageNames = Object.keys(results[0]?.stages ?? {});
  const [smaller, larger] = results.slice(-2);
  return `# Performance

Written by \`npm run bench -- --write\`; compare ratios, not seconds: the machine was not idle.

One synth of N repositories (30 % with three grants, one half included, an account for every 5,000), in fresh processes,
medians of ${runs}, Node ${node.slice(1)}. **Ours** reads and checks the manifest, and writes stacks and snippets. **Plain** is a CDKTF
program that makes the same resources and files in a loop, reads no manifest and checks nothing (\`bench/plain.ts\`). The
**floor** stringifies and writes the same output, and does nothing else; its start is not counted. Files go to a file system
in memory where there is one: a disk may take as long again to make 10,000 of them, for all three alike.

${table(
  [
    "N",
    "ours, CPU s",
    "plain, CPU s",
    "floor, CPU s",
    "ours / plain",
    "ours, MB",
    "plain, MB",
    "ours / plain",
  ],
  results.map(({ size, ours, plain, floor }) => [
    size,
    two(ours.cpu),
    two(plain.cpu),
    two(floor.cpu),
    two(ours.cpu / plain.cpu),
    ours.megabytes.toFixed(0),
    plain.megabytes.toFixed(0),
    two(ours.megabytes / plain.megabytes),
  ]),
)}
${
  smaller && larger
    ? `\nFrom ${smaller.size} to ${larger.size} repositories, ours takes ${two(larger.ours.cpu / smaller.ours.cpu)} times the CPU time, plain ${two(larger.plain.cpu / smaller.plain.cpu)} times.\n`
    : ""
}
## Stages

Seconds of CPU time, in one process that is warm from the stage before:

${table(
  ["N", ...stageNames],
  results.map(({ size, stages }) => [size, ...stageNames.map((n) => two(stages[n] ?? NaN))]),
)}
`;
}
