import { quote } from "../diagnostics";
import { fixedLimits } from "../model/quotas";
import type { Observation, TrustSubject } from "./rule";

/** What IAM refuses of the role itself. */
export function roleLimits({ role }: TrustSubject): readonly Observation[] {
  const { name, path, description, maxSessionDuration: session } = role;
  const found: string[] = [];
  if (name !== null && !/^[A-Za-z0-9_+=,.@-]{1,64}$/.test(name))
    found.push(`the role's name ${quote(name)} is not 1 to 64 characters of A-Z, a-z, 0-9 and _+=,.@-`);
  const max = fixedLimits.rolePathLength;
  if (path !== null && (path.length > max || !/^\/([!-~]+\/)?$/.test(path)))
    found.push(`the role's path ${quote(path)} does not begin and end with /, or is over ${max} characters`);
  const foreign = description === null ? null : /[^\t\n\r\u0020-\u007e\u00a1-\u00ff]/u.exec(description)?.[0];
  if (foreign) found.push(`the role's description holds ${quote(foreign)}, and IAM takes Latin-1 only`);
  if (description !== null && description.length > fixedLimits.descriptionLength)
    found.push(`the role's description is over ${fixedLimits.descriptionLength} characters`);
  const { minRoleSession, maxSession } = fixedLimits;
  if (session !== null && !(session >= minRoleSession && session <= maxSession))
    found.push(`the longest session is ${session} s; IAM takes ${minRoleSession} to ${maxSession}`);
  return found.map((message) => ({ message, origin: role.origin }));
}
