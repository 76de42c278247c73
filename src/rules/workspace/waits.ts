import type {
  LoginStep,
  Placed,
  Step,
  SyncStep,
  TaskPhase,
  UseStep,
  VariableStep,
} from "../../model/gitpodYml";
import { rulesOf, type GitpodYmlSubject, type PlacedObservation, type Rule } from "../rule";
import { exclude, loginsOf, snippetsOf } from "./steps";

/** Where a task first needs credentials that it does not have yet. */
interface Need {
  readonly step: UseStep | VariableStep;
  /** The task's own login, behind it; null: it has none. */
  readonly login: LoginStep | null;
}

/** The names that are signalled behind something, such as a login: by its task, or by one that has waited for it. */
function namesBehind(tasks: GitpodYmlSubject["steps"], isDone: (step: Step) => boolean): ReadonlySet<string> {
  const names = new Set<string>();
  for (let before = -1; before < names.size;) {
    before = names.size;
    for (const steps of tasks) {
      // The task that does it may signal anywhere, in a trap too.
      const from = steps.some(isDone) ? 0 : awaitOf(steps, names);
      for (const step of from < 0 ? [] : steps.slice(from))
        if (step.kind === "done" && step.name !== null) names.add(step.name);
    }
  }
  return names;
}

/** Where a task waits for one of these names, or for one that is not known; -1: nowhere. */
function awaitOf(steps: readonly Step[], names: ReadonlySet<string>): number {
  return steps.findIndex((step) => step.kind === "await" && (step.name === null || names.has(step.name)));
}

const isLogin = (step: Step): boolean => step.kind === "login";

/** The signals or the waits of some steps whose names are known. */
function syncs(steps: readonly Step[], kind: SyncStep["kind"]): readonly (SyncStep & { name: string })[] {
  return steps.flatMap((step) =>
    step.kind === kind && step.name !== null ? [{ ...step, name: step.name }] : [],
  );
}

/** Does no command of the file signal a name, as far as it shows what it signals? */
function isNeverSignalled({ steps }: GitpodYmlSubject): (name: string) => boolean {
  const unknown = steps.flat().some((step) => step.kind === "done" && step.name === null);
  const signalled = new Set(syncs(steps.flat(), "done").map(({ name }) => name));
  return (name) => !unknown && !signalled.has(name);
}

/** For each task that needs credentials before it has any: the first step that does. */
function unmetNeeds(subject: GitpodYmlSubject): readonly Need[] {
  const names = namesBehind(subject.steps, isLogin);
  const never = isNeverSignalled(subject);
  const logins = snippetsOf(subject).flatMap((snippet) => snippet.logins);
  const exported = new Set(logins.flatMap(({ exports }) => exports.map(({ variable }) => variable)));
  return subject.steps.flatMap((steps): readonly Need[] => {
    const login = steps.find((step) => step.kind === "login") ?? null;
    for (const step of steps) {
      // Who has waited for a login has what it needs; who waits for ever needs nothing.
      if (step === login || awaitOf([step], names) === 0) return [];
      if (step.kind === "await" && step.name !== null && never(step.name)) return [];
      if (step.kind !== "use" && !(step.kind === "variable" && exported.has(step.name))) continue;
      // To ask whether there are credentials is what one does before a login; or one does something else instead.
      const isNoNeed = step.kind === "variable" || step.probe;
      if (login === null || !(isNoNeed || exclude(step, login))) return [{ step, login }];
    }
    return [];
  });
}

/** How a task waits for a name; for a new one where nothing signals that something is done. */
function waitFor(
  known: string | undefined,
  fallback: string,
  what: string,
  shown: GitpodYmlSubject["shown"],
) {
  const name = known === undefined ? fallback : shown(known).slice(1, -1);
  const unsaid = known === undefined ? `gp sync-done ${name} behind the ${what}, and ` : "";
  return { name, text: `write ${unsaid}gp sync-await ${name} before it` };
}

