import { below, quote } from "../../diagnostics";
import type { ExistingDocument } from "../../model/existing";
import { isSharedIssuer, issuerProblem, issuersOf } from "../../model/issuer";
import { parseArn } from "../../model/names";
import type { Statement } from "../../model/policyDocument";
import { quotaTable } from "../../model/quotas";
import type { RoleAccess } from "../../model/roleAccess";
import { operatorParts, lengthOf, readDocument } from "../../policy";
import type {
  ReadPolicy,
  Surroundings,
  TrustCondition,
  TrustedIssuer,
  TrustStatement,
  TrustView,
} from "../judgedRole";
import { builtInProviders, foreignIssuer } from "./foreignIssuers";
import { isClosed, loginKeys } from "./outcomes";
import { conditionsOf, federatedOf, hasPlaceholder, isAbout } from "./trustView";

/** Characters of a document beyond which its statements are not judged: twice what AWS raises the quota to. */
const longestJudged = 2 * quotaTable.trustPolicyLength.max;

/** A trust policy that somebody wrote, with what rules ask of it. */
export function trustView(
  access: RoleAccess,
  { origin, value }: ExistingDocument,
  surroundings: Surroundings,
): TrustView {
  const document: ReadPolicy = { origin, value, read: readDocument(value) };
  const { policy } = document.read;
  // IAM takes none so long in any account, which T11 says: its values are not compared.
  const isJudged = lengthOf(policy) <= longestJudged;
  const statements = (isJudged ? policy.Statement : []).map((s, i) =>
    readStatement(s, i, document, surroundings),
  );
  const logins = statements.filter(isLogin);
  const view = {
    ...document,
    ...{ access, surroundings, statements, logins, open: logins },
    loginKeys: loginKeys(surroundings.reference),
  };
  return { ...view, open: logins.filter((login) => !isClosed(login, view)) };
}

function isLogin({ statement, issuers }: TrustStatement): boolean {
  return statement.Effect === "Allow" && issuers.some(({ principal }) => isAbout(statement, principal));
}

function readStatement(
  statement: Statement,
  index: number,
  { origin: start, read }: ReadPolicy,
  surroundings: Surroundings,
): TrustStatement {
  const origin = below(start, ...(read.paths[index] ?? []));
  const sid = statement.Sid === undefined || statement.Sid === "" ? "" : ` ${quote(statement.Sid)}`;
  return {
    statement,
    name: `statement ${index + 1}${sid}`,
    origin,
    issuers: federatedOf(statement).flatMap((principal) => issuerOf(principal, surroundings) ?? []),
    conditions: conditionsOf(statement.Condition).map((c) => ({
      ...c,
      ...operatorParts(c.operator),
      ...readKey(c.key),
      origin: below(origin, "Condition", c.operator, c.key),
    })),
  };
}

function issuerOf(principal: string, { installations: declared }: Surroundings): TrustedIssuer | null {
  const [, ofArn] = /:oidc-?provider[/:](?:https:\/\/)?(.*)$/i.exec(principal) ?? [];
  const providerName = builtInProviders.has(principal) ? principal : ofArn;
  // A wildcard is no issuer's name; T04 says so.
  if (providerName === undefined || /[*?]/.test(providerName)) return null;
  const known = declared.flatMap(issuersOf).filter((i) => i.providerName === providerName);
  const installations = declared.filter((i) => issuersOf(i).some((issuer) => known.includes(issuer)));
  const foreign = installations.length > 0 ? null : foreignIssuer(providerName);
  return {
    ...{ principal, providerName, foreign, installations },
    problem: builtInProviders.has(principal) ? null : providerArnProblem(principal, foreign !== null),
    openSignup: known.some((i) => i.openSignup) || isShared(providerName),
  };
}

/**
 * Why no token logs in by an identity provider of this ARN; null where one may. What T09 says is not repeated.
 * @param foreign - is the issuer known to be another's, whose names have forms of their own?
 */
function providerArnProblem(principal: string, foreign: boolean): string | null {
  const arn = parseArn(principal);
  if (arn === null) return "which is not a complete ARN";
  if (arn.service !== "iam" || arn.region !== "")
    return "which is not an ARN of IAM: arn:PARTITION:iam::ACCOUNT:oidc-provider/ISSUER";
  const [, name] = /^oidc-provider\/(.+)$/.exec(arn.resource) ?? [];
  if (name === undefined) return "whose resource does not begin with oidc-provider/";
  if (hasPlaceholder(name)) return null;
  const problem = issuerProblem(`https://${name}`);
  const isOdd = foreign ? /^[^/]*[A-Z:]/.test(name) : problem !== null;
  return isOdd ? `whose issuer ${problem?.problem ?? "is not in its normal form"}` : null;
}

function isShared(providerName: string): boolean {
  const issuer = `https://${providerName}`;
  return URL.canParse(issuer) && isSharedIssuer(issuer);
}

/** Services whose condition keys end in words that claims have, too. */
const services = /^(aws|sts|iam|saml)$/;

function readKey(key: string): Pick<TrustCondition, "prefix" | "claim"> {
  const at = key.lastIndexOf(":");
  const prefix = key.slice(0, Math.max(at, 0)).toLowerCase();
  const claim = key.slice(at + 1).toLowerCase();
  const issuer = !services.test(prefix) && (/[./]/.test(prefix) || /^(sub|aud)$/.test(claim));
  return { prefix: issuer ? prefix : null, claim };
}
