import type { Rule } from "../rule";
import { loginsOf } from "./steps";

/** Logins in the phases that prebuilds run: `before`, `init` and `prebuild`. */
export const prebuildRules: readonly Rule[] = Object.freeze<Rule[]>([
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
]);
