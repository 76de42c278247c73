import type { Statement } from "../model/policyDocument";
import { partitions } from "../model/partitions";
import { many } from "./canonical";
import { operatorNames, operatorParts } from "./operators";

/** What IAM refuses, or can never match, in a statement of permissions. Problems quote nothing. */
export interface StatementMistake {
  /** From the statement to the place. */
  readonly path: readonly (string | number)[];
  readonly at: "key" | "value";
  readonly kind: "resource" | "account" | "operator";
  /** What stands there. */
  readonly found: string;
  /** Continues what was found: `is not an ARN`. */
  readonly problem: string;
  readonly remedy: string;
  /** What it may have been meant to be. */
  readonly words: readonly string[];
}

/**
 * Everything about a statement of permissions that no reference of services is needed for.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-reference-policy-checks.html
 */
export function statementMistakes(statement: Statement): readonly StatementMistake[] {
  const resources = (["Resource", "NotResource"] as const).flatMap((element) => {
    const value = statement[element];
    return many(value).flatMap((found, i): readonly StatementMistake[] => {
      const mistake = resourceMistake(found);
      const path = typeof value === "string" ? [element] : [element, i];
      return mistake === null ? [] : [{ path, at: "value", found, words: [], ...mistake }];
    });
  });
  const operators = Object.keys(statement.Condition ?? {})
    .filter((name) => !operatorParts(name).known)
    .map((name): StatementMistake => ({
      ...{ path: ["Condition", name], at: "key", kind: "operator", found: name },
      problem: "is not an IAM condition operator",
      remedy: "copy the operator from AWS's documentation, e.g. StringEquals or StringLike",
      words: operatorNames,
    }));
  return [...resources, ...operators];
}

/** Partition and service are named: IAM takes no wildcard for the service, and no other partition than there is. */
const knownPartition = new RegExp(`^(${partitions.join("|")}|aws-iso(-[a-z])?)$|[*?]`);

function resourceMistake(resource: string): Pick<StatementMistake, "kind" | "problem" | "remedy"> | null {
  if (resource === "*") return null;
  const wrong = (problem: string, remedy: string, kind: "resource" | "account" = "resource") => ({
    ...{ kind, problem, remedy },
  });
  // A colon inside of a variable, as in ${aws:PrincipalTag/team}, ends no field.
  const [prefix, partition = "", service = "", , account, ...name] = resource
    .replace(/\$\{[^}]*\}/g, "*")
    .split(":");
  if (prefix !== "arn")
    return wrong(
      "is neither an ARN nor *",
      "write the resource's ARN, e.g. arn:aws:s3:::bucket/key, or * where the action takes no resource",
    );
  if (account === undefined || name.join(":") === "")
    return wrong(
      "is not a complete ARN",
      "write arn:partition:service:region:account:resource; an empty field keeps its colon",
    );
  if (!knownPartition.test(partition) || service === "")
    return wrong(
      service === "" ? "names no service" : "names a partition that AWS does not have",
      `begin it with ${partitions.map((p) => `arn:${p}:`).join(", ")} and the service`,
    );
  // Resources of AWS's own have a word there: `aws`, `cloudfront`.
  if (account === "" || /^[0-9]{12}$|[*?]|^[a-z][a-z-]*$/.test(account)) return null;
  const remedy = "write all 12 digits of the account's id, leading zeros too";
  return wrong("has an account id that is not 12 digits", remedy, "account");
}
