import type { LoginStep, Step, SyncStep, TaskPhase, UseStep, VariableStep } from "../../model/gitpodYml";
import { rulesOf, type GitpodYmlSubject, type PlacedObservation, type Rule } from "../rule";
import { exclude, loginsOf, snippetsOf } from "./steps";

/** Where a task first needs credentials that it does not have yet. */
interface Need {
  readonly step: UseStep | VariableStep;
  /** The task's own login, behind it; null: it has none. */
  readonly login: LoginStep | null;
}

/** The names that are signalled behind something, such as a login: by its task, or by one that has waited for it. */
export function namesBehind(
  tasks: GitpodYmlSubject["steps"],
  isDone: (step: Step) => boolean,
): ReadonlySet<string> {
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
export function awaitOf(steps: readonly Step[], names: ReadonlySet<string>): number {
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

/** Tasks that use credentials of another task's login, or of one that is still to be merged into the file. */
function hasty(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { steps, shown } = subject;
  const isThere = loginsOf(subject).length > 0;
  if (!isThere && (subject.repositories.length === 0 || snippetsOf(subject).length === 0)) return [];
  const [name] = [...namesBehind(steps, isLogin)].sort();
  const signal = name === undefined ? "aws" : shown(name).slice(1, -1);
  const unsaid = name === undefined ? `gp sync-done ${signal} behind the login, and ` : "";
  const [lacks, wait] = isThere
    ? [
        "the credentials of another task's login, and does not wait for it",
        `write ${unsaid}gp sync-await ${signal} before it`,
      ]
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
    why: "a workspace that starts from a prebuild runs before and command only: the signal never comes, and whoever waits for it waits for ever",
    remedy: "move gp sync-done, and what it signals, to before",
    gitpodYml: (subject) =>
      stuck(subject, "before", "command").map(({ waiter, signal: { phase, place } }) => ({
        message: `a start from a prebuild skips ${phase}, and with it this signal, which ${waiter.phase} on line ${waiter.place.line} waits for`,
        place,
      })),
  },
});
