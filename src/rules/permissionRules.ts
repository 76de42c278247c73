import { actionRules } from "./permissionActions";
import { foreignResources } from "./permissionForeign";
import { breadthRules } from "./permissionBreadth";
import { nameRules } from "./permissionNames";
import { sumRules } from "./permissionSum";
import { policySizes } from "./policySizes";
import { nothing, type Rule } from "./rule";

/** Rules about what a role may do. */
export const permissionRules: readonly Rule[] = Object.freeze<Rule[]>([
  breadthRules.G01,
  breadthRules.G02,
  breadthRules.G03,
  sumRules.G04,
  actionRules.G05,
  actionRules.G06,
  actionRules.G07,
  breadthRules.G08,
  sumRules.G09,
  sumRules.G10,
  {
    id: "G11",
    walker: true,
    severity: "error",
    waivableError: false,
    title: "wide permissions behind a wide trust",
    why: "what G02 and G05 to G08 warn of is open to whoever T54, T57 or T58 lets in: they go one severity up, under their own id",
    remedy: "narrow the trust or the permissions",
  },
  {
    id: "G12",
    severity: "error",
    waivableError: false,
    title: "the permissions are larger than the account's quotas",
    why: "IAM refuses the policy, or the last attachment",
    remedy:
      "attach a policy of your own by managedPolicies, grant a path of parameters or objects instead of each of them, or split the entry",
    role: policySizes,
  },
  nameRules.G13,
  {
    id: "G14",
    severity: "error",
    waivableError: false,
    title: "no permissions boundary where the account demands one",
    why: "nothing but its own policies bounds what the role may do",
    remedy: "write permissionsBoundary on the account, under defaults, or on the entry",
    role: ({ role, account }) =>
      account.requireBoundary && role.permissionsBoundary === null
        ? [{ message: `account ${account.name} demands a permissions boundary, and this role has none` }]
        : nothing,
  },
  breadthRules.G15,
  nameRules.G16,
  {
    id: "G17",
    severity: "info",
    waivableError: false,
    title: "a resource of another account",
    why: "without a resource or key policy over there, access is denied all the same",
    remedy: "have the other account allow this role in the policy of the resource, and of its key",
    role: ({ role }) =>
      role.foreignResources.map(({ arn, origin }) => ({
        message: `${arn} is of another account: it also needs a resource policy there that allows ${role.arn}`,
        origin,
      })),
    permissions: foreignResources,
  },
  nameRules.G18,
]);
