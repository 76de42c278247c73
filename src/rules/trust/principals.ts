import { below, quote } from "../../diagnostics";
import { issuersOf } from "../../model/issuer";
import { parseArn } from "../../model/names";
import { partitions } from "../../model/partitions";
import { assumeAction, many, matchesAction } from "../../policy";
import type { TrustPrincipal, TrustStatement, TrustView } from "../judgedRole";
import { observed, type Observation, rulesOf, type Rule, type Said } from "../rule";
import { builtInProviders, foreignIssuer } from "./foreignIssuers";
import { mistakes } from "./structure";
import { each, hasPlaceholder } from "./trustView";

function eachPrincipal(
  judge: (principal: TrustPrincipal, statement: TrustStatement, view: TrustView) => Said,
): NonNullable<Rule["trust"]> {
  return (view) =>
    view.statements.flatMap((statement) =>
      statement.principals.flatMap((one) => observed(judge(one, statement, view), one.origin)),
    );
}

function principalsOf({ statements }: TrustView): readonly TrustPrincipal[] {
  return statements.flatMap((statement) => statement.principals);
}

/** The id of a role's account, which may be of a partition that we do not know. */
function accountOf({ account, arn }: TrustView["access"]): string | undefined {
  return account?.id ?? parseArn(arn ?? "")?.account;
}

const isAccount = (text: string): boolean => /^[0-9]{12}$/.test(text);
const looksLikeProvider = (text: string): boolean => /:oidc-?provider[/:]/i.test(text);

/** Does a statement allow an action by its name, not by a wildcard? */
function names({ statement }: TrustStatement, action: string): boolean {
  return many(statement.Action).some((one) => one.toLowerCase() === action.toLowerCase());
}

/** An action that is, or amounts to, all of STS. */
function isEverything(action: string): boolean {
  const isBoth = matchesAction(action, "sts:AssumeRole") && matchesAction(action, "sts:GetFederationToken");
  return action === "*" || isBoth;
}

/** Principals that are meant to be a web identity's provider, and are none. */
const misnamedProviders = eachPrincipal((principal, statement) => {
  const problem = statement.statement.Effect === "Deny" ? null : providerProblem(principal, statement);
  return problem === null
    ? null
    : `${statement.name} names ${quote(principal.text)}, ${problem}: nobody can log in`;
});

/** Why a principal that may be meant to be an identity provider is none; null where it is one, or is not meant to. */
function providerProblem({ type, text, arn }: TrustPrincipal, statement: TrustStatement): string | null {
  const isProvider = looksLikeProvider(text);
  if (text === "*" || !(isProvider || names(statement, assumeAction))) return null;
  if (!/^(AWS|Federated|Service|CanonicalUser)$/.test(type))
    return `under ${quote(type)}, which IAM does not have: write Federated`;
  if (type !== "Federated") {
    const isBeside = statement.principals.some((one) => one.type === "Federated");
    if (isProvider) return `under ${type}: identity providers stand under Federated`;
    return isBeside ? null : `which cannot do ${assumeAction}`;
  }
  // T08 and T04 say enough of what is no ARN, or has a wildcard.
  if (arn === null || /[*?]/.test(text)) return null;
  const issuer = statement.issuers.find(({ principal }) => principal === text);
  if (issuer !== undefined) return issuer.problem;
  if (!arn.resource.startsWith("saml-provider/")) return "whose resource does not begin with oidc-provider/";
  const isSaml = names(statement, "sts:AssumeRoleWithSAML");
  return isSaml ? null : `a SAML provider, which cannot do ${assumeAction}`;
}

function malformed({ text, type, arn }: TrustPrincipal): string | null {
  // A wildcard is what T04 is about.
  if (/[*?]/.test(text)) return null;
  if (!text.startsWith("arn:"))
    return type === "Federated" && !builtInProviders.has(text) ? "which is not an ARN" : null;
  if (arn === null) return "which is not a complete ARN";
  if (!isAccount(arn.account)) return "whose account is not 12 digits";
  return hasPlaceholder(arn.resource) ? "in which a placeholder is left" : null;
}

