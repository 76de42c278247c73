import { quote } from "../../diagnostics";
import type { PolicyDocument } from "../../model/policyDocument";
import { fixedLimits } from "../../model/quotas";
import type { RoleAccess } from "../../model/roleAccess";
import { lengthOf } from "../../policy";
import { observed, overQuota, rulesOf, type Rule } from "../rule";

/** Rules about what IAM takes of a role and its trust policy. */
export const roleLimitRules: readonly Rule[] = rulesOf({
  T11: {
    severity: "error",
    title: "the trust policy is longer than the account's quota",
    remedy: "drop formerIssuers, branches or contexts, or have AWS raise the quota and write it under quotas",
    policyRemedy: "name fewer subjects, or have AWS raise the quota",
    role: ({ access: { trust, quotas, origin } }) => {
      if (trust === null) return [];
      const { kind } = trust;
      // A document may hold elements that no policy has: only its length counts.
      const length = lengthOf(kind === "entry" ? trust.policy : (trust.document.value as PolicyDocument));
      const what = `the trust policy has ${length} characters without white space`;
      const found = overQuota(what, length, quotas.trustPolicyLength);
      return observed(found, kind === "entry" ? origin : trust.document.origin);
    },
  },
  T12: {
    severity: "error",
    title: "more roles or identity providers than the account's quota, or a role that IAM refuses",
    why: "IAM refuses to create the last ones, or this one, in the middle of an apply",
    remedy: "use more accounts, or have AWS raise the quota and write it under quotas of the account",
    policyRemedy: "keep to what IAM takes",
    manifest: ({ accounts }) =>
      accounts.flatMap(({ roles, identityProviders: { length: providers }, quotas, origin }) => {
        const most = quotas.identityProvidersPerAccount;
        const found = [
          ...overQuota(`${roles.length} roles`, roles.length, quotas.rolesPerAccount),
          ...overQuota(`${providers} identity providers`, providers, most),
        ];
        return observed(found, origin);
      }),
    trust: ({ access }) => observed(refusedOf(access), access.origin),
  },
});

/** What IAM refuses of the role itself. In a manifest the same is a diagnostic. */
function refusedOf({ name, path, description, maxSessionDuration: session }: RoleAccess): readonly string[] {
  const { rolePathLength, descriptionLength, minRoleSession, maxSession } = fixedLimits;
  const foreign = /[^\t\n\r\u0020-\u007e\u00a1-\u00ff]/u.exec(description ?? "")?.[0] ?? null;
  const refused: readonly (false | string)[] = [
    name !== null &&
      !/^[A-Za-z0-9_+=,.@-]{1,64}$/.test(name) &&
      `the role's name ${quote(name)} is not 1 to 64 characters of A-Z, a-z, 0-9 and _+=,.@-`,
    path !== null &&
      (path.length > rolePathLength || !/^\/([!-~]+\/)?$/.test(path)) &&
      `the role's path ${quote(path)} does not begin and end with /, or is over ${rolePathLength} characters`,
    foreign !== null && `the role's description contains ${quote(foreign)}, and IAM takes Latin-1 only`,
    (description ?? "").length > descriptionLength &&
      `the role's description is over ${descriptionLength} characters`,
    session !== null &&
      !(session >= minRoleSession && session <= maxSession) &&
      `the longest session is ${session} s; IAM takes ${minRoleSession} to ${maxSession} s`,
  ];
  return refused.filter((text) => text !== false);
}
