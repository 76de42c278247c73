import { nearest } from "../diagnostics";
import type { Role } from "../model/accessModel";
import type { GitpodYmlFacts, LoginStep, Placed } from "../model/gitpodYml";
import type { GitpodYmlSubject, PlacedObservation, Rule } from "./rule";
import { rolesOnOneProfile } from "./snippetProfiles";
import { withoutWaiting } from "./snippetSignals";
import { isBelow, loginsOf, unmetNeeds } from "./snippetWaits";

/** The longest session that IAM grants, whatever the role says, in seconds. */
const longestSession = 43_200;

function roleOf(arn: string, { model }: GitpodYmlSubject): Role | undefined {
  return model.accounts.flatMap(({ roles }) => roles).find((role) => role.arn === arn);
}

function everyLogin({ tasks }: GitpodYmlFacts): readonly LoginStep[] {
  return tasks.flatMap(({ steps }) => steps.filter((step) => step.kind === "login"));
}

/** S10: roles that are none of the manifest's, or somebody else's. */
function foreignRole(arn: Placed, subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { model, repositories, shown } = subject;
  const role = roleOf(arn.text, subject);
  const mine = model.accounts
    .flatMap(({ roles }) => roles)
    .filter(({ entry }) => repositories.some((repository) => isBelow(repository, entry.url)));
  const instead = mine.map((own) => own.arn).sort();
  if (role === undefined) {
    const known =
      instead.length > 0 ? instead : model.accounts.flatMap(({ roles }) => roles.map((r) => r.arn));
    const meant = nearestArn(arn.text, known);
    const message = `the manifest has no role ${shown(arn.text)}`;
    return [{ message, place: arn.place, ...(meant === undefined ? {} : { remedy: `write ${meant}` }) }];
  }
  if (repositories.length === 0 || mine.includes(role)) return [];
  const message = `${shown(arn.text)} is the role of ${role.entry.url}, and does not admit this repository`;
  const [own] = instead;
  return [
    { message, place: arn.place, role: role.name, ...(own === undefined ? {} : { remedy: `write ${own}` }) },
  ];
}

/** The only role, or the one with the nearest name: ARNs are longer than what is compared. */
function nearestArn(arn: string, known: readonly string[]): string | undefined {
  const [only] = known;
  if (known.length === 1) return only;
  const nameOf = (text: string) => text.slice(text.lastIndexOf("/") + 1);
  const meant = nearest(nameOf(arn), known.slice(0, 1000).map(nameOf));
  return meant === undefined ? undefined : known.find((text) => nameOf(text) === meant);
}

/** S14: tasks of ours that a merge would change, or refuse to. */
function oldTasks({ facts: { ours }, current }: GitpodYmlSubject): readonly PlacedObservation[] {
  if (ours === null) return [];
  const { place, lastLine, digest } = ours;
  const which = `the tasks from here to line ${lastLine}, which are of gitpod-aws-oidc,`;
  if (digest === null)
    return [
      {
        message: `${which} were edited by hand: the next merge refuses them`,
        place,
        remedy:
          "move the change to a task of your own or to the manifest, and put the tasks back as they were",
      },
    ];
  if (current === null || current.has(digest)) return [];
  if (current.size > 0) return [{ message: `${which} are not what the manifest makes now`, place }];
  const remedy = "take them out with gitpod-aws-oidc snippet --into FILE --remove, or add an entry";
  return [{ message: `${which} are for a repository that the manifest does not have`, place, remedy }];
}

