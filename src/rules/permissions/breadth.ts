import { quote } from "../../diagnostics";
import {
  arnsMeet,
  many,
  namesEvery,
  namesEveryAction,
  namesService,
  namesWholeService,
  openPattern,
  type ActionFacts,
} from "../../policy";
import { listed, rulesOf, type Rule } from "../rule";
import { allows, eachStatement, ofAccount } from "./statements";
import { words } from "./tables";

const roleArn = "arn:${Partition}:iam::${Account}:role/${RoleName}";
const assumeRole = "sts:AssumeRole";
const assumeByToken = "sts:AssumeRoleWithWebIdentity";

/** Rules about statements that allow more than they name. */
export const breadthRules: readonly Rule[] = rulesOf({
  G01: {
    severity: "error",
    waivable: true,
    title: "every action, or every one of a service",
    why: "it includes what AWS adds tomorrow, and every published way to more privileges that the resource allows",
    remedy: "name the actions, or use grants",
    policyRemedy: "name the actions",
    role: eachStatement(({ statement, resources, isDenied }) =>
      (statement.Effect === "Allow" && resources.length > 0 ? many(statement.Action) : [])
        .filter((item) => (namesEveryAction(item) || namesWholeService(item)) && !isDenied(item))
        .map((item) => {
          const what = namesEveryAction(item) ? "of every service" : "of its service, present and future";
          return { item, message: `${quote(item)} allows every action ${what}` };
        }),
    ),
  },
  G02: {
    severity: "warning",
    title: "any resource, for actions that take a particular one",
    why: "the role reaches what other teams keep in the account, and what they create tomorrow",
    remedy: "name the resources, or limit them by a tag or their account in a condition",
    role: eachStatement(({ statement: { NotResource, Resource }, bound, allowed, matched, isAtLarge }) => {
      if (NotResource !== undefined || bound !== null) return [];
      // Left out: lists by a wildcard most of which take none, as `ec2:Describe*`.
      const counted = new Set(
        [...matched.values()].flatMap((actions) => {
          const taking = actions.filter(({ resources }) => resources.length > 0);
          const isMinor = taking.length * 2 < actions.length;
          return taking.filter(({ accessLevels }) => !(isMinor && accessLevels.includes("List")));
        }),
      );
      // The reference marks what an action may do without: then `*` is how to call it without.
      const mustName = ({ name, resources }: ActionFacts): boolean =>
        !passedOver.includes(name) && (resources.length > 1 || resources.some(({ required }) => required));
      const open = allowed
        .filter((action) => counted.has(action) && mustName(action) && isAtLarge(action))
        .map(({ name }) => name);
      if (open.length === 0) return [];
      const on = `${listed(open)} on ${listed(many(Resource).map(quote))}`;
      const takes = open.length === 1 ? "it takes" : "they take";
      return [{ path: ["Resource"], message: `${on}: ${takes} a particular resource, and here any will do` }];
    }),
  },
  G03: {
    severity: "error",
    title: "Allow with NotAction or NotResource",
    remedy: "name what is allowed under Action and Resource; to take something away, add a Deny",
    role: eachStatement(({ statement }) =>
      (["NotAction", "NotResource"] as const).flatMap((element) => {
        const list = statement[element];
        if (list === undefined || statement.Effect !== "Allow") return [];
        const spared = listed(many(list).map(quote)) || "nothing";
        return [{ path: [element], message: `${element} with Allow allows everything but ${spared}` }];
      }),
    ),
  },
  G08: {
    severity: "warning",
    title: "iam:PassRole without iam:PassedToService",
    remedy: 'add a condition StringEquals on iam:PassedToService, e.g. with "lambda.amazonaws.com"',
    role: eachStatement(({ statement, allowed, resources }) =>
      allowed.some(({ name }) => name === "iam:PassRole") && !namesService(statement.Condition)
        ? [{ message: `iam:PassRole on ${listed(resources.map(quote))} can be passed to any service` }]
        : [],
    ),
  },
  G15: {
    severity: "error",
    title: "sts:AssumeRole on any role, or in any account",
    remedy: "name the roles with their account, or grant them with role:",
    policyRemedy: "name the roles with their account",
    role: eachStatement(({ statement, resources, bound, isDenied }) => {
      if (!allows(statement, assumeRole) || isDenied(assumeRole) || bound === "some") return [];
      const any = resources.filter((r) => namesEvery(r, roleArn));
      // A condition on whose account the roles are in names none of them, but closes an open account.
      const anywhere = resources.filter((r) => bound === null && !any.includes(r) && isInAnyAccount(r));
      return [
        { of: any, what: "any role can be assumed" },
        { of: anywhere, what: "such a role of any account can be assumed, a stranger's included" },
      ]
        .filter(({ of }) => of.length > 0)
        .map(({ of, what }) => ({
          path: ["Resource"],
          message: `${assumeRole} on ${listed(of.map(quote))}: ${what}`,
        }));
    }),
  },
  G21: {
    severity: "info",
    title: "sts:AssumeRoleWithWebIdentity in a permission policy",
    remedy: "remove the action",
    role: eachStatement(({ statement }) =>
      (statement.Effect === "Allow" ? many(statement.Action) : [])
        .filter((item) => item.toLowerCase() === assumeByToken.toLowerCase())
        .map((item) => ({
          item,
          message: `${quote(item)} does nothing in a permission policy: the trust policy of the role that is assumed decides`,
        })),
    ),
  },
});

/** Is a pattern one for roles whose account it leaves open? The caller's own, by whatever variable, is one account. */
function isInAnyAccount(resource: string): boolean {
  const pattern = ofAccount(resource, "000000000000");
  const fields = openPattern(pattern).split(":");
  return (fields.length < 6 || /[*?]/.test(fields[4] ?? "")) && arnsMeet(pattern, roleArn);
}

/**
 * What G15 and G21 tell of, actions of several types that are usually called with none, and those that AWS's own
 * policies have on everything: their answer says little, or what they name is not there yet.
 */
const passedOver = words(`
  ${assumeRole} ${assumeByToken} translate:TranslateText translate:StartTextTranslationJob
  logs:CreateLogGroup route53:GetChange s3:GetBucketLocation
`);
