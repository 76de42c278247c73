import type { ExistingRole, RoleFact } from "../model/existing";

/** What an entry says of a role by saying nothing, in words. */
const words: Readonly<Record<Exclude<RoleFact, "policies">, string>> = Object.freeze({
  path: "its path",
  description: "its description",
  maxSessionDuration: "its longest session",
  permissionsBoundary: "its permissions boundary",
  tags: "its tags",
});

/** What no file says of a role: an entry that adopts it would take that away. */
export function unseenNotes(role: ExistingRole): readonly string[] {
  const { shown, permissions, managedPolicies } = role;
  // A name that no shell reads as something else.
  const name = /^[\w+=,.@-]+$/.test(role.name ?? "") ? (role.name ?? "") : "NAME";
  const unseen = Object.entries(words)
    .filter(([fact]) => !shown.has(fact as RoleFact) && !(fact === "path" && role.arn !== null))
    .map(([, what]) => what);
  const facts =
    unseen.length === 0
      ? []
      : [
          `the files do not show ${unseen.join(", ")}: adopted as it stands here, the role would lose what it has;` +
            ` pass what aws iam get-role --role-name ${name} prints, too`,
        ];
  const hasPolicies = permissions.length > 0 || managedPolicies.length > 0 || shown.has("policies");
  const policies = hasPolicies
    ? []
    : [
        "the files show no policy of it: what it may do is missing here, and exclusive: true would take it away;" +
          ` pass what aws iam list-attached-role-policies --role-name ${name} prints, and aws iam get-role-policy` +
          ` for each name of aws iam list-role-policies --role-name ${name}`,
      ];
  return [...facts, ...policies];
}
