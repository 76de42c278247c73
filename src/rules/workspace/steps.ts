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

/*
 * What the commands of a task do with AWS. Facts about programs stand here; what does not is not judged.
 */

/** Flags of `gp idp login aws` that take a value. */
export const loginFlags: readonly string[] = "role-arn audience profile duration-seconds scope".split(" ");

/** Options of the AWS CLI that take a value and may stand anywhere. */
const awsOptions =
  /^--(?:profile|region|output|query|endpoint-url|ca-bundle|color|cli-(?:read-timeout|connect-timeout|binary-format))$/;

/** Services, and what else does not ask for credentials; `configure` does for one of its commands. */
const freeServices: ReadonlySet<string> = new Set(["configure", "help", "sso", "login", "logout", ""]);

const local = /^https?:\/\/(?:localhost|127\.|0\.0\.0\.0|host\.docker\.internal|localstack|[a-z-]+:\d)/;

/** Programs that talk to AWS, and their sub-commands that need credentials. */
const awsPrograms: readonly (readonly [program: RegExp, commands: RegExp])[] = Object.freeze([
  [/^(?:terraform|tofu|terragrunt)$/, /^(?:plan|apply|destroy|refresh|import|run-all)$/],
  [/^(?:cdk|cdktf)$/, /^(?:deploy|diff|plan|apply|destroy|bootstrap|import|watch|rollback)$/],
  [/^sam$/, /^(?:deploy|sync|logs|delete|publish|package|remote)$/],
  [/^(?:serverless|sls|sst|chalice)$/, /^(?:deploy|dev|diff|remove|delete|info|logs|invoke)$/],
  [/^amplify$/, /^(?:push|pull|publish)$/],
  [/^copilot$/, /^(?:deploy|init|svc|env|job|app)$/],
  [/^(?:eksctl|eb)$/, /./],
]);

const installers =
  /^(?:apt|apt-get|apk|dnf|yum|brew|snap|conda|mamba|nix-env|asdf|mise|pip3?|pipx|python3?|uv)$/;

/** The programs that log in, by the file that they stand in: Ona's was called `gitpod`. */
const loginPrograms: Readonly<Record<TaskFormat, readonly string[]>> = Object.freeze({
  "gitpod.yml": ["gp"],
  "automations.yaml": ["ona", "gitpod"],
});

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
  if (program === "gp" && /^sync-(?:await|done)$/.test(first)) {
    const word = words.slice(2).find(({ text }) => !text.startsWith("-"));
    return {
      kind: first === "sync-await" ? "await" : "done",
      ...base,
      name: word?.known === true ? word.text : null,
    };
  }
  if (program === "gp" && first === "idp" && second === "token") {
    const forAws = words.some(({ text }) => text.includes("sts.amazonaws.com"));
    if (!forAws) return null;
    return { kind: "login", by: "token", ...base, command, role: null, profile: null, duration: null };
  }
  if (installsAwsCli(command)) return { kind: "install", ...base };
  if (program === "aws") return awsStep(command, base);
  const [, needing] = awsPrograms.find(([name]) => name.test(program)) ?? [];
  const operand = words.slice(1).find(({ text }) => !text.startsWith("-"));
  const informs = words.some(({ text }) => /^(?:-h|--help|-v|-version|--version|help|version)$/.test(text));
  if (operand === undefined || informs || needing?.test(operand.text) !== true) return null;
  return { kind: "use", ...base, what: `${program} ${operand.text}`, cli: false, probe: false };
}

/** `gp idp login aws`; also `"$GP" idp login aws`: nothing else has these words. */
export function isLogin(
  { program, words: [first, ...words] }: ShellCommand,
  format: TaskFormat = "gitpod.yml",
): boolean {
  const said = words.slice(0, 3);
  const isOne = loginPrograms[format].includes(program) || first?.known === false;
  return (
    isOne && said.every(({ known }) => known) && said.map(({ text }) => text).join(" ") === "idp login aws"
  );
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

function installsAwsCli({ program, words }: ShellCommand): boolean {
  if (installers.test(program)) return words.slice(1).some(({ text }) => /^(?:awscli|aws-cli)/.test(text));
  return program === "install" && /(?:^|\/)aws\/install$/.test(words[0]?.text ?? "");
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
export function loginsOf({
  steps,
}: Pick<GitpodYmlSubject, "steps">): readonly { readonly task: number; readonly login: LoginStep }[] {
  return steps.flatMap((some, task) => {
    const logins = some.filter((step) => step.kind === "login");
    const whole = logins.filter(({ by }) => by !== "token");
    return (whole.length > 0 ? whole : logins.slice(0, 1)).map((login) => ({ task, login }));
  });
}

/** Can one run of the task do both? Not where they are in different arms of one choice. */
export function exclude(a: Pick<StepFacts, "arms">, b: Pick<StepFacts, "arms">): boolean {
  const armOf = new Map(a.arms.map((arm) => [arm.slice(0, arm.indexOf(":")), arm]));
  return b.arms.some((arm) => {
    const other = armOf.get(arm.slice(0, arm.indexOf(":")));
    return other !== undefined && other !== arm;
  });
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
