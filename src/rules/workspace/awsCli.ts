import type { Step } from "../../model/gitpodYml";
import { rulesOf, type GitpodYmlSubject, type PlacedObservation, type Rule } from "../rule";
import { snippetsOf } from "./steps";
import { awaitOf, namesBehind } from "./waits";

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
function nothingInstalls(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { facts, steps, repositories, shown } = subject;
  const { image } = facts;
  const first = steps.flat().find(needsCli);
  // A file without commands: the login of the manifest is still to be merged into it.
  const isEmpty = facts.problems.length === 0 && facts.tasks.every(({ commands }) => commands.length === 0);
  const isToCome = isEmpty && repositories.length > 0 && snippetsOf(subject).length > 0;
  if (first === undefined && !isToCome) return [];
  const named = image === "built" ? null : image;
  const which = named === null ? "the default image of Gitpod" : `the image ${shown(named.text)}`;
  const place = named?.place ?? first?.place ?? { path: [], line: 1, column: 1 };
  return [{ message: `${which} has no AWS CLI, and no command of this file installs it`, place }];
}

/** Tasks that need the CLI and do not wait for the task that installs it. */
function doNotWait({ steps: all, shown }: GitpodYmlSubject): readonly PlacedObservation[] {
  const installed = namesBehind(all, isInstall);
  const names = new Set([...installed, ...namesBehind(all, ({ kind }) => kind === "login")]);
  const [signal] = installed;
  const name = signal === undefined ? "aws-cli" : shown(signal).slice(1, -1);
  const unsaid = signal === undefined ? `gp sync-done ${name} behind the installation, and ` : "";
  const wait = `gp sync-await ${name} before it, or for our task snippet: { after: ${name} } in the manifest`;
  return all.flatMap((steps) => {
    const need = steps.find(needsCli);
    if (need === undefined || steps.some(isInstall)) return [];
    if (awaitOf(steps.slice(0, steps.indexOf(need)), names) >= 0) return [];
    const message = "this needs the AWS CLI, which another task installs, and does not wait for it";
    return [{ message, place: need.place, remedy: `write ${unsaid}${wait}` }];
  });
}

/** Where the AWS CLI comes from. */
export const awsCliRules: readonly Rule[] = rulesOf({
  S08: {
    severity: "warning",
    title: "nothing provides the AWS CLI",
    why: "gp idp login aws runs the AWS CLI, and fails without it; tasks run side by side, so that one that another task installs may come too late",
    remedy: `install it in the image's Dockerfile, or in a task that snippet: { after: NAME } waits for (docs/snippet.md): ${install}`,
    gitpodYml: (subject) => {
      const { image } = subject.facts;
      if (image === "built" || (image !== null && !gitpodImage.test(image.text))) return [];
      return subject.steps.flat().some(isInstall) ? doNotWait(subject) : nothingInstalls(subject);
    },
  },
});
