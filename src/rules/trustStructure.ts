import type { PolicyDocument } from "../model/policyDocument";
import { assumeAction, lengthOf } from "../policy";
import { roleLimits } from "./roleLimits";
import type { Rule } from "./rule";
import { tooLong, tooLongPolicy, tooMany } from "./size";
import {
  documentProblems,
  each,
  everyAction,
  malformedPrincipals,
  otherActions,
  principals,
  resources,
  sids,
  strangeProviders,
  version,
  wrongPartitions,
} from "./structureJudges";

const error = { severity: "error", waivableError: false } as const;

/** Rules about the shape of a trust policy, and who it is about. */
export const trustStructureRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    ...{ id: "T01", ...error },
    title: "the document is not what IAM reads",
    why: "IAM refuses it, or, of a key that stands twice, keeps one without saying which",
    remedy: "write each element once, in the shape of the policy grammar",
    trust: documentProblems,
  },
  {
    ...{ id: "T02", ...error },
    title: "Version is missing or not 2012-10-17",
    why: "escapes like ${*} and variables are then literal text, so that conditions mean something else",
    remedy: 'write "Version": "2012-10-17"',
    trust: version,
  },
  {
    ...{ id: "T03", ...error },
    title: "a Sid that IAM refuses",
    why: "IAM refuses the document",
    remedy: "give each statement another Sid of letters and digits, or none",
    trust: sids,
  },
  {
    ...{ id: "T04", ...error },
    title: "the principal is missing, or everybody",
    why: "anybody who meets the conditions gets the role, from any AWS account or identity provider",
    remedy:
      'name the identity provider: "Principal": {"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/ISSUER"}',
    trust: (subject) => each(subject, principals),
  },
  {
    ...{ id: "T05", ...error },
    title: "Resource in a trust policy",
    why: "IAM refuses the document",
    remedy: "remove it",
    trust: (subject) => each(subject, resources),
  },
  {
    ...{ id: "T06", ...error },
    title: "an OpenID Connect provider with another action than sts:AssumeRoleWithWebIdentity",
    why: "nobody can log in by it, or sessions get tags that nobody has vouched for",
    remedy: `write "Action": "${assumeAction}"`,
    trust: (subject) => each(subject, otherActions),
  },
  {
    ...{ id: "T07", ...error },
    title: "every action of STS",
    why: "what is added to STS later is allowed, too, and sessions can be tagged and named at will",
    remedy: `write "Action": "${assumeAction}"`,
    trust: (subject) => each(subject, everyAction),
  },
  {
    ...{ id: "T08", ...error },
    title: "an ARN in which something is still to be filled in",
    why: "IAM refuses it, or trusts whoever gets that name",
    remedy: "write the account's 12 digits, and the issuer without https://",
    trust: (subject) => each(subject, malformedPrincipals),
  },
  {
    ...{ id: "T09", ...error },
    title: "an ARN of another partition",
    why: "accounts of different partitions cannot trust each other: nobody can log in",
    remedy: "write the partition of the role's account: aws, aws-cn, aws-us-gov or aws-eusc",
    trust: wrongPartitions,
  },
  {
    ...{ id: "T10", ...error },
    title: "an identity provider of another account, or one that is not declared",
    why: "nobody can log in by a provider of another account; one that nobody has declared is somebody else's issuer",
    remedy: "name the identity provider of the role's own account, or declare its issuer under installations",
    trust: strangeProviders,
  },
  {
    ...{ id: "T11", ...error },
    title: "the trust policy is longer than the account's quota",
    why: "IAM refuses to create the role",
    remedy:
      "name fewer contexts or branches, or have AWS raise the quota and write it under quotas of the account",
    role: ({ role, account }) =>
      tooLongPolicy("the trust policy", role.trustPolicy, account.quotas.trustPolicyLength),
    trust: ({ document, role, context }) => {
      // The document as written, with what no policy has: only its length counts.
      const written = (role.trust?.value ?? document.policy) as PolicyDocument;
      return tooLong("the trust policy", lengthOf(written), context.quotas.trustPolicyLength);
    },
  },
  {
    ...{ id: "T12", ...error },
    title: "more roles or identity providers than the account's quota, or a role that IAM refuses",
    why: "IAM refuses to create the last ones, or this one, in the middle of an apply",
    remedy:
      "spread the entries over more accounts, or have AWS raise the quota and write it under quotas of the account",
    account: ({ roles, identityProviders, quotas }) => [
      ...tooMany("roles", roles.length, quotas.rolesPerAccount),
      ...tooMany("identity providers", identityProviders.length, quotas.identityProvidersPerAccount),
    ],
    trust: (subject) =>
      roleLimits(subject).map((seen) => ({ ...seen, remedy: "write it within what IAM takes" })),
  },
]);