/** Rules about logins written into a `.gitpod.yml`. */
export const snippetRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "S01",
    severity: "warning",
    title: "a login in a phase that prebuilds run",
    why: "the code of every push runs with the role, the credentials are gone when the workspace starts, and a refused login fails the prebuild",
    remedy: "move the login to command of the task",
    gitpodYml: ({ facts }) =>
      loginsOf(facts.tasks).flatMap(({ login }) =>
        login.phase === "command"
          ? []
          : [{ message: `a login to AWS in ${login.phase}, which prebuilds run`, place: login.place }],
      ),
  },
  {
    id: "S02",
    severity: "error",
    title: "prebuilds of forks, and a login",
    why: "whoever may open a pull request writes what the prebuild runs, and needs only to move the login there",
    remedy: "write pullRequestsFromForks: false",
    gitpodYml: ({ facts }) =>
      facts.forkPrebuilds === null || everyLogin(facts).length === 0
        ? []
        : [
            {
              message: "prebuilds run the code of forks, and this file logs in to AWS",
              place: facts.forkPrebuilds,
            },
          ],
  },
  {
    id: "S03",
    severity: "warning",
    title: "a task that needs credentials and does not wait for them",
    why: "tasks run side by side: it fails on some starts and works on others; a task that waits in a phase of prebuilds never ends",
    remedy: "begin its command with gp sync-await, and signal with gp sync-done behind the login",
    gitpodYml: withoutWaiting,
  },
  {
    id: "S04",
    severity: "error",
    title: "wrong words in a gp command",
    why: "gp refuses them, or takes them for something else, and nobody is logged in",
    remedy: "write gp idp login aws --role-arn ARN --profile NAME",
    gitpodYml: ({ facts, shown }) =>
      facts.tasks.flatMap(({ steps }) =>
        steps.flatMap((step) =>
          step.kind === "mistake"
            ? [{ message: `found ${shown(step.found)}`, place: step.place, remedy: `write ${step.write}` }]
            : [],
        ),
      ),
  },
  {
    id: "S05",
    severity: "error",
    title: "a session longer than the role's maximum",
    why: "AWS refuses the login",
    remedy: "ask for less, or raise sessionDuration of the entry",
    gitpodYml: (subject) =>
      everyLogin(subject.facts).flatMap((login): readonly PlacedObservation[] => {
        const { duration, roleArn } = login;
        if (duration === null || !/^\d{1,9}$/.test(duration.text)) return [];
        const role = roleArn === null ? undefined : roleOf(roleArn.text, subject);
        const most = role?.maxSessionDuration ?? longestSession;
        if (Number(duration.text) <= most) return [];
        const whose = role === undefined ? "no role admits more than" : `${role.name} admits`;
        const message = `a session of ${Number(duration.text)} seconds; ${whose} ${most}`;
        return [{ message, place: duration.place, ...(role === undefined ? {} : { role: role.name }) }];
      }),
  },
  {
    id: "S06",
    severity: "warning",
    title: "an unquoted variable in a login",
    why: "empty, it takes the next word for its value; with a space, it becomes several words",
    remedy: "put it in double quotes",
    gitpodYml: (subject) =>
      everyLogin(subject.facts).flatMap(({ unquoted }) =>
        unquoted.map(({ text, place }) => ({
          message: `${subject.shown(text)} stands in the login without quotes`,
          place,
        })),
      ),
  },
  {
    id: "S07",
    severity: "error",
    title: "several roles on one profile",
    why: "each login overwrites the credentials of the one before",
    remedy: "give each login a profile of its own: --profile NAME",
    gitpodYml: rolesOnOneProfile,
  },
  {
    id: "S08",
    severity: "info",
    title: "an image without the AWS CLI",
    why: "gp idp login aws runs the AWS CLI, and fails without it",
    remedy: "install the AWS CLI in a Dockerfile of the workspace image",
    gitpodYml: ({ facts, shown }) =>
      facts.image === null ||
      !facts.imageLacksAwsCli ||
      facts.installsAwsCli ||
      loginsOf(facts.tasks).length === 0
        ? []
        : [{ message: `the image ${shown(facts.image.text)} has no AWS CLI`, place: facts.image.place }],
  },
  {
    id: "S09",
    severity: "error",
    title: "an output of the AWS CLI other than JSON where gp logs in",
    why: "gp idp login aws reads the output of the AWS CLI as JSON, and fails on any other",
    remedy: "take it out, or give --output to the commands that want another",
    gitpodYml: (subject) =>
      loginsOf(subject.facts.tasks).flatMap(({ login: { output } }) =>
        output === null || output.text === "" || output.text === "json"
          ? []
          : [
              {
                message: `AWS_DEFAULT_OUTPUT is ${subject.shown(output.text)} where gp logs in`,
                place: output.place,
              },
            ],
      ),
  },
  {
    id: "S10",
    severity: "error",
    title: "a role that the manifest does not have, or has for another repository",
    why: "AWS refuses the login, or a role that nobody manages here gets in",
    remedy: "write the ARN of gitpod-aws-oidc snippet, or add an entry for this repository",
    gitpodYml: (subject) =>
      [
        ...everyLogin(subject.facts).flatMap(({ roleArn }) => roleArn ?? []),
        ...subject.facts.roleSettings,
      ].flatMap((arn) => foreignRole(arn, subject)),
  },
  {
    id: "S11",
    severity: "error",
    title: "static AWS keys",
    why: "everybody who may read the repository has them, for as long as nobody revokes them; in the environment they outrank every profile",
    remedy:
      "revoke the key in IAM, take it out of the file and of its history, and log in with gp idp login aws",
    gitpodYml: ({ facts }) =>
      facts.staticKeys.map(({ what, place }) => ({ message: `a static AWS key: ${what}`, place })),
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
    id: "S13",
    severity: "error",
    title: "not valid for Gitpod",
    why: "the workspace does not start with this file",
    remedy: "write it as the reference of .gitpod.yml has it",
    gitpodYml: ({ facts }) =>
      facts.problems.map(({ text, place }) => ({ message: `Gitpod refuses this: ${text}`, place })),
  },
  {
    id: "S14",
    severity: "warning",
    title: "merged tasks that are out of date, or were edited",
    why: "workspaces log in as an older manifest said, or as somebody changed it without the manifest",
    remedy: "run gitpod-aws-oidc snippet --into FILE again",
    gitpodYml: oldTasks,
  },
]);
