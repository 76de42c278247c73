import type { Snippet, TaskFormat } from "../../model/accessModel";
import type {
  GitpodYmlFacts,
  LoginStep,
  Place,
  ShellCommand,
  Step,
  StepFacts,
  TaskFacts,
  Word,
} from "../../model/gitpodYml";
import type { GitpodYmlSubject } from "../rule";

/** Flags of `gp idp login aws` that take a value. */
export const loginFlags: readonly string[] = "role-arn audience profile duration-seconds scope".split(" ");

/** Options of the AWS CLI that take a value and may stand anywhere. */
const awsOptions =
  /^--(?:profile|region|output|query|endpoint-url|ca-bundle|color|cli-(?:read-timeout|connect-timeout|binary-format))$/;

/** Services, and what else does not ask for credentials; `configure` does for one of its commands. */
const freeServices: ReadonlySet<string> = new Set(["configure", "help", "sso", "login", "logout", ""]);

const local = /^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|host\.docker\.internal|localstack|[a-z-]+:\d)/;

/** Programs that talk to AWS, with their sub-commands that need credentials. */
const awsCommands: readonly RegExp[] = Object.freeze([
  /^(?:terraform|tofu|terragrunt) (?:plan|apply|destroy|refresh|import|run-all)$/,
  /^(?:cdk|cdktf) (?:deploy|diff|plan|apply|destroy|bootstrap|import|watch|rollback)$/,
  /^sam (?:deploy|sync|logs|delete|publish|package|remote)$/,
  /^(?:serverless|sls|sst|chalice) (?:deploy|dev|diff|remove|delete|info|logs|invoke)$/,
  /^amplify (?:push|pull|publish)$/,
  /^copilot (?:deploy|init|svc|env|job|app)$/,
  /^(?:eksctl|eb) ./,
]);

const installers =
  /^(?:apt|apt-get|apk|dnf|yum|brew|snap|conda|mamba|nix-env|asdf|mise|pip3?|pipx|python3?|uv)$/;

/** What a task does with AWS, in the order in which it stands. */
export function stepsOf({ commands }: TaskFacts, format: TaskFormat): readonly Step[] {
  return commands.flatMap((command): readonly Step[] => {
    const { phase, arms, place, unset } = command;
    const variables = unset.map((variable): Step => ({
      ...{ kind: "variable", phase, arms, name: variable.text, place: variable.place },
    }));
    const step = stepOf(command, { phase, arms, place }, format);
    return step === null ? variables : [...variables, step];
  });
}

function stepOf(command: ShellCommand, base: StepFacts, format: TaskFormat): Step | null {
  const { program, words } = command;
  const [, first = "", second = ""] = words.map(({ text }) => text);
  const operand = (from: number): Word | undefined =>
    words.slice(from).find(({ text }) => !text.startsWith("-"));
  if (isLogin(command, format)) {
    if (words.some(({ text }) => text === "--help" || text === "-h")) return null;
    const profile = flagOf(words, "profile", "p");
    return {
      ...{ kind: "login", by: "gp", ...base, command },
      role: flagOf(words, "role-arn") ?? command.environment.get("IDP_AWS_ROLE_ARN") ?? null,
      profile: profile === null ? "default" : profile.known ? profile.text : null,
      duration: flagOf(words, "duration-seconds", "d"),
    };
  }
  if (program === "gp" && (first === "sync-await" || first === "sync-done")) {
    const word = operand(2);
    const name = word?.known === true ? word.text : null;
    return { kind: first === "sync-await" ? "await" : "done", ...base, name };
  }
  if (program === "gp" && first === "idp" && second === "token") {
    const isForAws = words.some(({ text }) => text.includes("sts.amazonaws.com"));
    const unknown = { role: null, profile: null, duration: null };
    return isForAws ? { kind: "login", by: "token", ...base, command, ...unknown } : null;
  }
  const isPackage = words.slice(1).some(({ text }) => /^(?:awscli|aws-cli)/.test(text));
  if ((installers.test(program) && isPackage) || /(?:^|\/)aws\/install$/.test(words[0]?.text ?? ""))
    return { kind: "install", ...base };
  if (program === "aws") return awsStep(command, base);
  const what = `${program} ${operand(1)?.text ?? ""}`;
  const informs = words.some(({ text }) => /^(?:-h|--help|-v|-version|--version|help|version)$/.test(text));
  if (informs || !awsCommands.some((pattern) => pattern.test(what))) return null;
  return { kind: "use", ...base, what, cli: false, probe: false };
}