/** Tasks that use credentials of another task's login, or of one that is still to be merged into the file. */
function hasty(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { steps, shown } = subject;
  const isThere = loginsOf(subject).length > 0;
  if (!isThere && (subject.repositories.length === 0 || snippetsOf(subject).length === 0)) return [];
  const { text } = waitFor([...namesBehind(steps, isLogin)].sort()[0], "aws", "login", shown);
  const [lacks, wait] = isThere
    ? ["the credentials of another task's login, and does not wait for it", text]
    : [
        "credentials, and no task of this file logs in",
        "run npx gitpod-aws-oidc snippet --into FILE --await all",
      ];
  return unmetNeeds(subject)
    .filter(({ login }) => login === null)
    .map(({ step }) => {
      const late = step.phase === "command" ? "" : `move it from ${step.phase} to command, and `;
      const what = step.kind === "use" ? step.what : `$${step.name}`;
      return { message: `${what} needs ${lacks}`, place: step.place, remedy: late + wait };
    });
}

/** Waits that never end in a start that runs these phases alone: only others signal the name. */
function stuck(
  { steps }: GitpodYmlSubject,
  ...phases: readonly TaskPhase[]
): readonly { readonly waiter: SyncStep & { readonly name: string }; readonly signal: SyncStep }[] {
  const runs = ({ phase }: SyncStep): boolean => phases.includes(phase);
  return syncs(steps.flat(), "await").flatMap((waiter) => {
    const signals = syncs(steps.flat(), "done").filter(({ name }) => name === waiter.name);
    const [signal] = signals;
    return signal === undefined || !runs(waiter) || signals.some(runs) ? [] : [{ waiter, signal }];
  });
}

/** Prebuilds run no `command`: who waits for one in another phase waits for ever. */
function deadlocks(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  return stuck(subject, "before", "init", "prebuild").map(({ waiter: { phase, name, place } }) => ({
    message: `${phase} waits for ${subject.shown(name)}, which only a command signals: prebuilds run none, and wait for ever`,
    place,
    remedy: "move gp sync-await, and what follows it, to command",
  }));
}

/** Waiting for a name that nothing signals, such as a misspelled one. */
function endlessWaits(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const never = isNeverSignalled(subject);
  return syncs(subject.steps.flat(), "await")
    .filter(({ name }) => never(name))
    .map(({ name, place }) => ({
      message: `this waits for ${subject.shown(name)}, which no command of this file signals: unless a script does, it waits for ever`,
      place,
      remedy: "write the name that is signalled, or signal this one with gp sync-done",
    }));
}

/** A signal of the login's name by a task that neither logs in nor has waited for a login. */
function earlySignals({ steps: all, shown }: GitpodYmlSubject): readonly PlacedObservation[] {
  const behind = namesBehind(all, isLogin);
  const logins = all.filter((steps) => steps.some(isLogin));
  const ofLogins = new Set(syncs(logins.flat(), "done").map(({ name }) => name));
  return all
    .filter((steps) => !logins.includes(steps))
    .flatMap((steps) => {
      const waited = awaitOf(steps, behind);
      return syncs(waited < 0 ? steps : steps.slice(0, waited), "done");
    })
    .filter(({ name }) => ofLogins.has(name))
    .map(({ name, place }) => ({
      message: `this signals ${shown(name)}, as the task of the login does: who waits for it goes on before anybody is logged in`,
      place,
      remedy: "signal another name here",
    }));
}

/**
 * Gitpod's own images, of any registry alias, tag and digest: none of their layers brings the AWS CLI.
 * @see https://github.com/gitpod-io/workspace-images/tree/main/chunks
 */
const gitpodImage = /^(?:(?:index\.)?docker\.io\/)?gitpod\/workspace-[a-z0-9.-]+(?:[:@]|$)/;

/** @see https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html */
const install =
  "curl -fsSL https://awscli.amazonaws.com/awscli-exe-linux-x86_64.zip -o /tmp/aws.zip && unzip -q /tmp/aws.zip -d /tmp && sudo /tmp/aws/install";

