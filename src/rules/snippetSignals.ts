import { nearest } from "../diagnostics";
import type { GitpodYmlSubject, PlacedObservation } from "./rule";
import { loginsOf, namesBehindLogins, signalledNames, unmetNeeds } from "./snippetWaits";

/** S03: who does not wait, and who waits where it never ends. */
export function withoutWaiting(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { tasks } = subject.facts;
  if (loginsOf(tasks).length === 0) return [];
  const [name] = [...namesBehindLogins(tasks)].sort();
  const signal = name === undefined ? "aws" : subject.shown(name).slice(1, -1);
  const needs = unmetNeeds(subject).filter(({ login }) => login === null);
  const hasty = needs.map(({ step }): PlacedObservation => {
    const what = step.kind === "use" ? step.what : `$${step.name}`;
    const late = step.phase === "command" ? "" : `move it from ${step.phase} to command, and `;
    const unsaid = name === undefined ? `gp sync-done ${signal} behind the login, and ` : "";
    return {
      message: `${what} needs the credentials of another task's login, and does not wait for it`,
      place: step.place,
      remedy: `${late}write ${unsaid}gp sync-await ${signal} before it`,
    };
  });
  return [...hasty, ...deadlocks(subject), ...endlessWaits(subject), ...earlySignals(subject)];
}

/** Prebuilds run no `command`: who waits for one in another phase waits for ever. */
function deadlocks({ facts, shown }: GitpodYmlSubject): readonly PlacedObservation[] {
  const steps = facts.tasks.flatMap((task) => task.steps).filter(({ runs }) => runs);
  const early = new Set<string>();
  const late = new Set<string>();
  for (const step of steps)
    if (step.kind === "done" && step.name !== null) (step.phase === "command" ? late : early).add(step.name);
  return steps.flatMap((step) => {
    if (step.kind !== "await" || step.phase === "command" || step.name === null) return [];
    if (!late.has(step.name) || early.has(step.name)) return [];
    const message = `${step.phase} waits for ${shown(step.name)}, which only a command signals: prebuilds run none, and wait for ever`;
    return [{ message, place: step.place, remedy: "move gp sync-await, and what follows it, to command" }];
  });
}

/** Waiting for a name that nothing signals, such as a misspelled one. */
function endlessWaits({ facts: { tasks }, shown }: GitpodYmlSubject): readonly PlacedObservation[] {
  const signalled = signalledNames(tasks);
  if (signalled === null) return [];
  return tasks.flatMap(({ steps }) =>
    steps.flatMap((step): readonly PlacedObservation[] => {
      if (step.kind !== "await" || !step.runs || step.name === null || signalled.has(step.name)) return [];
      const message = `this waits for ${shown(step.name)}, which no command of this file signals: unless a script does, it waits for ever`;
      const meant = nearest(step.name, signalled);
      const write = meant === undefined ? "" : `write gp sync-await ${shown(meant).slice(1, -1)}, or `;
      return [
        {
          message,
          place: step.place,
          remedy: `${write}signal it with gp sync-done behind what it waits for`,
        },
      ];
    }),
  );
}

/** A signal of the login's name by a task that neither logs in nor has waited for a login. */
function earlySignals({ facts: { tasks }, shown }: GitpodYmlSubject): readonly PlacedObservation[] {
  const behind = namesBehindLogins(tasks);
  const ofLogins = new Set<string>();
  const running = tasks.map(({ steps }) => steps.filter(({ runs }) => runs));
  const logsIn = running.map((steps) => steps.some(({ kind }) => kind === "login"));
  running.forEach((steps, i) => {
    for (const step of logsIn[i] === true ? steps : [])
      if (step.kind === "done" && step.name !== null) ofLogins.add(step.name);
  });
  return running.flatMap((steps, i) => {
    if (logsIn[i] === true) return [];
    const waited = steps.findIndex(
      (step) => step.kind === "await" && (step.name === null || behind.has(step.name)),
    );
    return (waited < 0 ? steps : steps.slice(0, waited)).flatMap((step): readonly PlacedObservation[] => {
      if (step.kind !== "done" || step.name === null || !ofLogins.has(step.name)) return [];
      const message = `this signals ${shown(step.name)}, as the task of the login does: who waits for it goes on before anybody is logged in`;
      return [{ message, place: step.place, remedy: "signal another name here" }];
    });
  });
}
