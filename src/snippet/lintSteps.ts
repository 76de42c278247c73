import type { Place, Placed, TaskPhase, TaskStep } from "../model/gitpodYml";
import { knownValue, readFlags } from "./lintFlags";
import { flagMistakes, meansLogin, wordMistake } from "./lintMistakes";
import { awsFlags, awsPrograms, freeServices, installers, loginFlags } from "./lintTable";
import type { ShellCommand } from "./shellReading";
import { isKnown } from "./shellScope";
import type { ShellWord } from "./shellScope";
import { programOf } from "./shellWrappers";

/** Where a command stands, and how an offset of the file becomes a place. */
export interface StepContext {
  readonly phase: TaskPhase;
  readonly placeOf: (offset: number) => Place;
}

/** What a command does with AWS: no step for most commands, several for a login with wrong words. */
export function stepsOf(command: ShellCommand, context: StepContext): readonly TaskStep[] {
  const program = programOf(command.words[0]);
  if (program === "gp" || isUnknownLogin(command.words)) return gpSteps(command, context);
  if (program === "aws") return awsSteps(command, context);
  const needing = awsPrograms.get(program);
  if (needing === undefined) return [];
  const operand = command.words.slice(1).find(({ text }) => !text.startsWith("-"));
  const informs = command.words.some(({ text }) =>
    /^(-h|--help|-v|-version|--version|help|version)$/.test(text),
  );
  if (operand === undefined || informs || !(needing?.includes(operand.text) ?? true)) return [];
  return [use(`${program} ${operand.text}`, command, context, false)];
}

/** `"$GP" idp login aws`: nothing else has these words. */
function isUnknownLogin([program, ...words]: readonly ShellWord[]): boolean {
  const said = words.slice(0, 3).map(({ text }) => text);
  return program !== undefined && !isKnown(program) && said.join(" ") === "idp login aws";
}

/** Does a command install the AWS CLI? */
export function installsAwsCli({ words }: ShellCommand): boolean {
  const program = programOf(words[0]);
  if (installers.has(program)) return words.slice(1).some(({ text }) => /^(awscli|aws-cli)/.test(text));
  return program === "install" && /(^|\/)aws\/install$/.test(words[0]?.text ?? "");
}

function base({ words, runs, arms }: ShellCommand, { phase, placeOf }: StepContext, at = words[0]) {
  return { phase, place: placeOf(at?.offset ?? 0), runs, arms };
}

function use(what: string, command: ShellCommand, context: StepContext, probe: boolean): TaskStep {
  return { kind: "use", ...base(command, context), what, probe };
}

function gpSteps(command: ShellCommand, context: StepContext): readonly TaskStep[] {
  const { words } = command;
  const verb = words[1]?.text;
  if (verb === "sync-await" || verb === "sync-done") {
    const name = knownValue(words.slice(2).find(({ text }) => !text.startsWith("-"))) ?? null;
    return [{ kind: verb === "sync-await" ? "await" : "done", ...base(command, context), name }];
  }
  const wrong = wordMistake(words);
  const isLogin = meansLogin(words) && words.slice(1, 4).every(isKnown);
  const mistakes = [
    ...(wrong === undefined ? [] : [wrong]),
    ...(isLogin ? flagMistakes(words.slice(4)) : []),
  ];
  const steps = mistakes.map(({ word, found, write }): TaskStep => ({
    kind: "mistake",
    ...base(command, context, word),
    found,
    write,
  }));
  if (!isLogin) return steps;
  const rest = words.slice(4);
  const { values, bare } = readFlags(rest, loginFlags);
  if (bare.has("help")) return steps;
  const role = values.get("role-arn") ?? command.environment("IDP_AWS_ROLE_ARN");
  const profile = values.get("profile");
  const login: TaskStep = {
    kind: "login",
    ...base(command, context),
    by: "gp",
    roleArn: placed(role, context),
    profile: profile === undefined ? "default" : (knownValue(profile) ?? null),
    given: [],
    duration: placed(values.get("duration-seconds"), context),
    output: placed(command.environment("AWS_DEFAULT_OUTPUT"), context),
    unquoted: unquotedOf(rest, context),
  };
  return [...steps, login];
}

function awsSteps(command: ShellCommand, context: StepContext): readonly TaskStep[] {
  const rest = command.words.slice(1);
  const { values, bare, operands } = readFlags(rest, awsFlags);
  const [service = "", operation = ""] = operands.map(({ text }) => text);
  if (service === "sts" && operation === "assume-role-with-web-identity" && !operands.some(isHelp)) {
    return [
      {
        kind: "login",
        ...base(command, context),
        by: "aws",
        roleArn: placed(values.get("role-arn"), context),
        profile: null,
        given: [],
        duration: placed(values.get("duration-seconds"), context),
        output: null,
        unquoted: unquotedOf(rest, context),
      },
    ];
  }
  const local = /^https?:\/\/(localhost|127\.|0\.0\.0\.0|host\.docker\.internal|localstack|[a-z-]+:\d)/;
  const endpoint = values.get("endpoint-url") ?? command.environment("AWS_ENDPOINT_URL");
  const informs = freeServices.has(service) || bare.has("version") || operands.some(isHelp);
  const isFree = informs || bare.has("no-sign-request") || bare.has("generate-cli-skeleton");
  if (isFree || local.test(endpoint?.text ?? "")) return [];
  const probe = service === "sts" && operation === "get-caller-identity";
  const what = [service, operation].filter((text) => /^[a-z0-9-]+$/.test(text)).join(" ");
  return [use(`aws ${what}`.trim(), command, context, probe)];
}

function isHelp({ text }: ShellWord): boolean {
  return text === "help";
}

function placed(word: ShellWord | undefined, { placeOf }: StepContext): Placed | null {
  if (word === undefined || !isKnown(word)) return null;
  return { text: word.text, place: placeOf(word.written(0)) };
}

function unquotedOf(words: readonly ShellWord[], { placeOf }: StepContext): readonly Placed[] {
  return words.flatMap(({ unquoted }) =>
    unquoted.map(({ text, offset }) => ({ text, place: placeOf(offset) })),
  );
}
