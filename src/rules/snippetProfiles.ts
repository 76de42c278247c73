import type { GitpodYmlFacts, LoginStep, Place } from "../model/gitpodYml";
import type { GitpodYmlSubject, PlacedObservation } from "./rule";
import { exclude, loginsOf } from "./snippetWaits";

/** Roles that are compared on one profile: who has more logins has been told. */
const mostCompared = 20;

/** Is a place in tasks that `snippet --into` merged? */
export function isMerged({ line }: Pick<Place, "line">, { ours }: GitpodYmlFacts): boolean {
  return ours !== null && line >= ours.place.line && line <= ours.lastLine;
}

/** S07: roles that overwrite each other's credentials. */
export function rolesOnOneProfile(subject: GitpodYmlSubject): readonly PlacedObservation[] {
  const { facts, shown } = subject;
  const before = new Map<string, { readonly task: number; readonly login: LoginStep }[]>();
  return loginsOf(facts.tasks).flatMap(({ task, login }): readonly PlacedObservation[] => {
    const { roleArn } = login;
    const profile = profileOf(login, subject);
    if (profile === null || roleArn === null) return [];
    const others = before.get(profile) ?? [];
    before.set(profile, others);
    const other = others.find(
      (o) => o.login.roleArn?.text !== roleArn.text && !(o.task === task && exclude(o.login, login)),
    )?.login;
    if (others.length < mostCompared) others.push({ task, login });
    if (other === undefined) return [];
    // Tasks of ours are not for editing: the other login is what can be changed.
    const [at, against] = isMerged(login.place, facts) ? [other, login] : [login, other];
    const message = `the profile ${shown(profile)} receives this role here, and another on line ${against.place.line}: the last one wins`;
    return [{ message, place: at.place }];
  });
}

/** The profile of a login: what its words say or, where a function is given them, what our own tasks give. */
function profileOf({ by, profile, roleArn, given }: LoginStep, { model }: GitpodYmlSubject): string | null {
  if (by !== "gp" || profile !== null || given.length === 0) return by === "gp" ? profile : null;
  const ours = model.snippets.flatMap(({ logins }) => logins).filter((own) => own.roleArn === roleArn?.text);
  return ours.find((own) => given.includes(own.profile))?.profile ?? null;
}
