import { operators } from "./operators";

/** A condition operator taken apart. */
export interface OperatorParts {
  /** Without set prefix and `IfExists`, in lower case. */
  readonly base: string;
  readonly set: "forallvalues" | "foranyvalue" | null;
  readonly ifExists: boolean;
  /** True for the `Not…` operators. */
  readonly negated: boolean;
  /** False for one that IAM does not have. */
  readonly known: boolean;
}

/** Reads the name of a condition operator as IAM does: without case. */
export function operatorParts(name: string): OperatorParts {
  const [, set, base = "", ifExists] =
    /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/s.exec(name.toLowerCase()) ?? [];
  const operator = operators.get(base);
  const plain = set === undefined && ifExists === undefined;
  return {
    base,
    set: set === "forallvalues" || set === "foranyvalue" ? set : null,
    ifExists: ifExists !== undefined,
    negated: operator?.negated ?? false,
    known: operator !== undefined || (base === "null" && plain),
  };
}
