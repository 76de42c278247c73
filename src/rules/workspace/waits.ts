import type { LoginStep, Step, SyncStep, UseStep, VariableStep } from "../../model/gitpodYml";
import type { GitpodYmlSubject, PlacedObservation, Rule } from "../rule";
import { exclude, loginsOf, snippetsOf } from "./steps";

/** Where a task first needs credentials that it does not have yet. */
interface Need {
  readonly step: UseStep | VariableStep;
  /** The task's own login, behind it; null: it has none. */
  readonly login: LoginStep | null;
}

/**
 * The names that are signalled once something has been done, such as a login: by a task that does it, or by one that
 * has waited for such a name itself.
 */
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

/** Signals and waits of the whole file whose names are known. */
function syncs({ steps }: GitpodYmlSubject): readonly (SyncStep & { readonly name: string })[] {
  return steps
    .flat()
    .flatMap((step) =>
      (step.kind === "await" || step.kind === "done") && step.name !== null
        ? [{ ...step, name: step.name }]
        : [],
    );
}

/** All names that the file signals; null where it signals one that is not known before it runs. */
function signalledNames(subject: GitpodYmlSubject): ReadonlySet<string> | null {
  const unknown = subject.steps.flat().some((step) => step.kind === "done" && step.name === null);
  return unknown ? null : new Set(syncs(subject).flatMap(({ kind, name }) => (kind === "done" ? name : [])));
}

/** For each task that needs credentials before it has any: the first step that does. */
function unmetNeeds(subject: GitpodYmlSubject): readonly Need[] {
  const names = namesBehind(subject.steps, isLogin);
  const signalled = signalledNames(subject);
  const exported = new Set(
    snippetsOf(subject).flatMap(({ logins }) =>
      logins.flatMap(({ exports }) => exports.map(({ variable }) => variable)),
    ),
  );
  return subject.steps.flatMap((steps): readonly Need[] => {
    const login = steps.find((step) => step.kind === "login") ?? null;
    for (const step of steps) {
      if (step.kind === "await" && (step.name === null || names.has(step.name))) return [];
      // Who waits for ever needs nothing.
      if (step.kind === "await" && step.name !== null && signalled?.has(step.name) === false) return [];
      if (step === login) return [];
      if (step.kind !== "use" && !(step.kind === "variable" && exported.has(step.name))) continue;
      // To ask whether there are credentials is what one does before a login; or one does something else instead.
      const isNoNeed = step.kind === "variable" || step.probe;
      if (login !== null && (isNoNeed || exclude(step, login))) continue;
      return [{ step, login }];
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
  return unmetNeeds(subject)
    .filter(({ login }) => login === null)
    .map(({ step }) => {
      const what = step.kind === "use" ? step.what : `$${step.name}`;
      const late = step.phase === "command" ? "" : `move it from ${step.phase} to command, and `;
      const unsaid = name === undefined ? `gp sync-done ${signal} behind the login, and ` : "";
      const wait = isThere
        ? `write ${unsaid}gp sync-await ${signal} before it`
        : "run npx gitpod-aws-oidc snippet --into FILE --await all";
      const message = isThere
        ? `${what} needs the credentials of another task's login, and does not wait for it`
        : `${what} needs credentials, and no task of this file logs in`;
      return { message, place: step.place, remedy: late + wait };
    });
}

/** Prebuilds run no `command`: who waits for one in another phase waits for ever. */
function deadlocks(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const done = syncs(subject).filter(({ kind }) => kind === "done");
  const early = new Set(done.flatMap(({ phase, name }) => (phase === "command" ? [] : name)));
  const late = new Set(done.flatMap(({ phase, name }) => (phase === "command" ? name : [])));
  return syncs(subject).flatMap(({ kind, phase, name, place }) => {
    if (kind !== "await" || phase === "command" || !late.has(name) || early.has(name)) return [];
    const message = `${phase} waits for ${subject.shown(name)}, which only a command signals: prebuilds run none, and wait for ever`;
    return [{ message, place, remedy: "move gp sync-await, and what follows it, to command" }];
  });
}

/** Waiting for a name that nothing signals, such as a misspelled one. */
function endlessWaits(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const signalled = signalledNames(subject);
  if (signalled === null) return [];
  return syncs(subject).flatMap(({ kind, name, place }) => {
    if (kind !== "await" || signalled.has(name)) return [];
    const message = `this waits for ${subject.shown(name)}, which no command of this file signals: unless a script does, it waits for ever`;
    return [
      { message, place, remedy: "write the name that is signalled, or signal this one with gp sync-done" },
    ];
  });
}

/** A signal of the login's name by a task that neither logs in nor has waited for a login. */
function earlySignals({ steps: all, shown }: GitpodYmlSubject): readonly PlacedObservation[] {
  const behind = namesBehind(all, isLogin);
  const ofLogins = new Set(
    all
      .filter((steps) => steps.some(isLogin))
      .flat()
      .flatMap((step) => (step.kind === "done" ? step.name : [])),
  );
  return all.flatMap((steps) => {
    if (steps.some(isLogin)) return [];
    const waited = awaitOf(steps, behind);
    return (waited < 0 ? steps : steps.slice(0, waited)).flatMap((step): readonly PlacedObservation[] => {
      if (step.kind !== "done" || step.name === null || !ofLogins.has(step.name)) return [];
      const message = `this signals ${shown(step.name)}, as the task of the login does: who waits for it goes on before anybody is logged in`;
      return [{ message, place: step.place, remedy: "signal another name here" }];
    });
  });
}

/** Tasks that run side by side, and what one needs of another. */
export const waitRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "S03",
    severity: "warning",
    title: "a task that needs credentials and does not wait for them",
    why: "tasks run side by side: it fails on some starts and works on others; a task that waits in a phase of prebuilds never ends",
    remedy: "begin its command with gp sync-await, and signal with gp sync-done behind the login",
    gitpodYml: (subject) =>
      loginsOf(subject).length === 0
        ? hasty(subject)
        : [...hasty(subject), ...deadlocks(subject), ...endlessWaits(subject), ...earlySignals(subject)],
  },
  {
    id: "S12",
    severity: "warning",
    title: "a call to AWS before the login of the same task",
    why: "it has no credentials, or those of somebody else",
    remedy: "move it behind the login",
    gitpodYml: (subject) =>
      unmetNeeds(subject).flatMap(({ step, login }) =>
        login === null || step.kind !== "use"
          ? []
          : [
              {
                message: `${step.what} runs before the login on line ${login.place.line}`,
                place: step.place,
              },
            ],
      ),
  },
  {
    id: "S18",
    severity: "warning",
    title: "a signal in a phase that a start from a prebuild skips",
    why: "a workspace that starts from a prebuild runs before and command only: the signal never comes, and whoever waits for it waits for ever",
    remedy: "move gp sync-done, and what it signals, to before",
    gitpodYml: (subject) => {
      const all = syncs(subject);
      const isSkipped = ({ phase }: SyncStep): boolean => phase === "init" || phase === "prebuild";
      return all.flatMap((step) => {
        if (step.kind !== "done" || !isSkipped(step)) return [];
        const same = all.filter((other) => other.name === step.name && !isSkipped(other));
        const waiter = same.find(({ kind }) => kind === "await");
        if (waiter === undefined || same.some(({ kind }) => kind === "done")) return [];
        const message = `a start from a prebuild skips ${step.phase}, and with it this signal, which ${waiter.phase} on line ${waiter.place.line} waits for`;
        return [{ message, place: step.place }];
      });
    },
  },
]);
