import { load } from "js-yaml";
import type { TaskRun, Workspace } from "./workspace";

/** When Ona runs tasks. */
export type Trigger =
  "postDevcontainerStart" | "postEnvironmentStart" | "prebuild" | "beforeSnapshot" | "manual";

interface AutomationTask {
  readonly command?: string;
  readonly triggeredBy?: readonly Trigger[];
  readonly dependsOn?: readonly string[];
}

/** An environment of Ona: a workspace without `gp`, whose home survives a stop. */
export interface OnaEnvironment extends Pick<Workspace, "folder" | "openTerminal" | "remove"> {
  /**
   * Runs the tasks of an automations file that a trigger starts, each in a process of its own, after those that it
   * depends on. Which shell that is, is not documented.
   */
  run(file: string, trigger: Trigger, shell: "bash" | "dash"): Promise<ReadonlyMap<string, TaskRun>>;
}

/** Makes an environment of a workspace. */
export function onaEnvironment(workspace: Workspace): OnaEnvironment {
  return {
    folder: workspace.folder,
    openTerminal: (shell, env) => workspace.openTerminal(shell, env),
    remove: () => workspace.remove(),
    async run(file, trigger, shell) {
      const { tasks = {} } = load(file) as { readonly tasks?: Readonly<Record<string, AutomationTask>> };
      const runs = new Map<string, TaskRun>();
      const start = async (key: string): Promise<void> => {
        const task = tasks[key];
        if (task === undefined) throw new Error(`a task depends on ${key}, which the file does not have`);
        if (runs.has(key) || task.triggeredBy?.includes(trigger) !== true) return;
        for (const other of task.dependsOn ?? []) await start(other);
        const script = `'${(task.command ?? "").replaceAll("'", "'\\''")}'`;
        const command = `${shell} -c ${script}`;
        runs.set(key, await workspace.run(JSON.stringify({ tasks: [{ command }] }), { timeout: 240_000 }));
      };
      for (const key of Object.keys(tasks)) await start(key);
      return runs;
    },
  };
}
