/*
 * What stands in a `.gitpod.yml`, or in an automations file of Ona, as rules judge it. Text comes as written; what is
 * to be shown goes through the mask of the secrets first.
 */

import type { TaskFormat } from "./accessModel";

/** Where something stands in a file: the way down to its value, and the position in the text, counted from 1. */
export interface Place {
  readonly path: readonly (string | number)[];
  readonly line: number;
  /** In UTF-16 code units. */
  readonly column: number;
}

export interface Placed {
  readonly text: string;
  readonly place: Place;
}

/** The parts of a task, in the order in which they run; Ona's commands are all `command`. */
export type TaskPhase = "before" | "init" | "prebuild" | "command";

/** A word of a command, without its quotes. Variables that the file sets are filled in, others stand as written. */
export interface Word extends Placed {
  /** False where a part of it is known to the running shell alone. */
  readonly known: boolean;
  /** Expansions outside of quotes, as written. */
  readonly unquoted: readonly Placed[];
}

/** A simple command that stands in the file, without `sudo`, `timeout 30` and their like in front of it. */
export interface ShellCommand {
  readonly phase: TaskPhase;
  readonly place: Place;
  /** The program without its folder; empty where the file does not show it. */
  readonly program: string;
  readonly words: readonly Word[];
  /** Variables of AWS that it sees, as far as the file sets them. */
  readonly environment: ReadonlyMap<string, Word>;
  /** Variables in it that the file does not set, without their `$`. */
  readonly unset: readonly Placed[];
  /** `<choice>:<arm>` of every `if`, `case` and `||` around it: of two arms of one choice, one at most runs. */
  readonly arms: readonly string[];
}

/** One task, with the commands of its phases in the order in which they stand. */
export interface TaskFacts {
  readonly name: string | null;
  readonly commands: readonly ShellCommand[];
}

/** What every step of a task has. */
export type StepFacts = Pick<ShellCommand, "phase" | "place" | "arms">;

/** A login to AWS with the workspace's token. */
export interface LoginStep extends StepFacts {
  readonly kind: "login";
  /** `gp idp login aws`, `aws sts assume-role-with-web-identity`, or `gp idp token` for somebody who does the latter. */
  readonly by: "gp" | "aws" | "token";
  /** Null: the command names none. */
  readonly role: Word | null;
  /** The profile that receives the credentials; null: not known. */
  readonly profile: string | null;
  readonly duration: Word | null;
  readonly command: ShellCommand;
}

/** Something that needs AWS credentials. */
export interface UseStep extends StepFacts {
  readonly kind: "use";
  /** What is run, e.g. `aws s3` or `terraform plan`. */
  readonly what: string;
  readonly cli: boolean;
  /** Does it only ask whether there are credentials, which may come before the login? */
  readonly probe: boolean;
}

/** A variable that the file does not set. */
export interface VariableStep extends StepFacts {
  readonly kind: "variable";
  readonly name: string;
}

/** `gp sync-await` or `gp sync-done`; a name of null is not known before it runs. */
export interface SyncStep extends StepFacts {
  readonly kind: "await" | "done";
  readonly name: string | null;
}

/** An installation of the AWS CLI. */
type InstallStep = StepFacts & { readonly kind: "install" };

export type Step = LoginStep | UseStep | VariableStep | SyncStep | InstallStep;

/** A variable of an `env`. */
export interface Setting {
  readonly name: string;
  readonly value: Placed;
}

/** A key of an AWS user written into the file; the key itself is not part of the fact. */
export interface StaticKey {
  readonly what: string;
  readonly place: Place;
}

/** The tasks that `snippet --into` merged into a file, from the comment before them to the one behind. */
export interface OurTasks {
  readonly place: Place;
  readonly lastLine: number;
  /** By what they are known again; null: somebody edited them since. */
  readonly digest: string | null;
}

/** Everything about a file that rules judge. */
export interface GitpodYmlFacts {
  readonly format: TaskFormat;
  /** What keeps Gitpod or Ona from accepting the file. */
  readonly problems: readonly Placed[];
  readonly tasks: readonly TaskFacts[];
  /** Null: nobody merged any. */
  readonly ours: OurTasks | null;
  /** The image by name; `built` where the file builds one; null: Gitpod's default. */
  readonly image: Placed | "built" | null;
  /** Where prebuilds of forks are switched on. */
  readonly forkPrebuilds: Place | null;
  /** The `env` of the file and of its tasks. */
  readonly settings: readonly Setting[];
  /** Placeholders of the guide, such as `<your-iam-role-arn>`. */
  readonly placeholders: readonly Placed[];
  readonly staticKeys: readonly StaticKey[];
}
