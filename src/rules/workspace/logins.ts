import type { Role } from "../../model/accessModel";
import type { LoginStep, Word } from "../../model/gitpodYml";
import { fixedLimits } from "../../model/quotas";
import { rulesOf, type GitpodYmlSubject, type PlacedObservation, type Rule } from "../rule";
import { awsOperands, exclude, flagOf, isBelow, isMerged, loginsOf, snippetsOf } from "./steps";

function eachLogin(
  check: (login: LoginStep, subject: GitpodYmlSubject) => readonly PlacedObservation[],
): NonNullable<Rule["gitpodYml"]> {
  return (subject) => loginsOf(subject).flatMap((login) => check(login, subject));
}

function rolesOf({ model }: GitpodYmlSubject): readonly Role[] {
  return model.accounts.flatMap(({ roles }) => roles);
}

/** The roles that the manifest has for the repository of the file. */
function ownRoles(subject: GitpodYmlSubject): readonly Role[] {
  return rolesOf(subject).filter(({ entry }) =>
    subject.repositories.some((repository) => isBelow(repository, entry.url)),
  );
}

/** Which role to write; undefined where the manifest has none for the repository. */
function ownRemedy(subject: GitpodYmlSubject): string | undefined {
  const arns = ownRoles(subject).map(({ arn }) => arn);
  return arns.length === 0 ? undefined : `write ${arns.sort().join(" or ")}`;
}

/** The role of a login, where the file shows it. */
function roleArnOf({ role }: LoginStep, { facts }: GitpodYmlSubject): Word | null {
  if (role?.known !== true) return null;
  const { line, column } = role.place;
  const isPlaceholder = facts.placeholders.some(({ place }) => {
    const at = place.column - column;
    return place.line === line && at >= 0 && at < role.text.length;
  });
  return isPlaceholder ? null : role;
}

