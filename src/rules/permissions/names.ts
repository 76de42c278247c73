import { nearest, quote } from "../../diagnostics";
import type { Statement } from "../../model/policyDocument";
import {
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
import { listed, type Rule } from "../rule";
import { conditionsOf } from "../trust/trustView";
import { eachStatement, type Remark } from "./statements";

/** Rules about words that AWS does not have, or not here. */
export const nameRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G13",
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
  {
    id: "G16",
    severity: "warning",
    title: "a condition key that the action does not have",
    why: "the request never has the key: a condition that needs it never holds, and one that does not need it limits nothing",
    remedy: "split the statement by the keys that its actions support, or use a key that all of them have",
    role: eachStatement(({ statement, reference }) =>
      conditionsOf(statement.Condition).flatMap(({ operator, key }) => {
        const message = keyProblem(statement, operator, key, reference);
        return message === null ? [] : [{ path: ["Condition", operator, key], message }];
      }),
    ),
  },
  {
    id: "G18",
    severity: "warning",
    title: "an action on no resource that it takes",
    why: "the action never applies to such a resource: what was meant is not allowed or, in a Deny, not denied",
    remedy: "name a resource of a type that the action takes",
    role: eachStatement(({ statement, resources, matched }) => {
      const all = many(statement.NotAction).some(namesEveryAction) ? "NotAction" : "NotResource";
      if (all === "NotAction" || (resources.length === 0 && statement.NotResource !== undefined))
        return [{ path: [all], message: `${all} leaves nothing: the statement does nothing` }];
      if (resources.length === 0 || resources.some(isEverything)) return [];
      const reached = typesWhere([...matched.values()].flat(), (type) =>
        resources.some((pattern) => isOfType(pattern, type)),
      );
      const isInReach = (action: ActionFacts): boolean =>
        action.resources.length === 0
          ? resources.some((pattern) => takesUntyped(action, pattern))
          : action.resources.some(({ arn }) => reached.has(arn));
      return [...matched].flatMap(([pattern, actions]) =>
        actions.length === 0 || actions.some(isInReach)
          ? []
          : [{ path: ["Action"], item: pattern, ...outOfReach(pattern, actions, statement) }],
      );
    }),
  },
]);

function outOfReach(
  pattern: string,
  actions: readonly ActionFacts[],
  { Resource }: Statement,
): Omit<Remark, "path"> {
  const [only] = actions;
  const name = actions.length === 1 && only !== undefined ? only.name : quote(pattern);
  const given = listed(many(Resource).map(quote));
  const types = [...new Set(actions.flatMap(({ resources }) => resources.map(({ arn }) => arn)))].sort(
    (a, b) => a.length - b.length || (a < b ? -1 : 1),
  );
  return types.length === 0
    ? {
        message: `${name} is allowed on all there is or not at all, and this names ${given}`,
        remedy: "give it a statement of its own on *",
      }
    : { message: `${name} does not take ${given}`, remedy: `name what it takes: ${listed(types)}` };
}

/**
 * Prefixes of services that AWS has ended and that its reference of November 2026 no longer has.
 * @see https://aws.amazon.com/products/lifecycle/
 */
const retired: ReadonlySet<string> = new Set([
  ...[
    "application-cost-profiler",
    "deepcomposer",
    "deeplens",
    "deepracer",
    "elastic-inference",
    "gamesparks",
  ],
  ...["iot1click", "iotroborunner", "iotthingsgraph", "mobilehub", "sumerian", "zocalo"],
]);

function actionProblem(pattern: string, reference: ServiceReference): Omit<Remark, "path"> | null {
  if (namesEveryAction(pattern)) return null;
  const { prefix, name } = parseActionPattern(pattern);
  const meant = (word: string | undefined): { readonly remedy: string } | object =>
    word === undefined ? {} : { remedy: `did you mean ${word}?` };
  if (prefix === null)
    return {
      message: `${quote(pattern)} does not name a service`,
      remedy: "write service:Action, e.g. s3:GetObject",
    };
  if (retired.has(prefix))
    return {
      severity: "warning",
      message: `${quote(pattern)} is of a service that AWS has ended`,
      remedy: "remove it",
    };
  if (!reference.prefixes.has(prefix)) {
    const near = nearest(prefix, reference.prefixes);
    const word = near === undefined ? undefined : `${near}:${pattern.slice(prefix.length + 1)}`;
    return {
      message: `${quote(pattern)} names a service that AWS does not have`,
      ...meant(word === undefined ? undefined : quote(word)),
    };
  }
  if (matchedActions(pattern, reference).length > 0) return null;
  if (/[*?]/.test(name)) return { message: `${quote(pattern)} matches no action of ${prefix}` };
  const names = [...(reference.actions.get(prefix)?.values() ?? [])].map((a) =>
    a.name.slice(prefix.length + 1),
  );
  const near = nearest(name, names);
  return {
    message: `${quote(pattern)} is not an action of ${prefix}`,
    ...meant(near === undefined ? undefined : `${prefix}:${near}`),
  };
}

/** Keys of sessions that an identity provider began; they have no service's prefix. */
const sessionPrefix = /[./]|^(saml|cognito-identity-auth|cognito-identity-unauth|identitycenter)$/;

/** Keys that services put into the sessions that they begin: any action may meet them. In lower case. */
const sessionKeys: ReadonlySet<string> = new Set([
  "codebuild:buildarn",
  "ec2:roledelivery",
  "ec2:sourceinstancearn",
  "glue:credentialissuingservice",
  "glue:roleassumedby",
  "identitystore:userid",
  "lambda:sourcefunctionarn",
  "ssm:sourceinstancearn",
]);

function keyProblem(
  statement: Statement,
  operator: string,
  key: string,
  reference: ServiceReference,
): string | null {
  const wanted = key.toLowerCase();
  const is = (pattern: string): boolean => matchesPattern(pattern, wanted, textOnly);
  if (reference.globalConditionKeys.some(is)) return null;
  const prefix = wanted.includes(":") ? wanted.slice(0, wanted.indexOf(":")) : "";
  if (sessionPrefix.test(prefix) || sessionKeys.has(wanted)) return null;
  if (prefix !== "aws" && !reference.prefixes.has(prefix)) return `AWS has no condition key ${quote(key)}`;
  if (prefix === "aws" && !/^aws:(requesttag\/.|resourcetag\/.|tagkeys$)/.test(wanted))
    return `AWS has no condition key ${quote(key)} that all actions share`;
  // What NotAction and a lone * leave open, some action supports.
  const patterns = many(statement.Action);
  if (statement.Action === undefined || patterns.some(namesEveryAction)) return null;
  return unsupported(patterns, is, operator, key, reference);
}

function unsupported(
  patterns: readonly string[],
  is: (pattern: string) => boolean,
  operator: string,
  key: string,
  reference: ServiceReference,
): string | null {
  const supports = (action: ActionFacts): boolean =>
    [action, ...action.resources].some(({ conditionKeys }) => conditionKeys.some(is));
  const known = patterns
    .map((pattern) => ({ pattern, actions: matchedActions(pattern, reference) }))
    .filter(({ actions }) => actions.length > 0);
  const without = known.filter(({ actions }) => !actions.some(supports));
  // In a list of several, IfExists says that some do not have the key.
  if (without.length === 0 || (without.length < known.length && operatorParts(operator).ifExists))
    return null;
  const names = without.map(({ pattern, actions }) =>
    actions.length === 1 ? (actions[0]?.name ?? "") : quote(pattern),
  );
  return `${listed([...new Set(names)].sort())} ${names.length === 1 ? "does" : "do"} not have the condition key ${quote(key)}`;
}
