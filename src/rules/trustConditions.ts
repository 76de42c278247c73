import {
  allValues,
  cancelled,
  contradictions,
  hiddenClaim,
  ifExists,
  ignoresCase,
  needlessLike,
  onlyNegative,
  unescaped,
  uselessWildcard,
  variables,
  wrongKeys,
  type ConditionJudge,
  type LoginJudge,
} from "./conditionJudges";
import { everySubject, noAudience, noCondition, noSubject, wrongAudience } from "./loginJudges";
import type { Rule } from "./rule";
import { coveredStatements, idleDenies } from "./trustRelations";
import { trustView } from "./trustView";

/** Judges each statement by which tokens log in. */
const logins =
  (judge: LoginJudge): NonNullable<Rule["trust"]> =>
  (subject) => {
    const view = trustView(subject);
    return view.logins.flatMap((login) => judge(login, view));
  };

/** Judges each condition of such a statement. */
const conditions = (judge: ConditionJudge): NonNullable<Rule["trust"]> =>
  logins((login) =>
    login.conditions.flatMap((condition) => {
      const message = judge(condition, login);
      return message === null ? [] : [{ message: `${login.name}: ${message}`, origin: condition.origin }];
    }),
  );

const error = { severity: "error", waivableError: false } as const;
const warning = { severity: "warning", waivableError: false } as const;
const info = { severity: "info", waivableError: false } as const;

/** Rules about the conditions of a trust policy, whoever issues the tokens. */
export const trustConditionRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    ...{ id: "T20", ...error },
    title: "a login without a Condition",
    why: "every token of the issuer gets the role, whoever it was made for",
    remedy: "demand aud and sub with StringEquals",
    trust: logins(noCondition),
  },
  {
    ...{ id: "T21", ...error },
    title: "a login without a condition on aud",
    why: "a token that somebody got to show elsewhere gets the role, too",
    remedy: 'add "StringEquals": {"ISSUER:aud": "sts.amazonaws.com"}',
    trust: logins(noAudience),
  },
  {
    ...{ id: "T22", ...error },
    title: "an audience that the provider does not register, or the workspace does not ask for",
    why: "every login is denied, or tokens for something else get in",
    remedy: "write the installation's audience, sts.amazonaws.com unless it has one of its own",
    trust: logins(wrongAudience),
  },
  {
    ...{ id: "T23", ...error },
    title: "a login without a condition on sub",
    why: "every workspace of the installation gets the role, whatever repository it was opened on",
    remedy: 'add "StringEquals": {"ISSUER:sub": ["https://HOST/OWNER/REPOSITORY", "….git", "…/"]}',
    trust: logins(noSubject),
  },
  {
    ...{ id: "T24", ...error },
    title: "a condition on sub that every subject meets",
    why: "every workspace of the installation gets the role, snapshots and those without a context included; of an issuer that is not Gitpod's, those of its other customers",
    remedy: "name the repository: https://HOST/OWNER/REPOSITORY",
    trust: logins(everySubject),
  },
  {
    ...{ id: "T25", ...error },
    title: "a wildcard under StringEquals",
    why: "it is taken literally and never matches: every login is denied, or nothing excluded",
    remedy: "write StringLike, with the guard against dot segments beside it, or name each value",
    trust: conditions(uselessWildcard),
  },
  {
    ...{ id: "T26", ...info },
    title: "StringLike without a wildcard",
    why: "a * that somebody adds later opens it without anybody changing the operator",
    remedy: "write StringEquals",
    trust: conditions(needlessLike),
  },
  {
    ...{ id: "T27", ...warning },
    title: "a wildcard that looks like a literal character",
    why: "more values match than the one that is meant",
    remedy: "write ${?} for a question mark and ${*} for an asterisk, or StringEquals",
    trust: conditions(unescaped),
  },
  {
    ...{ id: "T28", ...error },
    title: "ForAllValues on a key with one value",
    why: "it is true where the key is missing",
    remedy: "write the operator without ForAllValues",
    trust: conditions(allValues),
  },
  {
    ...{ id: "T29", ...error },
    title: "IfExists on sub or aud",
    why: "it is true where the key is missing",
    remedy: "write the operator without IfExists",
    trust: conditions(ifExists),
  },
  {
    ...{ id: "T30", ...error },
    title: "only negative operators on sub",
    why: "everything that nobody thought of gets in, and so does a token without the claim",
    remedy: "name who gets in with StringEquals or StringLike, and keep the negative operator beside it",
    trust: logins(onlyNegative),
  },
  {
    ...{ id: "T31", ...error },
    title: "Null cancels a condition",
    why: "what is demanded to be missing cannot be compared: nobody gets in, or everybody",
    remedy: "remove Null, or write it with false",
    trust: conditions(cancelled),
  },
  {
    ...{ id: "T32", ...error },
    title: "a condition key of another issuer",
    why: "AWS fills it for no token of this issuer: every login is denied, or the condition limits nothing",
    remedy: "begin the key with the issuer as the principal's ARN has it, without scheme, with its path",
    trust: logins(wrongKeys),
  },
  {
    ...{ id: "T33", ...error },
    title: "a claim that AWS does not look at",
    why: "only aud, sub, amr, email and oaud of this issuer's tokens become condition keys",
    remedy: "have Gitpod put the claim into sub, and compare sub",
    trust: conditions(hiddenClaim),
  },
  {
    ...{ id: "T34", ...error },
    title: "conditions on sub that exclude each other",
    why: "operators of one statement are demanded together: such a subject is never let in",
    remedy: "write a statement for each operator",
    trust: logins(contradictions),
  },
  {
    ...{ id: "T35", ...warning },
    title: "a pattern under an operator that ignores case",
    why: "it is taken literally and never matches",
    remedy: "write StringLike with the letter case that the host shows, or name each value",
    trust: conditions(ignoresCase),
  },
  {
    ...{ id: "T36", ...info },
    title: "a statement covered by a wider one",
    why: "whoever narrows it believes to have narrowed the role",
    remedy: "remove it, or the wider one",
    trust: coveredStatements,
  },
  {
    ...{ id: "T37", ...info },
    title: "a Deny that never applies",
    why: "whoever wrote it believes that it keeps somebody out",
    remedy: "mend its keys and values, or remove it",
    trust: idleDenies,
  },
  {
    ...{ id: "T38", ...error },
    title: "a policy variable in sub",
    why: "the request then says what it is compared with",
    remedy: "write the value, and a dollar sign as ${$}",
    trust: conditions(variables),
  },
]);