/** Rules about whom a trust policy names, and what they may do. */
export const principalRules: readonly Rule[] = rulesOf({
  T04: {
    severity: "error",
    title: "the principal is missing, or is everybody",
    why: "anybody who meets the conditions gets the role, from any AWS account or identity provider",
    remedy: 'write "Principal": {"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/ISSUER"}',
    trust: each(({ statement, principals, name, origin }) => {
      const { Effect, Principal, NotPrincipal } = statement;
      if (NotPrincipal !== undefined) {
        const message = `${name} allows everybody but those in NotPrincipal, every AWS account included`;
        return Effect === "Allow" ? { message, origin: below(origin, "NotPrincipal") } : null;
      }
      if (Principal === undefined || (principals.length === 0 && Effect === "Allow"))
        return `${name} names no principal: IAM refuses the document`;
      if (Effect === "Deny") return null;
      return principals
        .filter(({ type, text }) => text === "*" || (type === "Federated" && /[*?]/.test(text)))
        .map(({ text, origin: at }) => ({
          message: `${name} has a wildcard in the principal ${quote(text)}: it is everybody, or IAM refuses it`,
          origin: at,
        }));
    }),
  },
  T06: {
    severity: "error",
    title: "an OpenID Connect provider with another action than sts:AssumeRoleWithWebIdentity",
    remedy: `write "Action": "${assumeAction}"`,
    trust: each(({ statement, name, issuers, origin }) => {
      const { Effect, Action, NotAction } = statement;
      if (Effect === "Deny" || issuers.length === 0) return null;
      if (Action === undefined && NotAction === undefined)
        return `${name} names no action: nobody can log in through it`;
      const others = many(Action).filter(
        (action) => !isEverything(action) && action.toLowerCase() !== assumeAction.toLowerCase(),
      );
      return others.flatMap((action): readonly Observation[] => {
        const at = below(origin, "Action");
        if (!/^sts:(tagsession|setsourceidentity)$/i.test(action)) {
          const message = `${name} allows ${quote(action)} to an OpenID Connect provider, which can only do ${assumeAction}`;
          return [{ message, origin: at }];
        }
        // Claims of some other issuers carry tags and a source identity.
        if (issuers.every((i) => i.foreign !== null)) return [];
        const message = `${name} allows ${quote(action)}, which logins from Gitpod and Ona do not need`;
        return [{ severity: "info", message, origin: at, remedy: "remove it" }];
      });
    }),
  },
  T07: {
    severity: "error",
    title: "every action of STS",
    remedy: `write "Action": "${assumeAction}"`,
    trust: each(({ statement, origin, name }) => {
      if (statement.Effect === "Deny") return null;
      if (statement.NotAction !== undefined) {
        const message = `${name} allows every action but a few, session tags and source identities included`;
        return { message, origin: below(origin, "NotAction") };
      }
      return many(statement.Action)
        .filter(isEverything)
        .map((action) => ({
          message: `${name} allows ${quote(action)}: every way to get the role, and to tag and name its sessions`,
          origin: below(origin, "Action"),
        }));
    }),
  },
  T08: {
    severity: "error",
    title: "a placeholder is left in the ARN",
    why: "IAM refuses it, or trusts whoever gets that name",
    remedy: "write the account's 12 digits, and the issuer without https://",
    trust: eachPrincipal((principal, { name }) => {
      const problem = malformed(principal);
      return problem === null ? null : `${name} names the principal ${quote(principal.text)}, ${problem}`;
    }),
    role: mistakes("T08"),
  },
  T09: {
    severity: "error",
    title: "an ARN of another partition",
    why: "accounts of different partitions cannot trust each other: nobody can log in",
    remedy: `write the partition of the role's account: ${partitions.join(", ")}`,
    trust: eachPrincipal(({ text, arn }, { name }, view) => {
      if (arn === null) return null;
      const account = view.surroundings.accounts.find(({ id }) => id === arn.account);
      const named = principalsOf(view).map((one) => one.arn?.partition);
      const first = named.find((partition) => partitions.some((known) => known === partition));
      const own = parseArn(view.access.arn ?? "") ?? view.access.account;
      const expected = own?.partition ?? account?.partition ?? first ?? "aws";
      if (arn.partition === expected) return null;
      return `${name} names ${quote(text)}, and the partition here is ${expected}: nobody can log in through it`;
    }),
  },
  T10: {
    severity: "error",
    title: "an identity provider of another account, or of an issuer that is not declared",
    why: "an identity provider works in its own account only; an issuer that is not declared may be a stranger's",
    remedy: "name the provider of the role's own account; the manifest, or --issuer, says which are yours",
    trust: eachPrincipal(({ text, arn }, { name, issuers }, view) => {
      const isProvider = (one: Pick<TrustPrincipal, "arn">) => one.arn?.resource.startsWith("oidc-provider/");
      if (arn === null || !isProvider({ arn })) return null;
      const { accounts, installations } = view.surroundings;
      const first = principalsOf(view).find(isProvider)?.arn?.account;
      const declared = accounts.length > 0 ? accounts.map(({ id }) => id) : [first];
      const own = accountOf(view.access);
      const known = own === undefined ? declared : [own];
      if (isAccount(arn.account) && !known.includes(arn.account))
        return `${name} trusts ${quote(text)} of account ${arn.account}: an identity provider works in its own account only`;
      const issuer = issuers.find((i) => i.principal === text);
      if (!issuer || installations.length === 0 || issuer.installations.length > 0) return null;
      if (foreignIssuer(issuer.providerName) !== null) return null;
      const providers = [...new Set(installations.flatMap(issuersOf).map((i) => i.providerName))].join(", ");
      return `${name} trusts the issuer ${quote(issuer.providerName)}, which is not declared; declared: ${providers}`;
    }),
  },
  T13: {
    severity: "error",
    title: "a web identity is meant, and none can log in",
    why: "IAM accepts such a statement, and no token ever meets it",
    remedy: `write "Principal": {"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/ISSUER"}, the issuer as in iss, without https://`,
    trust: (view, role) => {
      const wrong = misnamedProviders(view, role);
      const trusts = view.statements.some(
        ({ statement: { Effect, Principal } }) => Effect === "Allow" && Principal,
      );
      if (wrong.length > 0 || view.logins.length > 0 || view.read.problems.length > 0 || !trusts)
        return wrong;
      const message = "the document lets no web identity in: nobody can log in from Gitpod or Ona";
      return [
        { severity: "info", message, origin: view.origin, remedy: "nothing, if the role is not for them" },
      ];
    },
  },
  T43: {
    severity: "warning",
    title: "others than the web identity get the role too",
    why: "whoever they are, conditions on sub do not hold for them",
    remedy: "give them a role of their own, or make sure that they are meant",
    trust: eachPrincipal(({ type, text, arn }, { statement, name }, { access, logins }) => {
      const { Effect, Action, NotAction } = statement;
      const [login] = logins;
      if (login === undefined || Effect === "Deny") return null;
      if (NotAction === undefined && !many(Action).some((one) => matchesAction(one, "sts:AssumeRole")))
        return null;
      // T04, T08 and T13 say enough of these.
      if (text === "*" || hasPlaceholder(text) || looksLikeProvider(text)) return null;
      const account = arn?.account ?? text;
      if (type !== "Service" && (type !== "AWS" || !isAccount(account))) return null;
      const provider = login.principals.find((one) => one.type === "Federated" && one.arn !== null);
      const own = accountOf(access) ?? provider?.arn?.account;
      const isForeign = type === "AWS" && own !== undefined && account !== own;
      const isWhole = type === "AWS" && (arn === null || arn.resource === "root");
      const whom = isWhole ? `everybody whom account ${account} allows to assume it` : quote(text);
      const message = `${name} also gives the role to ${whom}`;
      return isForeign ? `${message}, of a foreign account` : { message, severity: "info" };
    }),
  },
});
