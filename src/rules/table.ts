import type { Context } from "../model/accessModel";
import { policyLength } from "../policy";
import type { Observation, RoleRule, Rule } from "./rule";

const nothing: readonly Observation[] = Object.freeze([]);

/** Contexts whose workspaces can run code that nobody of the repository has reviewed. */
const forkContexts = Object.freeze(["all", "commits", "pull-requests"] as const satisfies Context[]);

/** A subject that does not name the Gitpod organization is anybody's who may read the repository. */
function openSignup(): RoleRule["check"] {
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

/** The rules, by id. */
export const rules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T11",
    about: "role",
    severity: "error",
    waivableError: false,
    title: "the trust policy is longer than the account's quota",
    why: "IAM refuses to create the role",
    remedy:
      "name fewer contexts or branches, or have AWS raise the quota and write it under quotas of the account",
    check: ({ role, account }) =>
      tooLong("the trust policy", policyLength(role.trustPolicy), account.quotas.trustPolicyLength),
  },
  {
    id: "T12",
    about: "account",
    severity: "error",
    waivableError: false,
    title: "more roles or identity providers than the account's quota",
    why: "IAM refuses to create the last ones, in the middle of an apply",
    remedy:
      "spread the entries over more accounts, or have AWS raise the quota and write it under quotas of the account",
    check: ({ roles, identityProviders, quotas }) => [
      ...tooMany("roles", roles.length, quotas.rolesPerAccount),
      ...tooMany("identity providers", identityProviders.length, quotas.identityProvidersPerAccount),
    ],
  },
  {
    id: "T50",
    about: "role",
    severity: "info",
    waivableError: false,
    title: "the bare repository only",
    why: "workspaces opened on a branch, a pull request or an issue are denied",
    remedy: "add branches, or what else is needed, to contexts",
    check: ({ role, installation }) =>
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
    about: "role",
    severity: "warning",
    waivableError: false,
    title: "a whole organization",
    why: "every repository of it, present and future, gets the role, whoever may create one there, and workspaces opened on pull requests of forks",
    remedy: "name the repositories under repos, or accept T54 with a reason",
    check: ({ role }) =>
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
    about: "role",
    severity: "warning",
    waivableError: true,
    title: "anybody who may read the repository gets in",
    why: "on an installation with open signup, a subject without the organization is presented by strangers too; for an organization this is an error",
    remedy:
      "use an installation of your own, or accept T57 with a reason, e.g. that the repository is private",
    check: openSignup(),
  },
  {
    id: "T58",
    about: "role",
    severity: "warning",
    waivableError: false,
    title: "contexts that can run a fork's code",
    why: "whoever may open a pull request writes the code that then runs with the role",
    remedy: "leave pull-requests, commits and all out of contexts, or accept T58 with a reason",
    check: ({ role }) => {
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
    about: "account",
    severity: "info",
    waivableError: false,
    title: "an issuer of the old form",
    why: "since September 2023 new installations issue as https://services.<host>/idp; with the other form every login is denied",
    remedy:
      "compare iss in gp idp token --audience sts.amazonaws.com --decode, and write it as issuer: if it differs",
    check: ({ roles }, { installations }) =>
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
    about: "role",
    severity: "info",
    waivableError: false,
    title: "the subject goes by the owner's name",
    why: "when the owner renames or moves, somebody else can take the old name, and gets in",
    remedy: "remove the entry before the owner is renamed or the repository moved",
    check: ({ role }) => [
      { message: `whoever takes over the name ${role.entry.url} after a rename gets this role` },
    ],
  },
  {
    id: "G12",
    about: "role",
    severity: "error",
    waivableError: false,
    title: "the permissions are larger than the account's quotas",
    why: "IAM refuses the policy, or the last attachment",
    remedy: "grant paths instead of single names, or move part of it to managedPolicies",
    check: ({ role, account }) => [
      ...(role.permissionPolicy === null
        ? nothing
        : tooLong(
            "the inline policy",
            policyLength(role.permissionPolicy),
            account.quotas.inlinePolicyLength,
          )),
      ...tooMany("managed policies", role.managedPolicies.length, account.quotas.managedPoliciesPerRole),
    ],
  },
  {
    id: "G14",
    about: "role",
    severity: "error",
    waivableError: false,
    title: "no permissions boundary where the account demands one",
    why: "nothing but its own policies bounds what the role may do",
    remedy: "write permissionsBoundary on the account, under defaults, or on the entry",
    check: ({ role, account }) =>
      account.requireBoundary && role.permissionsBoundary === null
        ? [{ message: `account ${account.name} demands a permissions boundary, and this role has none` }]
        : nothing,
  },
  {
    id: "G17",
    about: "role",
    severity: "info",
    waivableError: false,
    title: "a resource of another account",
    why: "without a resource or key policy over there, access is denied all the same",
    remedy: "have the other account allow this role in the policy of the resource, and of its key",
    check: ({ role }) =>
      role.foreignResources.map(({ arn, origin }) => ({
        message: `${arn} is of another account: it also needs a resource policy there that allows ${role.arn}`,
        origin,
      })),
  },
  {
    id: "W01",
    about: "waiver",
    severity: "warning",
    waivableError: false,
    title: "a waiver of an unknown rule",
    why: "it waives nothing, and whoever wrote it believes that it does",
    remedy: "write the id of a rule of docs/rules.md",
  },
  {
    id: "W02",
    about: "waiver",
    severity: "error",
    waivableError: false,
    title: "a waiver without a reason",
    why: "nobody can tell later whether it still holds",
    remedy: "write why this is all right here",
  },
  {
    id: "W03",
    about: "waiver",
    severity: "warning",
    waivableError: false,
    title: "a waiver that waives nothing",
    why: "it would hide the finding if it came back",
    remedy: "remove it",
  },
  {
    id: "W04",
    about: "waiver",
    severity: "error",
    waivableError: false,
    title: "a waiver past its date",
    why: "what was accepted for a time is now accepted for good",
    remedy: "mend what it accepts, or decide again and write a new date",
  },
  {
    id: "W05",
    about: "waiver",
    severity: "error",
    waivableError: false,
    title: "an included file waives an error",
    why: "included files are other teams', and errors are not theirs to accept",
    remedy: "move the entry to the main manifest, where its reviewers see it",
  },
  {
    id: "W06",
    about: "waiver",
    severity: "warning",
    waivableError: false,
    title: "an entry past its expiry",
    why: "its role admits nobody any more, and is still there to be misread",
    remedy: "remove the entry, or write a later date",
  },
]);

function tooLong(what: string, length: number, quota: number): readonly Observation[] {
  return length <= quota
    ? nothing
    : [{ message: `${what} has ${length} characters without white space; the account allows ${quota}` }];
}

function tooMany(what: string, count: number, quota: number): readonly Observation[] {
  return count <= quota ? nothing : [{ message: `${count} ${what}; the account allows ${quota}` }];
}
