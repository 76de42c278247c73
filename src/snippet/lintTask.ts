import { isScalar } from "yaml";
import type { LoginStep, Place, TaskPhase, TaskStep } from "../model/gitpodYml";
import { addKey } from "./lintContext";
import type { LintContext } from "./lintContext";
import { scalarOffsets } from "./lintScalar";
import { installsAwsCli, stepsOf } from "./lintSteps";
import { textOf } from "./lintTree";
import type { LintNode } from "./lintTree";
import { readNode, readShell } from "./shellRead";
import { TooMuchShell } from "./shellReading";
import type { Reading, ShellCommand, ShellVisitor } from "./shellReading";
import { isKnown } from "./shellScope";
import type { ShellScope, ShellSource, ShellWord } from "./shellScope";

/** Phases of a task in the order in which one shell runs them. */
const phases: readonly TaskPhase[] = Object.freeze(["before", "init", "prebuild", "command"]);

/** Longer shell text is not read. */
const longestScript = 65_536;

/** Calls with a role that are kept for one task. */
const mostGiven = 1000;

/** What one task does with AWS. */
export interface LintedTask {
  readonly steps: readonly TaskStep[];
  readonly installsAwsCli: boolean;
}

interface TaskLint {
  readonly context: LintContext;
  readonly steps: TaskStep[];
  /** Variables that the file does not set, each once. */
  readonly unset: Set<string>;
  /** Calls of functions with a role for an argument, and how many steps were before each. */
  readonly given: { readonly at: number; readonly step: LoginStep }[];
  installs: boolean;
  phase: TaskPhase;
  placeOf: (offset: number) => Place;
}

/** Follows the phases of a task, which share a shell. */
export function lintTask(task: LintNode, scope: ShellScope, context: LintContext): LintedTask {
  const start = context.placeAt(task.path, task.node.range?.[0] ?? 0);
  const lint: TaskLint = {
    ...{ context, steps: [], unset: new Set(), given: [], installs: false },
    ...{ phase: "before", placeOf: () => start },
  };
  const common = {
    ...{ parser: context.parser, visitor: visitorOf(lint), budget: context.budget, scope },
    ...{ runs: true, arms: [], depth: 0, functions: new Map(), choices: { next: 0 } },
    ...{ input: null, output: null, files: new Map() },
  };
  for (const phase of phases) {
    const found = context.tree.get(task, phase);
    const text = textOf(found?.node);
    if (found === undefined || text === undefined || !isScalar(found.node)) continue;
    lint.phase = phase;
    lint.placeOf = (offset) => context.placeAt(found.path, offset);
    const source = { text, offsetOf: scalarOffsets(context.text, found.node) };
    guarded(found, lint, text.length, () => {
      readShell({ ...common, source });
    });
  }
  guarded(task, lint, 0, () => {
    readUncalled({ ...common, source: { text: "", offsetOf: () => 0 }, runs: false });
  });
  return { steps: withIndirectLogins(lint), installsAwsCli: lint.installs };
}

/** Functions that nobody calls: what they say may still be wrong. */
function readUncalled(reading: Reading): void {
  for (const [node, { source, called }] of reading.functions) {
    if (called) continue;
    reading.scope.positional = null;
    readNode(node.body, { ...reading, source });
  }
}

/**
 * A script may log in by a function that it hands to another shell, where it is not followed. Then the calls that are
 * given a role count as logins to it.
 */
function withIndirectLogins({ steps, given }: TaskLint): readonly TaskStep[] {
  const isIndirect = steps.some(
    (step) => step.kind === "login" && step.by === "gp" && !step.runs && step.roleArn === null,
  );
  if (!isIndirect) return steps;
  const all: TaskStep[] = [...steps];
  for (const { at, step } of [...given].reverse()) all.splice(at, 0, step);
  return all;
}

