import { nearest, quote } from "../../diagnostics";
import {
  conditionKeyPattern,
  isEverything,
  isOfType,
  many,
  matchedActions,
  matchesPattern,
  namesEveryAction,
  operatorParts,
  parseActionPattern,
  takesUntyped,
  textOnly,
  typesWhere,
  type ActionFacts,
  type ServiceReference,
} from "../../policy";
import { listed, rulesOf, type Rule } from "../rule";
import { conditionsOf } from "../trust/trustView";
import { eachStatement, type JudgedStatement, type Remark } from "./statements";
import { words } from "./tables";

/** Rules about words that AWS does not have, or not here. */
export const nameRules: readonly Rule[] = rulesOf({
  G13: {
    severity: "error",
    title: "an action or service that does not exist",
    why: "what was meant is not allowed or, in a Deny, not denied",
    remedy: "write it as the Service Authorization Reference does",
    role: eachStatement(({ statement, reference }) =>
      (["Action", "NotAction"] as const).flatMap((element) =>
        many(statement[element]).flatMap((pattern) => {
          const problem = actionProblem(pattern, reference);
          return problem === null ? [] : [{ path: [element], item: pattern, ...problem }];
        }),
      ),
    ),
  },
  G16: {
    severity: "warning",
    title: "a condition key that the action does not have",
    why: "the request never has the key: a condition that needs it never holds, and one that does not need it limits nothing",
    remedy: "split the statement by the keys that its actions support, or use a key that all of them have",
    role: eachStatement((judged) =>
      conditionsOf(judged.statement.Condition).flatMap(({ operator, key }) => {
        const message = keyProblem(judged, operator, key);
        return message === null ? [] : [{ path: ["Condition", operator, key], message }];
      }),
    ),
  },
  G18: {
    severity: "warning",
    title: "an action on no resource that it takes",
    why: "the action never applies to such a resource: what was meant is not allowed or, in a Deny, not denied",
    remedy: "name a resource of a type that the action takes",
    role: eachStatement(({ resources, matched }) => {
      if (resources.some(isEverything)) return [];
      const reached = typesWhere([...matched.values()].flat(), (type) =>
        resources.some((pattern) => isOfType(pattern, type)),
      );
      const isInReach = (action: ActionFacts): boolean =>
        action.resources.length === 0
          ? resources.some((pattern) => takesUntyped(action, pattern))
          : action.resources.some(({ arn }) => reached.has(arn));
      return [...matched]
        .filter(([, actions]) => resources.length > 0 && actions.length > 0 && !actions.some(isInReach))
        .map(([pattern, actions]) => outOfReach(pattern, actions, resources));
    }),
  },
});

function outOfReach(item: string, actions: readonly ActionFacts[], resources: readonly string[]): Remark {
  const types = [...new Set(actions.flatMap((action) => action.resources.map(({ arn }) => arn)))].sort(
    (a, b) => a.length - b.length || (a < b ? -1 : 1),
  );
  const [refuses, remedy] =
    types.length === 0
      ? ["is allowed on all there is or not at all, and this names", "give it a statement of its own on *"]
      : ["does not take", `name what it takes: ${listed(types)}`];
  return { item, message: `${nameOf(item, actions)} ${refuses} ${listed(resources.map(quote))}`, remedy };
}

/** A pattern by the one action that it matches, or as it is written. */
function nameOf(pattern: string, [only, ...others]: readonly ActionFacts[]): string {
  return only !== undefined && others.length === 0 ? only.name : quote(pattern);
}

/**
 * Prefixes of services that AWS has ended and that its reference of November 2026 no longer has.
 * @see https://aws.amazon.com/products/lifecycle/
 */
const retired = words(`
  application-cost-profiler deepcomposer deeplens deepracer elastic-inference gamesparks iot1click iotroborunner
  iotthingsgraph mobilehub sumerian zocalo
`);

function actionProblem(pattern: string, reference: ServiceReference): Remark | null {
  if (namesEveryAction(pattern)) return null;
  const { prefix, name } = parseActionPattern(pattern);
  const item = quote(pattern);
  if (prefix !== null && retired.includes(prefix))
    return { severity: "warning", message: `AWS has ended the service of ${item}`, remedy: "remove it" };
  if (prefix === null || !reference.prefixes.has(prefix)) {
    const near = prefix === null ? undefined : nearest(prefix, reference.prefixes);
    const meant = near && `did you mean ${quote(pattern.replace(/^[^:]*/, near))}?`;
    const message = `${item} names no service that AWS has`;
    return { message, remedy: meant ?? "write service:Action, e.g. s3:GetObject" };
  }
  if (matchedActions(pattern, reference).length > 0) return null;
  const actions = reference.actions.get(prefix);
  const near = /[*?]/.test(name) ? undefined : nearest(name, actions?.keys() ?? []);
  const meant = near && actions?.get(near)?.name;
  return {
    message: `${item} matches no action of ${prefix}`,
    remedy: meant && `did you mean ${meant}?`,
  };
}

/** Keys of sessions that an identity provider began; they have no service's prefix. */
const sessionPrefix = /[./]|^(saml|cognito-identity-auth|cognito-identity-unauth|identitycenter)$/;

/** Keys that services put into the sessions that they begin: any action may meet them. In lower case. */
const sessionKeys = words(`
  codebuild:buildarn ec2:roledelivery ec2:sourceinstancearn glue:credentialissuingservice glue:roleassumedby
  identitystore:userid lambda:sourcefunctionarn ssm:sourceinstancearn
`);

function keyProblem(
  { statement: { Action }, matched, reference }: JudgedStatement,
  operator: string,
  key: string,
): string | null {
  const wanted = key.toLowerCase();
  const is = (pattern: string): boolean => matchesPattern(pattern, wanted, textOnly);
  const [prefix = ""] = wanted.includes(":") ? wanted.split(":") : [];
  if (reference.globalConditionKeys.some(is) || sessionPrefix.test(prefix) || sessionKeys.includes(wanted))
    return null;
  const isThere =
    prefix === "aws"
      ? /^aws:(requesttag\/.|resourcetag\/.|tagkeys$)/.test(wanted)
      : reference.prefixes.has(prefix);
  if (!isThere) return `AWS has no condition key ${quote(key)}`;
  // What NotAction and a lone * leave open, some action supports.
  if (many(Action).some(namesEveryAction)) return null;
  const known = [...matched].filter(([, actions]) => actions.length > 0);
  const without = known.filter(
    ([, actions]) =>
      !actions.some((action) =>
        [action, ...action.resources].some(({ conditionKeys }) =>
          conditionKeys.some((published) => is(conditionKeyPattern(published))),
        ),
      ),
  );
  // In a list of several, IfExists says that some do not have the key; ForAllValues comes to the same.
  const { ifExists, set } = operatorParts(operator);
  const isSpared = ifExists || set === "forallvalues";
  if (without.length === 0 || (without.length < known.length && isSpared)) return null;
  const names = [...new Set(without.map(([pattern, actions]) => nameOf(pattern, actions)))].sort();
  return `${listed(names)} ${names.length === 1 ? "does" : "do"} not have the condition key ${quote(key)}`;
}