/** What a login says, and the phase that it stands in. */
export const gitpodLoginRules: readonly Rule[] = rulesOf({
  S01: {
    severity: "warning",
    title: "a login in a phase that prebuilds run",
    why: "the code of every push runs with the role, the credentials are gone when the workspace starts, and a refused login fails the prebuild",
    remedy: "move the login to command of the task",
    gitpodYml: eachLogin(({ phase, place }) =>
      phase === "command" ? [] : [{ message: `a login to AWS in ${phase}, which prebuilds run`, place }],
    ),
  },
  S02: {
    severity: "error",
    title: "prebuilds of forks, and a login in a phase that they run",
    remedy: "move the login to command of the task, or write pullRequestsFromForks: false",
    gitpodYml: (subject) => {
      const place = subject.facts.forkPrebuilds;
      const early = loginsOf(subject).find(({ phase }) => phase !== "command");
      if (place === null || early === undefined) return [];
      const { line } = early.place;
      return [{ message: `prebuilds run the code of forks, behind the login on line ${line}`, place }];
    },
  },
  S05: {
    severity: "error",
    title: "a session longer than the role's maximum",
    remedy: "ask for less, or raise sessionDuration of the entry",
    gitpodYml: eachLogin(({ duration, role: arn }, subject) => {
      if (duration?.known !== true || !/^\d{1,9}$/.test(duration.text)) return [];
      const role = rolesOf(subject).find((one) => one.arn === arn?.text);
      const most = role?.maxSessionDuration ?? fixedLimits.maxSession;
      const limit = role === undefined ? `no role admits more than ${most}` : `${role.name} admits ${most}`;
      if (Number(duration.text) <= most) return [];
      const message = `a session of ${Number(duration.text)} seconds; ${limit}`;
      return [{ message, place: duration.place, role: role?.name }];
    }),
  },
  S06: {
    severity: "warning",
    title: "an unquoted variable in a login",
    why: "empty, it takes the next word for its value; with a space, it becomes several words",
    remedy: "put it in double quotes",
    gitpodYml: eachLogin(({ command }, { shown }) =>
      command.words
        .slice(1)
        .flatMap(({ unquoted }) => unquoted)
        .map(({ text, place }) => ({ message: `${shown(text)} stands in the login without quotes`, place })),
    ),
  },
  S07: {
    severity: "error",
    title: "several roles on one profile",
    remedy: "give each login a profile of its own: --profile NAME",
    gitpodYml: (subject) => {
      const logins = loginsOf(subject).flatMap((login) => {
        const arn = roleArnOf(login, subject)?.text;
        return arn === undefined || login.profile === null ? [] : [{ ...login, arn, profile: login.profile }];
      });
      return logins.flatMap((login, i) => {
        const others = logins.slice(0, i).filter((o) => o.profile === login.profile && o.arn !== login.arn);
        const other = others.find((o) => o.task !== login.task || !exclude(o, login));
        if (other === undefined) return [];
        // Tasks of ours are not for editing: the other login is what can be changed.
        const [at, against] = isMerged(login.place, subject.facts) ? [other, login] : [login, other];
        const message = `the profile ${subject.shown(login.profile)} receives this role here, and another on line ${against.place.line}: the last one wins`;
        return [{ message, place: at.place }];
      });
    },
  },
  S09: {
    severity: "error",
    title: "an output of the AWS CLI other than JSON where gp logs in",
    why: "gp idp login aws reads the output of the AWS CLI as JSON, and fails on any other",
    remedy: "remove it, or give --output to the commands that want another",
    gitpodYml: (subject) => {
      const byGp = loginsOf(subject).filter(({ by }) => by === "gp");
      const inEnvironment = byGp.flatMap(
        ({ command }) => command.environment.get("AWS_DEFAULT_OUTPUT") ?? [],
      );
      const configured = subject.facts.tasks.flatMap(({ commands }, task) =>
        commands.flatMap(({ program, words }, i) => {
          const set = [program, ...awsOperands(words).slice(0, 3)].join(" ");
          const profile = flagOf(words, "profile")?.text ?? "default";
          if (!/^aws configure set (?:default\.)?output$/.test(set) || profile !== "default") return [];
          // Behind the only login, it hurts nobody.
          const hurts = byGp.some((login) => login.task !== task || commands.indexOf(login.command) > i);
          const value = awsOperands(words)[3];
          return hurts ? (words.find(({ text }) => text === value) ?? []) : [];
        }),
      );
      return [...inEnvironment, ...configured]
        .filter(({ text, known }) => known && text !== "" && text !== "json")
        .map(({ text, place }) => ({
          message: `the output of the AWS CLI is ${subject.shown(text)} where gp logs in`,
          place,
        }));
    },
  },
  S10: {
    severity: "error",
    title: "a role that the manifest does not have, or has for another repository",
    why: "AWS refuses the login, or a role that nobody manages here gets in",
    remedy: "write the ARN of npx gitpod-aws-oidc snippet, or add an entry for this repository",
    gitpodYml: (subject) => {
      const written = loginsOf(subject).flatMap((login) => roleArnOf(login, subject) ?? []);
      const set = subject.facts.settings
        .filter(({ name, value }) => name === "IDP_AWS_ROLE_ARN" && !/[<$]/.test(value.text))
        .map(({ value }) => value);
      const remedy = ownRemedy(subject);
      return [...written, ...set].flatMap(({ text, place }): readonly PlacedObservation[] => {
        const arn = subject.shown(text);
        const role = rolesOf(subject).find((one) => one.arn === text);
        if (role === undefined) return [{ message: `the manifest has no role ${arn}`, place, remedy }];
        if (subject.repositories.length === 0 || ownRoles(subject).includes(role)) return [];
        const message = `${arn} is the role of ${role.entry.url}, and does not admit this repository`;
        return [{ message, place, role: role.name, remedy }];
      });
    },
  },
  S15: {
    severity: "error",
    title: "a placeholder of the guide",
    why: "the shell reads its brackets as files, or AWS refuses a role of this name",
    remedy: "write the ARN that npx gitpod-aws-oidc snippet prints",
    gitpodYml: (subject) =>
      subject.facts.placeholders.map(({ text, place }) => ({
        message: `${subject.shown(text)} is still to be filled in`,
        place,
        remedy: text.includes("arn") ? ownRemedy(subject) : undefined,
      })),
  },
  S17: {
    severity: "warning",
    title: "a login with a role that the file does not show, on the profile of the manifest's role",
    why: "each login overwrites the credentials of the other: the last one wins",
    remedy: "remove the login, or give it a profile of its own: --profile NAME",
    gitpodYml: eachLogin(({ by, role, profile, command, place }, subject) => {
      const profiles = snippetsOf(subject).flatMap(({ logins }) => logins.map((own) => own.profile));
      if (by !== "gp" || profile === null || !profiles.includes(profile) || isMerged(place, subject.facts))
        return [];
      // Where another word is not known either, the role may be in it; a misspelled flag is said already.
      const isShown =
        role === null ? command.words.some(({ known, text }) => !known || /role/i.test(text)) : role.known;
      const message = `this logs in with a role that the file does not show, on the profile ${subject.shown(profile)}, which is for the role of the manifest`;
      return isShown ? [] : [{ message, place: role?.place ?? place }];
    }),
  },
});