function noteGivenRole({ words, isFunction, runs, arms }: ShellCommand, lint: TaskLint): void {
  const arn = words.find(({ text }) => /^arn:[a-z-]+:iam::\d*:role\//.test(text));
  if (!isFunction || arn === undefined || !isKnown(arn) || lint.given.length >= mostGiven) return;
  const place = lint.placeOf(arn.written(0));
  lint.given.push({
    at: lint.steps.length,
    step: {
      ...{ kind: "login", by: "gp", phase: lint.phase, place, runs, arms },
      ...{ roleArn: { text: arn.text, place }, profile: null, duration: null, output: null, unquoted: [] },
      given: words.filter(isKnown).map(({ text }) => text),
    },
  });
}

function guarded(at: LintNode, { context }: TaskLint, length: number, read: () => void): void {
  const place = context.placeAt(at.path, at.node.range?.[0] ?? 0);
  if (length > longestScript) {
    const message = `the shell text here is longer than the ${longestScript} characters that are read`;
    context.unread.push({ place, message });
    return;
  }
  try {
    read();
  } catch (error) {
    // The parser goes down without a limit in some places, such as f() f() f().
    if (!(error instanceof TooMuchShell) && !(error instanceof RangeError)) throw error;
    context.unread.push({ place, message: "the shell text here is too much to follow to its end" });
  }
}

function visitorOf(lint: TaskLint): ShellVisitor {
  return {
    command: (command) => {
      lint.steps.push(...stepsOf(command, lint));
      lint.installs ||= installsAwsCli(command);
      noteKeys(command, lint);
      noteGivenRole(command, lint);
    },
    assignment: (name, value) => {
      noteKey(name, value, lint);
    },
    mention: (source, runs, arms) => {
      lint.steps.push(mentioned(source, runs, arms, lint));
    },
    unset: (name, offset, runs, arms) => {
      if (lint.unset.has(name)) return;
      lint.unset.add(name);
      lint.steps.push({
        ...{ kind: "variable", name, phase: lint.phase },
        ...{ place: lint.placeOf(offset), runs, arms },
      });
    },
  };
}

/** A login in a text that is not followed: of what it says, only the role can be told. */
function mentioned(
  { text, offsetOf }: ShellSource,
  runs: boolean,
  arms: readonly string[],
  { phase, placeOf }: TaskLint,
): LoginStep {
  const arn = /arn:[a-z-]{1,20}:iam::\d{0,20}:role\/[\w+=,.@/-]{1,200}/.exec(text);
  const place = placeOf(offsetOf(0));
  const roleArn = arn === null ? null : { text: arn[0], place: placeOf(offsetOf(arn.index)) };
  return {
    ...{ kind: "login", by: "gp", phase, place, runs, arms, roleArn },
    ...{ profile: null, given: [], duration: null, output: null, unquoted: [] },
  };
}

function noteKey(name: string, value: ShellWord, { context, placeOf }: TaskLint): void {
  if (!isKnown(value)) return;
  const start = value.written(0);
  const end = value.text === "" ? start : value.written(value.text.length - 1) + 1;
  addKey(name, value.text, { start, end: Math.max(start, end) }, placeOf(start), context);
}

/** Keys among the words of a command: `aws configure set`, `docker run -e NAME=value`, `gp env NAME=value`. */
function noteKeys({ words }: ShellCommand, lint: TaskLint): void {
  words.forEach((word, i) => {
    const equals = word.text.indexOf("=");
    if (equals > 0) {
      const written = (index: number) => word.written(equals + 1 + index);
      noteKey(word.text.slice(0, equals), { ...word, text: word.text.slice(equals + 1), written }, lint);
    }
    const next = words[i + 1];
    if (
      /^(?:[\w.-]{1,60}\.)?aws_(access_key_id|secret_access_key)$/.test(word.text) &&
      words[i - 1]?.text === "set" &&
      next !== undefined
    )
      noteKey(word.text.slice(word.text.lastIndexOf(".") + 1), next, lint);
  });
}
