import { quote } from "../../diagnostics";
import { many } from "../../policy";
import { listed, type Rule } from "../rule";
import { allowedBy } from "./statements";

const hour = 3600;

/** Rules about sessions that a role's session begins. */
export const chainedSessionRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G22",
    severity: "info",
    title: "a long session, and a role that it can assume for an hour only",
    why: "AWS ends the session of a role that another role's session assumed after one hour, and refuses a longer one",
    remedy:
      "use a profile with role_arn and source_profile, by which AWS CLI and SDKs assume the role again; or give it an entry of its own",
    role: ({ access: { permissionPolicy, maxSessionDuration } }) => {
      if (permissionPolicy === null || (maxSessionDuration ?? 0) <= hour) return [];
      const assumed = permissionPolicy.Statement.filter(
        (statement) => statement.Action !== undefined && allowedBy(statement)("sts:AssumeRole"),
      ).flatMap(({ Resource }) => many(Resource));
      if (assumed.length === 0) return [];
      const names = listed([...new Set(assumed)].sort().map(quote));
      return [
        { message: `a session of ${names} that this role assumes ends after 1 h, sooner than its own` },
      ];
    },
  },
]);
