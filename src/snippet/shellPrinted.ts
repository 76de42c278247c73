import { spend } from "./shellReading";
import type { Collector, Reading } from "./shellReading";
import { isKnown, unknownText } from "./shellScope";
import type { ShellSource, ShellWord } from "./shellScope";
import { programOf } from "./shellWrappers";

/** Longer texts, and those of more pieces, are no scripts that anybody pipes: what is behind is left out. */
const longestPrinted = 65_536;
const mostPieces = 10_000;

/** Gathers what commands print one after the other. */
export function collector(): Collector {
  const pieces: ShellSource[] = [];
  const starts: number[] = [];
  let length = 0;
  return {
    take: (printed) => {
      if (pieces.length === mostPieces || length + printed.text.length > longestPrinted) return;
      pieces.push(printed);
      starts.push(length);
      length += printed.text.length;
    },
    all: () => (pieces.length === 0 ? null : joined([...pieces], [...starts])),
  };
}

function joined(pieces: readonly ShellSource[], starts: readonly number[]): ShellSource {
  return {
    text: pieces.map(({ text }) => text).join(""),
    offsetOf: (index) => {
      let [low, high] = [0, starts.length - 1];
      while (low < high) {
        const middle = Math.ceil((low + high) / 2);
        if ((starts[middle] ?? Infinity) <= index) low = middle;
        else high = middle - 1;
      }
      return pieces[low]?.offsetOf(index - (starts[low] ?? 0)) ?? 0;
    },
  };
}

/** How a task names a file, however it leads there; empty for a name that is not known. */
export function fileName(word: ShellWord | undefined): string {
  return word === undefined || !isKnown(word) ? "" : word.text.replace(/^(?:\.\/)+/, "");
}

/** Takes what is printed into a file; null where the file is not known. */
export function writer(name: string, operator: string, { files }: Reading): Reading["output"] {
  if (name === "" || name.startsWith("/dev/")) return null;
  const file = (operator.endsWith(">>") ? files.get(name) : undefined) ?? collector();
  return (printed) => {
    file.take(printed);
    files.set(name, file);
  };
}

/** Tells what a command prints, as far as its words and its input say it. */
export function print(words: readonly ShellWord[], reading: Reading): void {
  const { output, budget } = reading;
  const [program, ...rest] = words;
  const source = program === undefined ? null : printedBy(programOf(program), rest, reading);
  if (source === null || source.text.length > longestPrinted) return;
  spend(budget, source.text.length);
  output?.(source);
}

function printedBy(name: string, words: readonly ShellWord[], reading: Reading): ShellSource | null {
  switch (name) {
    case "echo":
      return lines(
        words.filter(({ text }) => !/^-[neE]+$/.test(text)),
        " ",
      );
    case "printf":
      return formatted(words);
    case "cat":
      return words.every(({ text }) => text === "-")
        ? reading.input
        : (words[0]?.holds ?? reading.files.get(fileName(words[0]))?.all() ?? null);
    case "tee": {
      const { input } = reading;
      for (const word of words) if (input !== null) writer(fileName(word), ">", reading)?.(input);
      return input;
    }
    case "which":
      return lines(words.slice(-1), " ");
    case "command":
    case "type":
      return /^-[vpP]$/.test(words[0]?.text ?? "") ? lines(words.slice(1, 2), " ") : null;
    default:
      return null;
  }
}

function lines(words: readonly ShellWord[], between: string): ShellSource | null {
  const [only] = words;
  if (only === undefined) return null;
  const text = `${words.map((word) => word.text).join(between)}\n`;
  const last = only.text.length - 1;
  return {
    text,
    offsetOf: words.length === 1 ? (index) => only.written(Math.min(index, last)) : () => only.offset,
  };
}

/** `printf TEXT`, and `printf %s` of texts: other formats are not followed. */
function formatted(words: readonly ShellWord[]): ShellSource | null {
  const [format, ...rest] = words.filter(({ text }) => text !== "--");
  if (format === undefined) return null;
  if (/^%[sb](?:\\n|\n)?$/.test(format.text)) return lines(rest, format.text.length > 2 ? "\n" : "");
  const text = format.text.replace(/%[sbqd]/g, unknownText).replaceAll("\\n", "\n");
  return { text, offsetOf: () => format.offset };
}
