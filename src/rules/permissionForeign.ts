import { quote } from "../diagnostics";
import { openPattern, resourcesOf } from "../policy";
import { below, nothing, type Observation, type PermissionSubject } from "./rule";
import { listed } from "./statementJudge";

/** Resources of another account than the role's that statements name. */
export function foreignResources({ written, account, roleArn }: PermissionSubject): readonly Observation[] {
  if (account === null) return nothing;
  return written.flatMap(({ policy, origins }) =>
    policy.Statement.flatMap((statement, i) => {
      const origin = origins[i];
      if (origin === undefined || statement.Effect !== "Allow" || statement.NotResource !== undefined)
        return [];
      const foreign = resourcesOf(statement).filter((resource) => isForeign(resource, account.id));
      if (foreign.length === 0) return [];
      const those = `${listed(foreign.map(quote))} ${foreign.length === 1 ? "is" : "are"} of another account`;
      const who = roleArn === null ? "this role" : roleArn;
      const message = `${those}: it takes a policy of the resource there, too, that allows ${who}`;
      return [{ message, origin: below(origin, "Resource") }];
    }),
  );
}

function isForeign(resource: string, own: string): boolean {
  const [, , , , account = ""] = openPattern(resource).split(":");
  return /^[0-9]{12}$/.test(account) && account !== own;
}
