import type { Step } from "../../model/gitpodYml";
import type { GitpodYmlSubject, PlacedObservation, Rule } from "../rule";
import { isMerged, snippetsOf } from "./steps";
import { namesBehind } from "./waits";

/**
 * Images of Gitpod, by the name behind `gitpod/workspace-`. They are made of the same layers, none of which brings
 * the AWS CLI.
 * @see https://github.com/gitpod-io/workspace-images/tree/main/chunks
 */
const gitpodImages: readonly RegExp[] = Object.freeze([
  /^(?:base|full|full-vnc|minimal)$/,
  /^(?:bun|c|clojure|dotnet|dotnet-vnc|elixir|go|nix|node|node-lts|php|python|ruby|rust|scala)$/,
  /^(?:java|python|ruby|go|node)-\d+(?:\.\d+)*$/,
  /^(?:mongodb|mysql|postgres|yugabytedb|yugabytedb-preview)$/,
]);

/** @see https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html */
const install =
  'curl -fsSL "https://awscli.amazonaws.com/awscli-exe-linux-x86_64.zip" -o /tmp/awscliv2.zip && unzip -q /tmp/awscliv2.zip -d /tmp && sudo /tmp/aws/install';

/** Is an image one of Gitpod's own, whatever its registry's alias, tag or digest? */
function lacksAwsCli(image: string): boolean {
  const name =
    /^(?:(?:docker\.io|index\.docker\.io)\/)?gitpod\/workspace-([a-z0-9.-]{1,60})(?::[\w.-]*)?(?:@sha256:[0-9a-f]*)?$/.exec(
      image,
    );
  return gitpodImages.some((pattern) => pattern.test(name?.[1] ?? ""));
}

const isInstall = ({ kind }: Step): boolean => kind === "install";
const needsCli = (step: Step): boolean => step.kind === "login" || (step.kind === "use" && step.cli);

/** Nothing in the file installs the CLI: said once. */
function nothingInstalls(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { image } = subject.facts;
  const first = subject.steps.flat().find(needsCli);
  // Where the manifest has a login for the repository, it is still to come; tasks may bring what it needs by then.
  const isToCome =
    subject.repositories.length > 0 &&
    snippetsOf(subject).length > 0 &&
    subject.facts.problems.length === 0 &&
    subject.facts.tasks.every(({ commands }) => commands.length === 0);
  if (first === undefined && !isToCome) return [];
  const [which, at] =
    image === null || image === "built"
      ? ["the default image of Gitpod", first?.place]
      : [`the image ${subject.shown(image.text)}`, image.place];
  const place = at ?? { path: [], line: 1, column: 1 };
  return [{ message: `${which} has no AWS CLI, and no command of this file installs it`, place }];
}

/** The name by which the installing task can be waited for, and what is to be written for that. */
function signalOf(task: number, { facts, steps, shown }: GitpodYmlSubject): readonly [string, string] {
  const installing = steps[task] ?? [];
  const done = installing.slice(installing.findIndex(isInstall)).find(({ kind }) => kind === "done");
  if (done?.kind === "done" && done.name !== null) return [shown(done.name).slice(1, -1), ""];
  const taskName = facts.tasks[task]?.name ?? "";
  const name = /^[A-Za-z0-9][\w-]{0,63}$/.test(taskName) ? taskName : "aws-cli";
  return [name, `gp sync-done ${name} behind the installation, and `];
}

/** Tasks that need the CLI and do not wait for the task that installs it. */
function doNotWait(subject: GitpodYmlSubject, installing: number): readonly PlacedObservation[] {
  const { facts } = subject;
  const names = new Set([
    ...namesBehind(subject.steps, isInstall),
    ...namesBehind(subject.steps, ({ kind }) => kind === "login"),
  ]);
  const [name, write] = signalOf(installing, subject);
  return subject.steps.flatMap((steps) => {
    const need = steps.find(needsCli);
    if (need === undefined || steps.some(isInstall)) return [];
    const before = steps.slice(0, steps.indexOf(need));
    if (before.some((step) => step.kind === "await" && (step.name === null || names.has(step.name))))
      return [];
    const message = "this needs the AWS CLI, which another task installs, and does not wait for it";
    const then = isMerged(need.place, facts)
      ? `snippet: { after: ${name} } in the manifest's entry`
      : `gp sync-await ${name} before it`;
    return [{ message, place: need.place, remedy: `write ${write}${then}` }];
  });
}

/** Where the AWS CLI comes from. */
export const awsCliRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "S08",
    severity: "warning",
    title: "nothing provides the AWS CLI",
    why: "gp idp login aws runs the AWS CLI, and fails without it; tasks run side by side, so that one that another task installs may come too late",
    remedy: `install it in the workspace image's Dockerfile, or in a task of its own that ends with gp sync-done aws-cli, and write snippet: { after: aws-cli } in the manifest's entry: ${install}`,
    gitpodYml: (subject) => {
      const { image } = subject.facts;
      if (image === "built" || (image !== null && !lacksAwsCli(image.text))) return [];
      const installing = subject.steps.findIndex((steps) => steps.some(isInstall));
      return installing < 0 ? nothingInstalls(subject) : doNotWait(subject, installing);
    },
  },
]);
