import type { Role } from "../../model/accessModel";
import type { LoginStep, Placed } from "../../model/gitpodYml";
import { fixedLimits } from "../../model/quotas";
import type { GitpodYmlSubject, PlacedObservation, Rule } from "../rule";
import { awsOperands, exclude, flagOf, isBelow, isMerged, loginsOf, snippetsOf } from "./steps";

function rolesOf({ model }: GitpodYmlSubject): readonly Role[] {
  return model.accounts.flatMap(({ roles }) => roles);
}

/** The roles that the manifest has for the repository of the file. */
function ownRoles(subject: GitpodYmlSubject): readonly Role[] {
  return rolesOf(subject).filter(({ entry }) =>
    subject.repositories.some((repository) => isBelow(repository, entry.url)),
  );
}

const everyLogin = (subject: GitpodYmlSubject): readonly LoginStep[] =>
  loginsOf(subject).map(({ login }) => login);

/** The role of a login, where the file shows it. */
function roleArnOf({ role }: LoginStep, { facts }: GitpodYmlSubject): Placed | null {
  if (role?.known !== true) return null;
  const isPlaceholder = facts.placeholders.some(
    ({ place: { line, column } }) =>
      line === role.place.line &&
      column >= role.place.column &&
      column < role.place.column + role.text.length,
  );
  return isPlaceholder ? null : role;
}

/** S10: roles that are none of the manifest's, or somebody else's. */
function foreignRole(arn: Placed, subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { repositories, shown } = subject;
  const role = rolesOf(subject).find((one) => one.arn === arn.text);
  const mine = ownRoles(subject);
  const [own] = mine.map((one) => one.arn).sort();
  const remedy = own === undefined ? undefined : `write ${own}`;
  const { place } = arn;
  if (role === undefined) return [{ message: `the manifest has no role ${shown(arn.text)}`, place, remedy }];
  if (repositories.length === 0 || mine.includes(role)) return [];
  const message = `${shown(arn.text)} is the role of ${role.entry.url}, and does not admit this repository`;
  return [{ message, place, role: role.name, remedy }];
}

/** S05: a session longer than the role's maximum. */
function longSession(login: LoginStep, subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { duration, role: arn } = login;
  if (duration?.known !== true || !/^\d{1,9}$/.test(duration.text)) return [];
  const role = rolesOf(subject).find((one) => one.arn === arn?.text);
  const most = role?.maxSessionDuration ?? fixedLimits.maxSession;
  if (Number(duration.text) <= most) return [];
  const whose = role === undefined ? "no role admits more than" : `${role.name} admits`;
  const message = `a session of ${Number(duration.text)} seconds; ${whose} ${most}`;
  return [{ message, place: duration.place, ...(role === undefined ? {} : { role: role.name }) }];
}

/** S07: roles that overwrite each other's credentials. */
function rolesOnOneProfile(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { facts, shown } = subject;
  const logins = loginsOf(subject).flatMap(({ task, login }) => {
    const arn = roleArnOf(login, subject)?.text;
    return arn === undefined || login.profile === null
      ? []
      : [{ task, arn, profile: login.profile, place: login.place, arms: login.arms }];
  });
  return logins.flatMap((login, i): readonly PlacedObservation[] => {
    const other = logins.find(
      (one, j) =>
        j < i &&
        one.profile === login.profile &&
        one.arn !== login.arn &&
        !(one.task === login.task && exclude(one, login)),
    );
    if (other === undefined) return [];
    // Tasks of ours are not for editing: the other login is what can be changed.
    const [at, against] = isMerged(login.place, facts) ? [other, login] : [login, other];
    const message = `the profile ${shown(login.profile)} receives this role here, and another on line ${against.place.line}: the last one wins`;
    return [{ message, place: at.place }];
  });
}

/** S09: formats of output that `gp` does not read, in the environment of a login or in the profile that it uses. */
function otherOutputs(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { tasks } = subject.facts;
  const byGp = loginsOf(subject).filter(({ login }) => login.by === "gp");
  const inEnvironment = byGp.flatMap(
    ({ login }) => login.command.environment.get("AWS_DEFAULT_OUTPUT") ?? [],
  );
  const configured = tasks.flatMap(({ commands }, task) =>
    commands.flatMap((command, i) => {
      const [service, verb, name, value] = awsOperands(command.words);
      const profile = flagOf(command.words, "profile")?.text ?? "default";
      const isSet = command.program === "aws" && service === "configure" && verb === "set";
      if (!isSet || profile !== "default" || !/^(?:default\.)?output$/.test(name ?? "")) return [];
      // Behind the only login, it hurts nobody.
      const hurts = byGp.some(
        ({ login, task: other }) => other !== task || commands.indexOf(login.command) > i,
      );
      return hurts ? (command.words.find(({ text }) => text === value) ?? []) : [];
    }),
  );
  return [...inEnvironment, ...configured].flatMap(({ text, place, known }) =>
    !known || text === "" || text === "json"
      ? []
      : [{ message: `the output of the AWS CLI is ${subject.shown(text)} where gp logs in`, place }],
  );
}

