import type { Context } from "../model/accessModel";
import { policyLength } from "../policy";
import { nothing, type Rule } from "./rule";
import { tooLong, tooMany } from "./size";

/** Contexts whose workspaces can run code that nobody of the repository has reviewed. */
const forkContexts = Object.freeze(["all", "commits", "pull-requests"] as const satisfies Context[]);

/** A subject that does not name the Gitpod organization is anybody's who may read the repository. */
function openSignup(): NonNullable<Rule["role"]> {
  return ({ role, installation }) => {
    if (!installation.openSignup || installation.subject?.includes("org_id")) return nothing;
    const org = role.entry.kind === "org";
    return [
      {
        severity: org ? "error" : "warning",
        message:
          `anybody can get a workspace at ${installation.name} (${installation.providerName}), and sub does not name the organization: ` +
          (org
            ? `whoever may read any repository below ${role.entry.url} gets this role, and everybody may read a public one`
            : `whoever may read ${role.entry.url} gets this role; if it is public, that is everybody`),
        remedy: org
          ? "name the repositories under repos, or, where every one of them is private, write accept: [{ rule: T57, reason: they are private }]"
          : "use an installation of your own, or, if the repository is private, write accept: [{ rule: T57, reason: it is private }]",
      },
    ];
  };
}

/** Rules about who may assume a role. */
export const trustRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T11",
    severity: "error",
    waivableError: false,
    title: "the trust policy is longer than the account's quota",
    why: "IAM refuses to create the role",
    remedy:
      "name fewer contexts or branches, or have AWS raise the quota and write it under quotas of the account",
    role: ({ role, account }) =>
      tooLong("the trust policy", policyLength(role.trustPolicy), account.quotas.trustPolicyLength),
  },
  {
    id: "T12",
    severity: "error",
    waivableError: false,
    title: "more roles or identity providers than the account's quota",
    why: "IAM refuses to create the last ones, in the middle of an apply",
    remedy:
      "spread the entries over more accounts, or have AWS raise the quota and write it under quotas of the account",
    account: ({ roles, identityProviders, quotas }) => [
      ...tooMany("roles", roles.length, quotas.rolesPerAccount),
      ...tooMany("identity providers", identityProviders.length, quotas.identityProvidersPerAccount),
    ],
  },
  {
    id: "T50",
    severity: "info",
    waivableError: false,
    title: "the bare repository only",
    why: "workspaces opened on a branch, a pull request or an issue are denied",
    remedy: "add branches, or what else is needed, to contexts",
    role: ({ role, installation }) =>
      role.entry.kind === "repo" &&
      (installation.subject?.includes("context") ?? true) &&
      role.entry.contexts.every((c) => c === "repository")
        ? [
            {
              message: `only workspaces opened on ${role.entry.url} itself are admitted: those opened on a branch are denied`,
            },
          ]
        : nothing,
  },
  {
    id: "T54",
    severity: "warning",
    waivableError: false,
    title: "a whole organization",
    why: "every repository of it, present and future, gets the role, whoever may create one there, and workspaces opened on pull requests of forks",
    remedy: "name the repositories under repos, or accept T54 with a reason",
    role: ({ role }) =>
      role.entry.kind === "org"
        ? [
            {
              message: `any repository below ${role.entry.url}, present and future, gets this role, and so does whoever may create one there, or open a pull request of a fork`,
            },
          ]
        : nothing,
  },
  {
    id: "T57",
    severity: "warning",
    waivableError: true,
    title: "anybody who may read the repository gets in",
    why: "on an installation with open signup, a subject without the organization is presented by strangers too; for an organization this is an error",
    remedy:
      "use an installation of your own, or accept T57 with a reason, e.g. that the repository is private",
    role: openSignup(),
  },
  {
    id: "T58",
    severity: "warning",
    waivableError: false,
    title: "contexts that can run a fork's code",
    why: "whoever may open a pull request writes the code that then runs with the role",
    remedy: "leave pull-requests, commits and all out of contexts, or accept T58 with a reason",
    role: ({ role }) => {
      const wide = forkContexts.filter((c) => role.entry.contexts.includes(c));
      return wide.length === 0
        ? nothing
        : [
            {
              message: `workspaces opened on ${wide.join(" or ")} can run the code of a fork, which nobody has reviewed`,
            },
          ];
    },
  },
  {
    id: "T64",
    severity: "info",
    waivableError: false,
    title: "an issuer of the old form",
    why: "since September 2023 new installations issue as https://services.<host>/idp; with the other form every login is denied",
    remedy:
      "compare iss in gp idp token --audience sts.amazonaws.com --decode, and write it as issuer: if it differs",
    account: ({ roles }, { installations }) =>
      installations
        .filter(
          (i) => i.providerName.startsWith("api.") && roles.some((role) => role.installation === i.name),
        )
        .map((i) => ({
          message: `the issuer is ${i.issuer}; newer installations say https://services.${i.providerName.slice("api.".length)}`,
          origin: i.origin,
        })),
  },
  {
    id: "T66",
    severity: "info",
    waivableError: false,
    title: "the subject goes by the owner's name",
    why: "when the owner renames or moves, somebody else can take the old name, and gets in",
    remedy: "remove the entry before the owner is renamed or the repository moved",
    role: ({ role }) => [
      { message: `whoever takes over the name ${role.entry.url} after a rename gets this role` },
    ],
  },
]);
