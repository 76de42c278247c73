import fc from "fast-check";

/*
 * A grammar of files that composes the habits of people: it writes text, so that every space of it is meant.
 */

/** How a whole file is written. */
interface Habits {
  readonly lineBreaks: "lf" | "crlf" | "mixed";
  readonly finalBreak: boolean;
  readonly mark: boolean;
  readonly start: string;
  readonly dash: number;
  readonly gap: number;
  readonly comments: readonly string[];
}

type Key = (habits: Habits) => readonly string[];

const word = fc.constantFrom(
  "npm start",
  "make -j2",
  "a && b || c",
  "echo 'x y'",
  'echo "q"',
  "ls # not",
  "é 😀",
  "x:y",
  "a\tb",
  "if true; then\n  echo\nfi",
  "one\n\ntwo",
  "  deep\nout",
  "\nlate",
  "cat <<E\n# x\nE",
  "gitpod-aws-oidc end",
  "gp sync-await 'other'",
);
const sep = fc.constantFrom(" ", "  ");

/** A value in one of the styles that can hold it, at a column of its key. */
const scalar: fc.Arbitrary<(column: number) => readonly string[]> = fc
  .tuple(
    word,
    fc.constantFrom("plain", "double", "single", "|", "|-", "|+", ">", ">-", ">+"),
    fc.integer({ min: 1, max: 4 }),
    fc.boolean(),
    fc.integer({ min: 0, max: 3 }),
  )
  .map(([text, style, step, indicator, blanks]) => (column) => {
    const oneLine = !text.includes("\n");
    if (style === "plain" && oneLine && !/ #|^[-?'"]|\t/.test(text)) return [text];
    if (style === "single" && oneLine) return [`'${text.replaceAll("'", "''")}'`];
    if (!/^[|>]/.test(style)) return [JSON.stringify(text)];
    const number = indicator || /^ /.test(text) ? String(step) : "";
    const indent = " ".repeat(column + step);
    const lines = text.split("\n").map((line) => (line === "" ? "" : indent + line));
    return [
      style.slice(0, 1) + number + style.slice(1),
      ...lines,
      ...Array.from({ length: blanks }, () => ""),
    ];
  });

const entryNames = ["name", "before", "init", "command"] as const;

const task: fc.Arbitrary<Key> = fc
  .tuple(
    fc.constantFrom<"block" | "flow">("block", "block", "block", "flow"),
    fc.shuffledSubarray([...entryNames], { minLength: 1 }),
    fc.array(scalar, { minLength: 4, maxLength: 4 }),
    fc.array(word, { minLength: 4, maxLength: 4 }),
    fc.constantFrom("", "&a ", "!!map "),
    sep,
  )
  .map(([style, names, values, words, props, space]) => ({ dash, gap, comments }) => {
    const indent = " ".repeat(dash);
    if (style === "flow" || names.length === 0) {
      const entries = names.map((name, i) => `${name}: ${JSON.stringify(words[i] ?? "")}`);
      return [`${indent}-${" ".repeat(gap)}${props}{${entries.join(", ")}}`];
    }
    const column = dash + 1 + gap;
    const lines = names.flatMap((name, i) => {
      const [first = "", ...rest] = values[i]?.(column) ?? [];
      const comment = /^[|>]|^['"]|^[a-z ]+$/.test(first) ? (comments[i] ?? "") : "";
      return [`${name}:${space}${first}${comment}`, ...rest].map((line, k) =>
        k === 0 ? " ".repeat(column) + line : line,
      );
    });
    const [first = "", ...rest] = lines;
    return props !== ""
      ? [`${indent}-${" ".repeat(gap)}${props.trim()}`, first, ...rest]
      : [`${indent}-${" ".repeat(gap)}${first.trimStart()}`, ...rest];
  });

const flowTasks = fc.tuple(
  fc.array(fc.constantFrom("{command: a}", '{ "name": "x", init: b }', "{command: 'c, d'}"), {
    maxLength: 3,
  }),
  fc.constantFrom("", " "),
  fc.constantFrom("", ","),
);

const tasks: fc.Arbitrary<Key> = fc.oneof(
  {
    arbitrary: fc
      .array(task, { minLength: 1, maxLength: 4 })
      .map((list): Key => (habits) => [
        `tasks:${habits.comments[4] ?? ""}`,
        ...list.flatMap((one) => one(habits)),
      ]),
    weight: 6,
  },
  {
    arbitrary: fc
      .constantFrom<readonly string[]>(
        ["tasks:"],
        ["tasks: ~"],
        ["tasks: null # later"],
        ["tasks: []"],
        ["tasks: [ ] # none"],
        ["tasks: # todo", "# more"],
      )
      .map(
        (lines): Key =>
          () =>
            lines,
      ),
    weight: 2,
  },
  {
    arbitrary: flowTasks.map(([items, space, comma]): Key => () => [
      `tasks: [${space}${items.join(", ")}${items.length > 0 ? comma : ""}${space}]`,
    ]),
    weight: 1,
  },
  {
    arbitrary: flowTasks.map(([items]): Key => () => [
      "tasks: [ # flow",
      ...items.map((item) => `    ${item}, # item`),
      "]",
    ]),
    weight: 1,
  },
);

const others: readonly Key[] = [
  () => ["image: gitpod/workspace-full # image"],
  () => ["image:", "  file: .gitpod.Dockerfile"],
  ({ dash, gap }) => [
    "ports:",
    ...["3000", "8080-8090"].map((port) => `${" ".repeat(dash)}-${" ".repeat(gap)}port: ${port}`),
  ],
  () => ["vscode:", "  extensions: [a.b, 'c.d']"],
  () => ["env:", '  A: "1"', "  # in env", "  B: yes"],
  () => ["gitConfig:", "  x.y: |+", "    kept", "", ""],
  () => ["gitConfig:", "  x.y: >-", "    folded", "    text", ""],
  () => ["github: {prebuilds: {master: true}}", "", "# after github"],
  () => ["jetbrains: &jb", "  goland: *x".replace("*x", "{}")],
  () => ['checkoutLocation: "a\\tb"'],
];

const habits: fc.Arbitrary<Habits> = fc.record({
  lineBreaks: fc.constantFrom<Habits["lineBreaks"]>("lf", "lf", "crlf", "mixed"),
  finalBreak: fc.boolean(),
  mark: fc.nat(9).map((n) => n === 0),
  start: fc.constantFrom("", "", "---\n", "# head\n", "--- # doc\n\n", "\n\n"),
  dash: fc.constantFrom(0, 2, 4),
  gap: fc.constantFrom(1, 1, 3),
  comments: fc.array(fc.constantFrom("", " # c", "  # '\"{["), { minLength: 5, maxLength: 5 }),
});

/** A whole `.gitpod.yml`, or one that lacks nothing but tasks. */
export const generatedFile: fc.Arbitrary<string> = fc
  .tuple(
    habits,
    fc.option(tasks),
    fc.subarray(
      others.map((_, i) => i),
      { maxLength: 4 },
    ),
    fc.nat(4),
  )
  .map(([style, own, chosen, at]) => {
    const names = new Set<string>();
    const keys = chosen.flatMap((i) => {
      const lines = others[i]?.(style) ?? [];
      const name = /^\w+/.exec(lines[0] ?? "")?.[0] ?? "";
      return names.has(name) ? [] : (names.add(name), [lines]);
    });
    if (own !== null) keys.splice(at, 0, own(style));
    const text = style.start + keys.flat().join("\n") + (style.finalBreak ? "\n" : "");
    return (style.mark ? "\ufeff" : "") + withBreaks(text, style.lineBreaks);
  });

function withBreaks(text: string, breaks: Habits["lineBreaks"]): string {
  let line = 0;
  return text.replace(/\n/g, () =>
    breaks === "crlf" || (breaks === "mixed" && line++ % 2 === 0) ? "\r\n" : "\n",
  );
}
