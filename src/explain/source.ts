import type { AccessModel, Installation, ManifestOrigin, Role } from "../model/accessModel";
import { parseSubject, type EntryUrl, type ParsedSubject } from "../subject";
import { relationOf } from "./relation";
import type { LoginAttempt } from "./verdict";

/** What of a login and its manifest the remedies speak of; made once for all roles. */
export interface RemedySource {
  readonly model: AccessModel;
  readonly installation: Installation;
  readonly attempt: LoginAttempt;
  readonly subject: ParsedSubject;
  /** The repository that the workspace says it is of; null where it says none. */
  readonly repository: EntryUrl | null;
  /** The installation's roles that are for that repository, letter case aside. */
  readonly homes: readonly Role[];
  /** Where something stands in the manifest, e.g. `manifest.yaml:26`. */
  readonly place: Place;
}

/** Where something stands in the manifest, as `file:line`. */
export type Place = (origin: ManifestOrigin) => string;

/** Gathers what the remedies for a login need. */
export function remedySource(
  model: AccessModel,
  installation: Installation,
  attempt: LoginAttempt,
  place: Place,
): RemedySource {
  const { sub } = attempt.claims;
  const subject: ParsedSubject =
    sub === undefined ? { kind: "other", problem: "there is none" } : parseSubject(sub, model.hosts);
  const repository = repositoryOf(subject, model);
  const homes = model.accounts
    .flatMap((account) => account.roles)
    .filter((role) => role.installation === installation.name)
    .filter((role) => relationOf(role.entry, repository?.url ?? null) !== "other");
  return { model, installation, attempt, subject, repository, homes, place };
}

/** The repository of a subject; of a list of claims what `repository` says, or else `context`. */
function repositoryOf(subject: ParsedSubject, { hosts }: AccessModel): EntryUrl | null {
  if (subject.kind === "repository") return subject.repository;
  if (subject.kind !== "claims") return null;
  const { repository, context } = subject.claims;
  const parsed = parseSubject(repository ?? context ?? "", hosts);
  return parsed.kind === "repository" ? parsed.repository : null;
}
