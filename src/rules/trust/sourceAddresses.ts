import type { Statement } from "../../model/policyDocument";
import { coverEverybody, isPrivateCidr, many } from "../../policy";
import type { Observation, Rule } from "../rule";

/** Addresses from which a login is allowed, where they admit nobody or everybody. */
export const sourceAddressRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T40",
    severity: "error",
    title: "a source address that never matches, or addresses that cover everybody",
    why: "AWS sees the public address from which a request comes: nobody logs in from a private block, and halves of the internet that are everybody together look like a limit and are none",
    remedy: "write the public addresses of the workspaces' NAT gateways or proxies, or leave sourceCidrs out",
    policyRemedy:
      "write the public addresses of the workspaces' NAT gateways or proxies, or leave the condition out",
    role: ({ access: { trust } }) => {
      if (trust?.kind !== "entry") return [];
      const [first] = trust.policy.Statement;
      return first === undefined ? [] : checkAddresses(first, "sourceCidrs");
    },
    trust: ({ statements }) =>
      statements.flatMap(({ statement, name, origin }) =>
        checkAddresses(statement, `${name}: aws:SourceIp`).map((seen) => ({ ...seen, origin })),
      ),
  },
]);

/** What is wrong with the addresses that a statement allows; `where` for messages. */
function checkAddresses({ Condition }: Statement, where: string): readonly Observation[] {
  const cidrs = Object.entries(Condition ?? {})
    .filter(([operator]) => /^IpAddress(IfExists)?$/i.test(operator))
    .flatMap(([, keys]) => Object.entries(keys).filter(([key]) => /^aws:SourceIp$/i.test(key)))
    .flatMap(([, values]) => many(values));
  const found: Observation[] = cidrs.filter(isPrivateCidr).map((cidr) => ({
    message: `${where}: ${cidr} is private, and AWS sees public addresses alone: no login ever comes from there`,
  }));
  if (!coverEverybody(cidrs)) return found;
  const message = `${where}: ${cidrs.join(", ")} are together every address, and limit nothing`;
  return [...found, { severity: "warning", message }];
}
