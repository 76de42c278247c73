import { createColors } from "picocolors";

const width = 80;

/** Tells a story in a terminal of 80 columns, or in a file. */
export interface Report {
  title(text: string): void;
  /** Paragraphs, wrapped at spaces. */
  say(text: string): void;
  /** Lines of somebody else's, indented, and wrapped only where they are too long. */
  show(text: string): void;
  /** Names a step, does it, and says how long that took. */
  step<T>(name: string, action: () => Promise<T>): Promise<T>;
  /** Something that went right. */
  good(text: string): void;
}

/** A report to a stream; colours only for a terminal that wants them. */
export function createReport(stream: NodeJS.WriteStream): Report {
  const colours = createColors(stream.isTTY && (process.env["NO_COLOR"] ?? "") === "");
  const print = (line: string) => stream.write(`${line}\n`);
  return {
    title: (text) => {
      print(`\n${colours.bold(text)}`);
    },
    say: (text) => {
      for (const line of wrapped(text, width)) print(line);
    },
    show: (text) => {
      for (const line of text.replace(/\n+$/, "").split("\n"))
        for (const part of wrapped(line, width - 4)) print(colours.dim(`    ${part}`));
    },
    good: (text) => {
      for (const [i, line] of wrapped(text, width - 4).entries())
        print(`  ${i === 0 ? colours.green("✓") : " "} ${line}`);
    },
    step: async (name, action) => {
      const begin = performance.now();
      stream.write(`  ${name} ${colours.dim(".".repeat(Math.max(3, width - 14 - name.length)))} `);
      try {
        const result = await action();
        print(`${((performance.now() - begin) / 1000).toFixed(1).padStart(5)} s`);
        return result;
      } catch (error) {
        print("failed");
        throw error;
      }
    },
  };
}

/** Lines of at most `columns` characters, broken at spaces, or anywhere where there are none. */
function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > columns) {
    const space = rest.slice(0, columns + 1).lastIndexOf(" ");
    const indented = /^ */.exec(rest)?.[0].length ?? 0;
    const end = space > indented ? space : columns;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