const isInstall = ({ kind }: Step): boolean => kind === "install";
const needsCli = (step: Step): boolean => step.kind === "login" || (step.kind === "use" && step.cli);

/** Nothing in the file installs the CLI: said once. */
function nothingInstalls(subject: GitpodYmlSubject, image: Placed | null): readonly PlacedObservation[] {
  const { facts, steps, repositories, shown } = subject;
  const first = steps.flat().find(needsCli);
  // A file without commands: the login of the manifest is still to be merged into it.
  const isEmpty = facts.problems.length === 0 && facts.tasks.every(({ commands }) => commands.length === 0);
  const isToCome = isEmpty && repositories.length > 0 && snippetsOf(subject).length > 0;
  if (first === undefined && !isToCome) return [];
  const which = image === null ? "the default image of Gitpod" : `the image ${shown(image.text)}`;
  const place = image?.place ?? first?.place ?? { path: [], line: 1, column: 1 };
  return [{ message: `${which} has no AWS CLI, and no command of this file installs it`, place }];
}

/** Tasks that need the CLI and do not wait for the task that installs it. */
function doNotWait({ steps: all, shown }: GitpodYmlSubject): readonly PlacedObservation[] {
  const installed = namesBehind(all, isInstall);
  const names = new Set([...installed, ...namesBehind(all, isLogin)]);
  const { name, text } = waitFor([...installed][0], "aws-cli", "installation", shown);
  const remedy = `${text}, or for our task snippet: { after: ${name} } in the manifest`;
  return all.flatMap((steps) => {
    const need = steps.find(needsCli);
    if (need === undefined || steps.some(isInstall)) return [];
    if (awaitOf(steps.slice(0, steps.indexOf(need)), names) >= 0) return [];
    const message = "this needs the AWS CLI, which another task installs, and does not wait for it";
    return [{ message, place: need.place, remedy }];
  });
}

/** Tasks that run side by side, and what one needs of another. */
export const waitRules: readonly Rule[] = rulesOf({
  S03: {
    severity: "warning",
    title: "a task that needs credentials and does not wait for them",
    why: "tasks run side by side: it fails on some starts and works on others; a task that waits in a phase of prebuilds never ends",
    remedy: "begin its command with gp sync-await, and signal with gp sync-done behind the login",
    gitpodYml: (subject) =>
      loginsOf(subject).length === 0
        ? hasty(subject)
        : [hasty, deadlocks, endlessWaits, earlySignals].flatMap((check) => check(subject)),
  },
  S08: {
    severity: "warning",
    title: "nothing provides the AWS CLI",
    why: "gp idp login aws runs the AWS CLI, and fails without it; tasks run side by side, so that one that another task installs may come too late",
    remedy: `install it in the image's Dockerfile, or in a task that snippet: { after: NAME } waits for (docs/snippet.md): ${install}`,
    gitpodYml: (subject) => {
      const { image } = subject.facts;
      if (image === "built" || (image !== null && !gitpodImage.test(image.text))) return [];
      return subject.steps.flat().some(isInstall) ? doNotWait(subject) : nothingInstalls(subject, image);
    },
  },
  S12: {
    severity: "warning",
    title: "a call to AWS before the login of the same task",
    why: "it has no credentials, or those of somebody else",
    remedy: "move it behind the login",
    gitpodYml: (subject) =>
      unmetNeeds(subject).flatMap(({ step, login }) => {
        if (login === null || step.kind !== "use") return [];
        const message = `${step.what} runs before the login on line ${login.place.line}`;
        return [{ message, place: step.place }];
      }),
  },
  S18: {
    severity: "warning",
    title: "a signal in a phase that a start from a prebuild skips",
    remedy: "move gp sync-done, and what it signals, to before",
    gitpodYml: (subject) =>
      stuck(subject, "before", "command").map(({ waiter, signal: { phase, place } }) => ({
        message: `a start from a prebuild skips ${phase}, and with it this signal, which ${waiter.phase} on line ${waiter.place.line} waits for`,
        place,
      })),
  },
});
