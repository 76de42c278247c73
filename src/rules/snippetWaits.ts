import type { LoginStep, TaskFacts, TaskStep, UseStep, VariableStep } from "../model/gitpodYml";
import type { GitpodYmlSubject } from "./rule";

/** Where a task first needs credentials, and what it has of them by then. */
export interface Need {
  readonly step: UseStep | VariableStep;
  /** The task's own login, whether before or behind; null: it has none. */
  readonly login: LoginStep | null;
}

/** Logins that run, with the task that they are in. */
export function loginsOf(
  tasks: readonly TaskFacts[],
): readonly { readonly task: number; readonly login: LoginStep }[] {
  return tasks.flatMap(({ steps }, task) =>
    steps.flatMap((login) => (login.kind === "login" && login.runs ? [{ task, login }] : [])),
  );
}

/** Can one run of the task do both? Not where they are in different arms of one choice. */
export function exclude(a: TaskStep, b: TaskStep): boolean {
  const armOf = new Map(a.arms.map((arm) => [arm.slice(0, arm.indexOf(":")), arm]));
  return b.arms.some((arm) => {
    const other = armOf.get(arm.slice(0, arm.indexOf(":")));
    return other !== undefined && other !== arm;
  });
}

/**
 * The names that are signalled once somebody is logged in: by the task of a login, or by one that has waited for
 * such a name itself.
 */
export function namesBehindLogins(tasks: readonly TaskFacts[]): ReadonlySet<string> {
  const names = new Set<string>();
  const waiting = new Map<string, string[]>();
  const todo: string[] = [];
  for (const { steps } of tasks) {
    const running = steps.filter(({ runs }) => runs);
    // Wherever it stands: a login's task signals in a trap, too.
    const logsIn = running.some(({ kind }) => kind === "login");
    const done = running.flatMap((step, i) =>
      step.kind === "done" && step.name !== null ? [{ name: step.name, i }] : [],
    );
    if (logsIn) todo.push(...done.map(({ name }) => name));
    const awaited = running.findIndex(({ kind }) => kind === "await");
    const then = done.filter(({ i }) => awaited >= 0 && i > awaited).map(({ name }) => name);
    for (const step of running)
      if (step.kind === "await" && step.name !== null)
        waiting.set(step.name, [...(waiting.get(step.name) ?? []), ...then]);
  }
  for (let name = todo.pop(); name !== undefined; name = todo.pop()) {
    if (names.has(name)) continue;
    names.add(name);
    todo.push(...(waiting.get(name) ?? []));
  }
  return names;
}

/** All names that the file signals; null where it signals one that is not known before it runs. */
export function signalledNames(tasks: readonly TaskFacts[]): ReadonlySet<string> | null {
  const names = new Set<string>();
  for (const step of tasks.flatMap(({ steps }) => steps)) {
    if (step.kind !== "done") continue;
    if (step.name === null) return null;
    names.add(step.name);
  }
  return names;
}

/** For each task that needs credentials before it has any: the first step that does. */
export function unmetNeeds({ facts, model, repositories }: GitpodYmlSubject): readonly Need[] {
  const { tasks } = facts;
  const names = namesBehindLogins(tasks);
  const signalled = signalledNames(tasks);
  const exported = new Set(
    model.snippets
      .filter(
        ({ url }) => repositories.length === 0 || repositories.some((repository) => isBelow(repository, url)),
      )
      .flatMap(({ logins }) => logins.flatMap(({ exports }) => exports.map(({ variable }) => variable))),
  );
  return tasks.flatMap(({ steps }): readonly Need[] => {
    const running = steps.filter(({ runs }) => runs);
    const login = running.find((step) => step.kind === "login") ?? null;
    for (const step of running) {
      if (step.kind === "await" && (step.name === null || names.has(step.name))) return [];
      // Who waits for ever needs nothing.
      if (step.kind === "await" && step.name !== null && signalled?.has(step.name) === false) return [];
      if (step === login) return [];
      const needs = step.kind === "use" || (step.kind === "variable" && exported.has(step.name));
      if (!needs || (login !== null && isNoNeed(step, login))) continue;
      return [{ step, login }];
    }
    return [];
  });
}

/** Asking whether there are credentials is what one does before a login; so is doing something else instead. */
function isNoNeed(step: UseStep | VariableStep, login: LoginStep): boolean {
  return (step.kind === "use" && step.probe) || step.kind === "variable" || exclude(step, login);
}

/** Is a repository the one of an entry, or one of the organization that the entry is for? */
export function isBelow(repository: string, url: string): boolean {
  return repository === url || repository.startsWith(`${url}/`);
}