/** S17: logins that overwrite the credentials of ours with those of a role that nobody sees. */
function hiddenRole(login: LoginStep, subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { facts, shown } = subject;
  const { by, role, profile, command } = login;
  const profiles = new Set(snippetsOf(subject).flatMap(({ logins }) => logins.map((own) => own.profile)));
  if (by !== "gp" || profile === null || !profiles.has(profile) || isMerged(login.place, facts)) return [];
  // Where another word is not known either, the role may be in it; a misspelled flag is said already.
  const isShown =
    role === null ? command.words.some(({ known, text }) => !known || /role.?arn/i.test(text)) : role.known;
  if (isShown) return [];
  const message = `this logs in with a role that the file does not show, on the profile ${shown(profile)}, which is for the role of the manifest`;
  return [{ message, place: role?.place ?? login.place }];
}

/** What a login says, and the phase that it stands in. */
export const gitpodLoginRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "S01",
    severity: "warning",
    title: "a login in a phase that prebuilds run",
    why: "the code of every push runs with the role, the credentials are gone when the workspace starts, and a refused login fails the prebuild",
    remedy: "move the login to command of the task",
    gitpodYml: (subject) =>
      loginsOf(subject).flatMap(({ login: { phase, place } }) =>
        phase === "command" ? [] : [{ message: `a login to AWS in ${phase}, which prebuilds run`, place }],
      ),
  },
  {
    id: "S02",
    severity: "error",
    title: "prebuilds of forks, and a login in a phase that they run",
    why: "whoever opens a pull request from a fork gets the role: the prebuild runs their code behind the login",
    remedy: "move the login to command of the task, or write pullRequestsFromForks: false",
    gitpodYml: ({ facts, steps }) => {
      const login = loginsOf({ steps }).find(({ login: { phase } }) => phase !== "command")?.login;
      if (facts.forkPrebuilds === null || login === undefined) return [];
      const message = `prebuilds run the code of forks, behind the login on line ${login.place.line}`;
      return [{ message, place: facts.forkPrebuilds }];
    },
  },
  {
    id: "S05",
    severity: "error",
    title: "a session longer than the role's maximum",
    why: "AWS refuses the login",
    remedy: "ask for less, or raise sessionDuration of the entry",
    gitpodYml: (subject) => everyLogin(subject).flatMap((login) => longSession(login, subject)),
  },
  {
    id: "S06",
    severity: "warning",
    title: "an unquoted variable in a login",
    why: "empty, it takes the next word for its value; with a space, it becomes several words",
    remedy: "put it in double quotes",
    gitpodYml: (subject) =>
      everyLogin(subject)
        .flatMap(({ command }) => command.words.slice(1).flatMap(({ unquoted }) => unquoted))
        .map(({ text, place }) => ({
          message: `${subject.shown(text)} stands in the login without quotes`,
          place,
        })),
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
    id: "S09",
    severity: "error",
    title: "an output of the AWS CLI other than JSON where gp logs in",
    why: "gp idp login aws reads the output of the AWS CLI as JSON, and fails on any other",
    remedy: "remove it, or give --output to the commands that want another",
    gitpodYml: otherOutputs,
  },
  {
    id: "S10",
    severity: "error",
    title: "a role that the manifest does not have, or has for another repository",
    why: "AWS refuses the login, or a role that nobody manages here gets in",
    remedy: "write the ARN of npx gitpod-aws-oidc snippet, or add an entry for this repository",
    gitpodYml: (subject) => {
      const written = everyLogin(subject).flatMap((login) => roleArnOf(login, subject) ?? []);
      const settings = subject.facts.settings.filter(
        ({ name, value }) => name === "IDP_AWS_ROLE_ARN" && !/[<$]/.test(value.text),
      );
      return [...written, ...settings.map(({ value }) => value)].flatMap((arn) => foreignRole(arn, subject));
    },
  },
  {
    id: "S15",
    severity: "error",
    title: "a placeholder of the guide",
    why: "the shell reads its brackets as files, or AWS refuses a role of this name",
    remedy: "write the ARN that npx gitpod-aws-oidc snippet prints",
    gitpodYml: (subject) => {
      const arns = ownRoles(subject).map(({ arn }) => arn);
      const [arn, ...others] = arns;
      const remedy = arn === undefined || others.length > 0 ? undefined : `write ${arn}`;
      return subject.facts.placeholders.map(({ text, place }) => ({
        message: `${subject.shown(text)} is still to be filled in`,
        place,
        remedy: text.includes("arn") ? remedy : undefined,
      }));
    },
  },
  {
    id: "S17",
    severity: "warning",
    title: "a login with a role that the file does not show, on the profile of the manifest's role",
    why: "each login overwrites the credentials of the other: the last one wins",
    remedy: "remove the login, or give it a profile of its own: --profile NAME",
    gitpodYml: (subject) => everyLogin(subject).flatMap((login) => hiddenRole(login, subject)),
  },
]);
