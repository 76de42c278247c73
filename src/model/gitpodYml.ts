/*
 * What a `.gitpod.yml` does with AWS, as far as its text shows it: facts, which rules judge. Text comes as written;
 * what is to be shown goes through the mask of the secrets first.
 */

/** Where something stands in a file: the way down to its value, and the position in the text. */
export interface Place {
  readonly path: readonly (string | number)[];
  /** Counted from 1. */
  readonly line: number;
  /** Counted from 1, in UTF-16 code units. */
  readonly column: number;
}

/** A text, with its place. */
export interface Placed {
  readonly text: string;
  readonly place: Place;
}

/** The parts of a task, in the order in which they run. */
export type TaskPhase = "before" | "init" | "prebuild" | "command";

/** What every step of a task has. */
interface StepFacts {
  readonly phase: TaskPhase;
  readonly place: Place;
  /** False inside a function that the task defines and never calls. */
  readonly runs: boolean;
  /** `<choice>:<arm>` of every `if`, `case` and `||` around it: of two arms of one choice, one at most runs. */
  readonly arms: readonly string[];
}

/** A login to AWS with the workspace's token. */
export interface LoginStep extends StepFacts {
  readonly kind: "login";
  /** `gp idp login aws`, or `aws sts assume-role-with-web-identity`. */
  readonly by: "gp" | "aws";
  /** Null: not known before it runs, or not given. */
  readonly roleArn: Placed | null;
  /** The profile that receives the credentials; null: not known. */
  readonly profile: string | null;
  /** What a function is given that logs in in a way that is not followed: the profile may be among it. */
  readonly given: readonly string[];
  /** As written; null: not given, or not known. */
  readonly duration: Placed | null;
  /** `AWS_DEFAULT_OUTPUT` where the login sees one; null: none that is known. */
  readonly output: Placed | null;
  /** Expansions outside of quotes. */
  readonly unquoted: readonly Placed[];
}

/** Something that needs AWS credentials. */
export interface UseStep extends StepFacts {
  readonly kind: "use";
  /** What is run, e.g. `aws s3` or `terraform plan`. */
  readonly what: string;
  /** True for a question whether there are credentials, which may come before the login. */
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

/** A command that means a login and is none. Neither text quotes the file. */
export interface MistakeStep extends StepFacts {
  readonly kind: "mistake";
  readonly found: string;
  readonly write: string;
}

export type TaskStep = LoginStep | UseStep | VariableStep | SyncStep | MistakeStep;

/** One task, with its steps in the order in which they run. */
export interface TaskFacts {
  readonly steps: readonly TaskStep[];
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

/** Everything about a `.gitpod.yml` that rules judge. */
export interface GitpodYmlFacts {
  /** What keeps Gitpod from accepting the file. */
  readonly problems: readonly Placed[];
  readonly tasks: readonly TaskFacts[];
  /** Null: nobody merged any. */
  readonly ours: OurTasks | null;
  /** The image by name; null: Gitpod's default, or one that the file builds. */
  readonly image: Placed | null;
  /** Is the image one of those that are known to come without the AWS CLI? */
  readonly imageLacksAwsCli: boolean;
  /** Does a task install the AWS CLI? */
  readonly installsAwsCli: boolean;
  /** Where prebuilds of forks are switched on. */
  readonly forkPrebuilds: Place | null;
  /** Values of `IDP_AWS_ROLE_ARN` in `env` of the file and of its tasks. */
  readonly roleSettings: readonly Placed[];
  readonly staticKeys: readonly StaticKey[];
}