/** `gp idp login aws`; also `"$GP" idp login aws`: nothing else has these words. Ona's program was called `gitpod`. */
export function isLogin({ program, words }: ShellCommand, format: TaskFormat = "gitpod.yml"): boolean {
  const programs = format === "gitpod.yml" ? ["gp"] : ["ona", "gitpod"];
  const said = words.slice(1, 4).map(({ known, text }) => (known ? text : "$"));
  const isOne = programs.includes(program) || words[0]?.known === false;
  return isOne && said.join(" ") === "idp login aws";
}

function awsStep(command: ShellCommand, base: StepFacts): Step | null {
  const { words, environment } = command;
  const [service = "", operation = ""] = awsOperands(words);
  const said = new Set(words.map(({ text }) => text));
  if (said.has("help") || said.has("--version")) return null;
  if (service === "sts" && operation === "assume-role-with-web-identity") {
    const [role, duration] = [flagOf(words, "role-arn"), flagOf(words, "duration-seconds")];
    return { kind: "login", by: "aws", ...base, command, role, profile: null, duration };
  }
  const free = freeServices.has(service) && operation !== "export-credentials";
  const endpoint = flagOf(words, "endpoint-url") ?? environment.get("AWS_ENDPOINT_URL");
  if (free || said.has("--no-sign-request") || said.has("--generate-cli-skeleton")) return null;
  if (local.test(endpoint?.text ?? "")) return null;
  const what = ["aws", service, operation].filter((text) => /^[a-z0-9-]+$/.test(text)).join(" ");
  const probe = service === "sts" && operation === "get-caller-identity";
  return { kind: "use", ...base, what, cli: true, probe };
}

/** What stands in an `aws` command beside its options: service, operation, and so on. */
export function awsOperands(words: readonly Word[]): readonly string[] {
  return words
    .slice(1)
    .filter(({ text }, i) => !text.startsWith("-") && !awsOptions.test(words[i]?.text ?? ""))
    .map(({ text }) => text);
}

/** The value of `--flag value`, `--flag=value`, `-f value` or `-fvalue`; the last of several counts. */
export function flagOf(words: readonly Word[], name: string, letter?: string): Word | null {
  let found: Word | null = null;
  words.forEach((word, i) => {
    const { text, place } = word;
    const short = letter !== undefined && text.startsWith(`-${letter}`) && text !== `-${name}`;
    if (text === `--${name}` || (short && text.length === 2)) found = words[i + 1] ?? found;
    else if (text.startsWith(`--${name}=`) || short) {
      const length = short ? (text[2] === "=" ? 3 : 2) : name.length + 3;
      found = { ...word, text: text.slice(length), place: { ...place, column: place.column + length } };
    }
  });
  return found;
}

/** Every login of a file, with the number of its task. A token counts where nothing else in the task logs in. */
export function loginsOf({ steps }: GitpodYmlSubject): readonly (LoginStep & { readonly task: number })[] {
  return steps.flatMap((some, task) => {
    const logins = some.filter((step) => step.kind === "login");
    const whole = logins.filter(({ by }) => by !== "token");
    return (whole.length > 0 ? whole : logins.slice(0, 1)).map((login) => ({ ...login, task }));
  });
}

/** Can no run of the task do both? They are in different arms of one choice. */
export function exclude(a: StepFacts, b: StepFacts): boolean {
  const choiceOf = (arm: string): string => arm.slice(0, arm.indexOf(":"));
  return a.arms.some((arm) => b.arms.some((o) => o !== arm && choiceOf(o) === choiceOf(arm)));
}

/** What the manifest makes for the repository of the file; for all, where that is not known. */
export function snippetsOf({ model, repositories }: GitpodYmlSubject): readonly Snippet[] {
  if (repositories.length === 0) return model.snippets;
  return model.snippets.filter(({ url }) => repositories.some((repository) => isBelow(repository, url)));
}

/** Is a repository the one of an entry, or one of the organization that the entry is for? */
export function isBelow(repository: string, url: string): boolean {
  return repository === url || repository.startsWith(`${url}/`);
}

/** Is a place in tasks that `snippet --into` merged? */
export function isMerged({ line }: Pick<Place, "line">, { ours }: GitpodYmlFacts): boolean {
  return ours !== null && line >= ours.place.line && line <= ours.lastLine;
}
