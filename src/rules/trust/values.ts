import { quote } from "../../diagnostics";
import type { Statement } from "../../model/policyDocument";
import { coverEverybody, isPrivateCidr, many, valueForm } from "../../policy";
import type { TrustStatement } from "../judgedRole";
import type { Observation, Rule } from "../rule";
import { literally, neverEquals } from "./outcomes";

/** Values of conditions that nobody's login meets, or everybody's. */
export const valueRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T40",
    severity: "error",
    title: "a value that never or always matches",
    why: "AWS sees public addresses only, and compares dates, numbers and addresses only where it can read them: nobody logs in, or a limit is none",
    remedy: "write the public addresses of the workspaces' NAT gateways or proxies, or leave sourceCidrs out",
    policyRemedy:
      "write the public addresses of the workspaces' NAT gateways or proxies, or leave the condition out",
    role: ({ access: { trust } }) => {
      if (trust?.kind !== "entry") return [];
      const cidrs = addressesOf(trust.policy.Statement[0]);
      return [...privateAddresses(cidrs), ...wholeInternet(cidrs, "sourceCidrs")];
    },
    trust: ({ statements }) => statements.flatMap(checkValues),
  },
]);

function checkValues({ statement, conditions, name, origin }: TrustStatement): readonly Observation[] {
  const values = conditions.flatMap((condition) =>
    condition.values.flatMap((value): readonly Observation[] => {
      const problem = neverEquals(condition, value);
      // T25 and T35 say so of wildcards.
      if (problem === null || problem === literally) return [];
      const form = valueForm(condition.base);
      const effect = condition.negated ? "excludes nothing" : "never matches";
      return [
        {
          message: `${name}: ${quote(value)} ${problem}: ${condition.operator} ${effect}`,
          origin: condition.origin,
          remedy: form?.reads(value) === false ? `write it like ${form.example}` : undefined,
        },
      ];
    }),
  );
  if (statement.Effect === "Deny") return values;
  return [
    ...values,
    ...wholeInternet(addressesOf(statement), `${name}: aws:SourceIp`).map((seen) => ({ ...seen, origin })),
  ];
}

/** The addresses to which a statement limits requests. */
function addressesOf(statement: Statement | undefined): readonly string[] {
  return Object.entries(statement?.Condition ?? {})
    .filter(([operator]) => /^IpAddress(IfExists)?$/i.test(operator))
    .flatMap(([, keys]) => Object.entries(keys).filter(([key]) => /^aws:SourceIp$/i.test(key)))
    .flatMap(([, values]) => many(values));
}

function privateAddresses(cidrs: readonly string[]): readonly Observation[] {
  return cidrs.filter(isPrivateCidr).map((cidr) => ({
    message: `sourceCidrs: ${cidr} is private, and AWS sees public addresses only: no login ever comes from there`,
  }));
}

function wholeInternet(cidrs: readonly string[], where: string): readonly Observation[] {
  if (!coverEverybody(cidrs)) return [];
  return [
    {
      severity: "warning",
      message: `${where}: ${cidrs.join(", ")} are together every address, and limit nothing`,
    },
  ];
}
