import { below, quote } from "../../diagnostics";
import type { ExistingDocument } from "../../model/existing";
import { isSharedIssuer, issuerProblem, issuersOf, onaIssuer } from "../../model/issuer";
import { parseArn } from "../../model/names";
import type { Statement } from "../../model/policyDocument";
import { quotaTable } from "../../model/quotas";
import type { RoleAccess } from "../../model/roleAccess";
import { lengthOf, many, operatorParts, readDocument } from "../../policy";
import type { Surroundings, TrustCondition, TrustedIssuer, TrustStatement, TrustView } from "../judgedRole";
import { builtInProviders, foreignIssuer } from "./foreignIssuers";
import { isClosed, loginKeys } from "./relations";
import { conditionsOf, hasPlaceholder, isAbout } from "./trustView";

/** Characters of a document beyond which its statements are not judged: twice what AWS raises the quota to. */
const longestJudged = 2 * quotaTable.trustPolicyLength.max;

/** A trust policy that somebody wrote, with what rules ask of it. */
export function trustView(
  access: RoleAccess,
  { origin, value }: ExistingDocument,
  surroundings: Surroundings,
): TrustView {
  const read = readDocument(value);
  // IAM takes none so long in any account, which T11 says: its values are not compared.
  const written = lengthOf(read.policy) <= longestJudged ? read.policy.Statement : [];
  const statements = written.map((statement, i): TrustStatement => {
    const at = below(origin, ...(read.paths[i] ?? []));
    const principals = principalsOf(statement, at);
    return {
      ...{ statement, principals, origin: at },
      name: `statement ${i + 1}${statement.Sid ? ` ${quote(statement.Sid)}` : ""}`,
      issuers: principals.flatMap(({ type, text }) =>
        type === "Federated" ? (issuerOf(text, surroundings) ?? []) : [],
      ),
      conditions: conditionsOf(statement.Condition).map((c) => ({
        ...{ ...c, ...operatorParts(c.operator), ...readKey(c.key) },
        origin: below(at, "Condition", c.operator, c.key),
      })),
    };
  });
  const logins = statements.filter(
    ({ statement, issuers }) =>
      statement.Effect === "Allow" && issuers.some(({ principal }) => isAbout(statement, principal)),
  );
  const view = {
    ...{ origin, value, read, access, surroundings, statements, logins, open: logins },
    loginKeys: loginKeys(surroundings.reference),
  };
  return { ...view, open: logins.filter((login) => !isClosed(login, view)) };
}

function principalsOf(
  { Principal = {} }: Statement,
  origin: TrustStatement["origin"],
): TrustStatement["principals"] {
  const at = below(origin, "Principal");
  if (Principal === "*") return [{ type: "AWS", text: "*", arn: null, origin: at }];
  return Object.entries(Principal).flatMap(([type, names]) =>
    many(names).map((text) => ({ type, text, arn: parseArn(text), origin: below(at, type) })),
  );
}

function issuerOf(principal: string, { installations: declared }: Surroundings): TrustedIssuer | null {
  const isBuiltIn = builtInProviders.has(principal);
  const [, ofArn] = /:oidc-?provider[/:](?:https:\/\/)?(.*)$/i.exec(principal) ?? [];
  const providerName = isBuiltIn ? principal : ofArn;
  // A wildcard is no issuer's name; T04 says so.
  if (providerName === undefined || /[*?]/.test(providerName)) return null;
  const known = declared.flatMap(issuersOf).filter((i) => i.providerName === providerName);
  const installations = declared.filter((i) => issuersOf(i).some((issuer) => known.includes(issuer)));
  const foreign = installations.length > 0 ? null : foreignIssuer(providerName);
  const issuer = `https://${providerName}`;
  return {
    ...{ principal, providerName, foreign, installations },
    problem: isBuiltIn ? null : providerArnProblem(principal, foreign !== null),
    isOna: issuer === onaIssuer || installations.some((i) => i.ona !== null),
    openSignup: known.some((i) => i.openSignup) || (URL.canParse(issuer) && isSharedIssuer(issuer)),
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

/** Services whose condition keys end in words that claims have, too. */
const services = /^(aws|sts|iam|saml)$/;

function readKey(key: string): Pick<TrustCondition, "prefix" | "claim"> {
  const at = key.lastIndexOf(":");
  const prefix = key.slice(0, Math.max(at, 0)).toLowerCase();
  const claim = key.slice(at + 1).toLowerCase();
  const isIssuers = !services.test(prefix) && (/[./]/.test(prefix) || /^(sub|aud)$/.test(claim));
  return { prefix: isIssuers ? prefix : null, claim };
}
