import type { Condition, Statement } from "../model/policyDocument";
import { firstOf } from "../diagnostics";
import { recogniseGrants } from "../documents";
import type { ResolvedGrant } from "../model/grant";
import { grantStatements, grantTable, many, namesEveryAction, namesWholeService } from "../policy";
import { widePolicyWords } from "../rules";
import type { AccessAccount, AccessRole } from "./accessRole";

/** Something that a role may do, or is denied, as one reader's line. */
export interface Permission {
  readonly words: string;
  /** The access level of a grant; of others `denied`, `wide`, `statement` or `managed`. */
  readonly level: string;
  /** The kind of a grant, `statement` or `managed policy`. */
  readonly kind: string;
  /** What it reaches, by the names that people know. */
  readonly names: readonly string[];
  readonly reach: () => Reach;
}

/** The actions of a permission, and what it lets them be done to. */
export interface Reach {
  readonly actions: readonly string[];
  readonly resources: readonly string[];
}

/** What a role's own policies allow: its grants, and what else is written, unless it says the same. */
export function rolePermissions({ grants, written, account }: AccessRole): readonly Permission[] {
  const granted = grants.map((grant) => grantPermission(grant, account));
  if (written.length === 0) return granted;
  const words = new Set(granted.map((permission) => permission.words));
  return [
    ...granted,
    ...permissionsOf(written, account).filter((permission) => !words.has(permission.words)),
  ];
}

/** What statements allow: in the words of grants where grants say the same, else in their own. */
export function permissionsOf(
  statements: readonly Statement[],
  account: AccessAccount,
): readonly Permission[] {
  const place = { partition: account.partition, region: account.region, account: account.id };
  const { grants, statements: rest } = recogniseGrants(statements, place);
  return [...grants.map((grant) => grantPermission(grant, account)), ...rest.map(statementPermission)];
}

/** What an attached policy gives, whose text is not at hand. */
export function managedPermission(arn: string): Permission {
  const wide = widePolicyWords(arn);
  return {
    words: `all of ${arn} (${wide === null ? "not read" : `wide: it ${wide}`})`,
    level: wide === null ? "managed" : "wide",
    kind: "managed policy",
    names: [`policy ${arn.slice(arn.indexOf("/") + 1)}`],
    reach: () => ({ actions: [], resources: [] }),
  };
}

function grantPermission(grant: ResolvedGrant, { id, region }: AccessAccount): Permission {
  const { kind, access, target, kmsKey } = grant;
  const [, , , ownRegion, ownAccount] = grantTable[kind].arn.split(":");
  const nearKey = ownRegion === "" ? region : target.region;
  const where = [
    ...(ownAccount !== "" && target.account !== id ? [` of account ${target.account}`] : []),
    ...(ownRegion !== "" && target.region !== region ? [` in ${target.region}`] : []),
    ...(kmsKey === null ? [] : [` with key ${kmsKey.arn.slice(kmsKey.arn.lastIndexOf("/") + 1)}`]),
    ...(kmsKey === null || kmsKey.region === nearKey ? [] : [` in ${kmsKey.region}`]),
  ];
  const name = kind === "parameter" && target.name.includes("/") ? `/${target.name}` : target.name;
  return {
    words: `${access} ${kind} ${name}${where.join("")}`,
    ...{ level: access, kind, names: [`${kind} ${name}${where.join("")}`] },
    reach: () => reachOf(grantStatements(grant)),
  };
}

/** The actions and resources of statements. What one says by what it leaves out counts as everything. */
export function reachOf(statements: readonly Statement[]): Reach {
  const sorted = (items: readonly string[]) => [...new Set(items)].sort();
  return {
    actions: sorted(statements.flatMap((s) => (s.NotAction === undefined ? many(s.Action) : ["*"]))),
    resources: sorted(statements.flatMap((s) => (s.NotResource === undefined ? many(s.Resource) : ["*"]))),
  };
}

/** A statement in its own words. */
function statementPermission(statement: Statement): Permission {
  const { Effect, Action, NotAction, Resource, NotResource, Condition } = statement;
  const said = (items: Statement["Action"], others: Statement["NotAction"]) =>
    others === undefined ? firstOf(5, many(items)) : `everything but ${firstOf(5, many(others))}`;
  const words = `${said(Action, NotAction)} on ${said(Resource, NotResource)}${conditionWords(Condition)}`;
  const reach = () => reachOf([statement]);
  if (Effect === "Deny")
    return { words: `denied: ${words}`, level: "denied", kind: "statement", names: [], reach };
  const names = reach().resources.map((arn) => (arn === "*" ? "everything" : arn));
  return isWide(statement)
    ? { words: `${words} (wide)`, level: "wide", kind: "statement", names, reach }
    : { words, level: "statement", kind: "statement", names, reach };
}

/** Does a statement allow whole services, or anything to everything? */
function isWide({ Action, NotAction, Resource, NotResource }: Statement): boolean {
  if (NotAction !== undefined || NotResource !== undefined) return true;
  return (
    many(Action).some((action) => namesEveryAction(action) || namesWholeService(action)) ||
    many(Resource).some((resource) => /^[*?:]*\*[*?:]*$/.test(resource))
  );
}

function conditionWords(condition: Condition = {}): string {
  const tests = Object.entries(condition).flatMap(([operator, block]) =>
    Object.entries(block).map(([key, values]) => `${key} ${operator} ${firstOf(5, many(values))}`),
  );
  return tests.length === 0 ? "" : `, if ${tests.join(" and ")}`;
}
