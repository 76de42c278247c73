import { below, quote, type Origin } from "../../diagnostics";
import { issuersOf } from "../../model/issuer";
import { parseArn } from "../../model/names";
import { partitions } from "../../model/partitions";
import { assumeAction, many, matchesPattern } from "../../policy";
import type { TrustStatement, TrustView } from "../judgedRole";
import type { Observation, Rule } from "../rule";
import { builtInProviders } from "./foreignIssuers";
import { documents, each, mistakes } from "./structure";
import { hasPlaceholder } from "./trustView";

/** Who may stand in a Principal. */
const principalTypes = ["AWS", "Federated", "Service", "CanonicalUser"] as const;

/** One principal of a document, with its place. */
interface PlacedPrincipal {
  readonly type: string;
  readonly text: string;
  readonly origin: Origin;
  /** Of the statement. */
  readonly name: string;
}

function principalsOf({ statement, origin, name }: TrustStatement): readonly PlacedPrincipal[] {
  const { Principal } = statement;
  if (Principal === undefined || Principal === "*") return [];
  return Object.entries(Principal).flatMap(([type, names]) =>
    many(names).map((text) => ({ type, text, name, origin: below(origin, "Principal", type) })),
  );
}

function arnsOf(view: TrustView): readonly PlacedPrincipal[] {
  return view.statements.flatMap(principalsOf).filter(({ text }) => text.startsWith("arn:"));
}

/** Principals that are missing or everybody. */
function principals(view: TrustStatement): readonly Observation[] {
  const { statement, origin, name } = view;
  const { Effect, Principal, NotPrincipal } = statement;
  if (NotPrincipal !== undefined) {
    const message = `${name} allows everybody but those in NotPrincipal, every AWS account included`;
    return Effect === "Allow" ? [{ message, origin: below(origin, "NotPrincipal") }] : [];
  }
  const at = Principal === undefined ? origin : below(origin, "Principal");
  const named = Principal === "*" ? [{ type: "AWS", text: "*" }] : principalsOf(view);
  if (Principal === undefined || (named.length === 0 && Effect === "Allow"))
    return [{ message: `${name} names no principal: IAM refuses the document`, origin: at }];
  if (Effect === "Deny") return [];
  return named
    .filter(({ type, text }) => text === "*" || (type === "Federated" && /[*?]/.test(text)))
    .map(({ text }) => ({
      message: `${name} has a wildcard in the principal ${quote(text)}: it is everybody, or IAM refuses it`,
      origin: at,
    }));
}

const looksLikeProvider = (text: string): boolean => /:oidc-?provider[/:]/i.test(text);

/** Does a statement allow an action by its name, not by a wildcard? */
function names({ statement }: TrustStatement, action: string): boolean {
  return many(statement.Action).some((a) => a.toLowerCase() === action.toLowerCase());
}

/** Principals that are meant to be a web identity's provider, and are none. */
function misnamedProviders(statement: TrustStatement): readonly Observation[] {
  if (statement.statement.Effect === "Deny") return [];
  const named = principalsOf(statement);
  const isMeant = names(statement, assumeAction);
  const wrong = named.flatMap((principal): readonly Observation[] => {
    const problem = providerProblem(principal, statement, isMeant);
    return problem === null
      ? []
      : [
          {
            message: `${principal.name} names ${quote(principal.text)}, ${problem}: nobody can log in`,
            origin: principal.origin,
          },
        ];
  });
  const isTold = named.some(({ type, text }) => type === "Federated" || text === "*");
  if (wrong.length > 0 || !isMeant || isTold || named.length === 0) return wrong;
  const message = `${statement.name} allows ${assumeAction}, and names no identity provider that could do it`;
  return [{ message, origin: below(statement.origin, "Principal") }];
}

/** Why a principal that may be meant to be an identity provider is none; null where it is one, or is not meant to. */
function providerProblem(
  { type, text }: PlacedPrincipal,
  statement: TrustStatement,
  isMeant: boolean,
): string | null {
  if (!isMeant && !looksLikeProvider(text)) return null;
  if (!principalTypes.some((known) => known === type))
    return `under ${quote(type)}, which IAM does not have: write Federated`;
  if (type !== "Federated")
    return looksLikeProvider(text) ? `under ${type}: identity providers stand under Federated` : null;
  const issuer = statement.issuers.find(({ principal }) => principal === text);
  const arn = parseArn(text);
  // T08 and T04 say enough of what is no ARN, or has a wildcard.
  if (arn === null || /[*?]/.test(text)) return null;
  if (issuer !== undefined) return issuer.problem;
  if (!arn.resource.startsWith("saml-provider/")) return "whose resource does not begin with oidc-provider/";
  return names(statement, "sts:AssumeRoleWithSAML")
    ? null
    : `a SAML provider, which cannot do ${assumeAction}`;
}

/** Statements by which others than web identities get the role. */
function otherPrincipals(view: TrustView): readonly Observation[] {
  const [login] = view.logins;
  const arns = [view.access.arn ?? "", login?.issuers[0]?.principal ?? ""];
  const own = arns.map((arn) => parseArn(arn)?.account).find((account) => account !== undefined);
  const statements = view.statements.filter(
    ({ statement: { Effect, Action, NotAction } }) =>
      Effect === "Allow" && (NotAction !== undefined || allows(many(Action), "sts:assumerole")),
  );
  return (login === undefined ? [] : statements.flatMap(principalsOf)).flatMap(
    ({ type, text, origin, name }) => {
      const arn = parseArn(text);
      const account = arn?.account ?? text;
      // T04, T08 and T13 say enough of these.
      if (text === "*" || hasPlaceholder(text) || looksLikeProvider(text)) return [];
      if (type !== "Service" && (type !== "AWS" || !/^[0-9]{12}$/.test(account))) return [];
      const isWhole = type === "AWS" && (arn === null || arn.resource === "root");
      const isForeign = type === "AWS" && own !== undefined && account !== own;
      const whom = isWhole ? `everybody whom account ${account} allows to assume it` : quote(text);
      return [
        {
          severity: isForeign ? undefined : ("info" as const),
          message: `${name} also gives the role to ${whom}${isForeign ? ", of a foreign account" : ""}`,
          origin,
        },
      ];
    },
  );
}

/** Does one of these patterns match an action? @param action - in lower case */
function allows(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => matchesPattern(pattern.toLowerCase(), action, () => undefined));
}

/** An action that is, or amounts to, all of STS. */
function isEverything(action: string): boolean {
  return action === "*" || (allows([action], "sts:assumerole") && allows([action], "sts:getfederationtoken"));
}

/** Actions that no OpenID Connect provider can do, or that its logins do not need. */
function otherActions(statement: TrustStatement): readonly Observation[] {
  const { origin, name, issuers } = statement;
  const { Effect, Action, NotAction } = statement.statement;
  if (Effect === "Deny" || issuers.length === 0) return [];
  if (Action === undefined && NotAction === undefined)
    return [{ message: `${name} names no action: nobody can log in through it`, origin }];
  const isForeign = issuers.every((i) => i.foreign !== null);
  return many(Action).flatMap((action): readonly Observation[] => {
    if (action.toLowerCase() === assumeAction.toLowerCase() || isEverything(action)) return [];
    const at = below(origin, "Action");
    if (!/^sts:(tagsession|setsourceidentity)$/i.test(action)) {
      const message = `${name} allows ${quote(action)} to an OpenID Connect provider, which can only do ${assumeAction}`;
      return [{ message, origin: at }];
    }
    // Claims of some other issuers carry tags and a source identity.
    if (isForeign) return [];
    const message = `${name} allows ${quote(action)}, which logins from Gitpod and Ona do not need`;
    return [{ severity: "info", message, origin: at, remedy: "remove it" }];
  });
}

/** Actions that amount to all of STS. */
function everyAction({ statement, origin, name }: TrustStatement): readonly Observation[] {
  if (statement.Effect === "Deny") return [];
  if (statement.NotAction !== undefined)
    return [
      {
        message: `${name} allows every action but a few, session tags and source identities included`,
        origin: below(origin, "NotAction"),
      },
    ];
  return many(statement.Action)
    .filter(isEverything)
    .map((action) => ({
      message: `${name} allows ${quote(action)}: every way to get the role, and to tag and name its sessions`,
      origin: below(origin, "Action"),
    }));
}

function malformed({ text, origin, name, type }: PlacedPrincipal): readonly Observation[] {
  const say = (problem: string): readonly Observation[] => [
    { message: `${name} names the principal ${quote(text)}, ${problem}`, origin },
  ];
  // A wildcard is what T04 is about.
  if (/[*?]/.test(text)) return [];
  if (!text.startsWith("arn:")) {
    if (type !== "Federated" || builtInProviders.has(text)) return [];
    return say("which is not an ARN");
  }
  const arn = parseArn(text);
  if (arn === null) return say("which is not a complete ARN");
  if (!/^[0-9]{12}$/.test(arn.account)) return say("whose account is not 12 digits");
  return hasPlaceholder(arn.resource) ? say("in which a placeholder is left") : [];
}

/** ARNs of another partition than the role's, the account's, or the first one's. */
function wrongPartitions(view: TrustView): readonly Observation[] {
  const { access, surroundings } = view;
  const arns = arnsOf(view).flatMap((placed) => {
    const arn = parseArn(placed.text);
    return arn === null ? [] : [{ ...placed, arn }];
  });
  const own = access.arn === null ? null : parseArn(access.arn);
  const first = arns.map(({ arn }) => arn.partition).find((p) => partitions.some((known) => known === p));
  return arns.flatMap(({ text, origin, name, arn }) => {
    const account = surroundings.accounts.find((a) => a.id === arn.account);
    const expected = own?.partition ?? account?.partition ?? first ?? "aws";
    if (arn.partition === expected) return [];
    const message = `${name} names ${quote(text)}, and the partition here is ${expected}: nobody can log in through it`;
    return [{ message, origin }];
  });
}

/** Providers of another account than the role's, and those of issuers that nobody has declared. */
function strangeProviders(view: TrustView): readonly Observation[] {
  const { access, surroundings } = view;
  const arns = arnsOf(view).filter(({ text }) => parseArn(text)?.resource.startsWith("oidc-provider/"));
  const own = access.arn === null ? undefined : parseArn(access.arn)?.account;
  const declared = surroundings.accounts.map(({ id }) => id);
  const first = parseArn(arns[0]?.text ?? "")?.account ?? "";
  const known = own === undefined && declared.length > 0 ? declared : [own ?? first];
  return arns.flatMap(({ text, origin, name }) => {
    const account = parseArn(text)?.account ?? "";
    if (!/^[0-9]{12}$/.test(account) || known.includes(account))
      return undeclared(view, text, name).map((message) => ({ message, origin }));
    const message = `${name} trusts ${quote(text)} of account ${account}: an identity provider works in its own account only`;
    return [{ message, origin }];
  });
}

function undeclared({ statements, surroundings }: TrustView, arn: string, name: string): readonly string[] {
  const { installations } = surroundings;
  const issuer = statements.flatMap((s) => s.issuers).find((i) => i.principal === arn);
  if (!issuer || installations.length === 0 || issuer.foreign || issuer.installations.length > 0) return [];
  const known = [...new Set(installations.flatMap(issuersOf).map((i) => i.providerName))].join(", ");
  return [
    `${name} trusts the issuer ${quote(issuer.providerName)}, which is not declared; declared: ${known}`,
  ];
}

/** Rules about whom a trust policy names, and what they may do. */
export const principalRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T04",
    severity: "error",
    title: "the principal is missing, or is everybody",
    why: "anybody who meets the conditions gets the role, from any AWS account or identity provider",
    remedy:
      'name the identity provider: "Principal": {"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/ISSUER"}',
    trust: each(principals),
  },
  {
    id: "T06",
    severity: "error",
    title: "an OpenID Connect provider with another action than sts:AssumeRoleWithWebIdentity",
    why: "nobody can log in through it",
    remedy: `write "Action": "${assumeAction}"`,
    trust: each(otherActions),
  },
  {
    id: "T07",
    severity: "error",
    title: "every action of STS",
    why: "it also allows what AWS adds to STS later, and lets callers tag and name their sessions freely",
    remedy: `write "Action": "${assumeAction}"`,
    trust: each(everyAction),
  },
  {
    id: "T08",
    severity: "error",
    title: "a placeholder is left in the ARN",
    why: "IAM refuses it, or trusts whoever gets that name",
    remedy: "write the account's 12 digits, and the issuer without https://",
    trust: each((statement) => principalsOf(statement).flatMap(malformed)),
    role: documents((policy) => mistakes("T08", policy)),
  },
  {
    id: "T09",
    severity: "error",
    title: "an ARN of another partition",
    why: "accounts of different partitions cannot trust each other: nobody can log in",
    remedy: `write the partition of the role's account: ${partitions.join(", ")}`,
    trust: wrongPartitions,
  },
  {
    id: "T10",
    severity: "error",
    title: "an identity provider of another account, or of an issuer that is not declared",
    why: "an identity provider works in its own account only; an issuer that is not declared may be a stranger's",
    remedy: "name the identity provider of the role's own account, or declare its issuer under installations",
    policyRemedy:
      "name the identity provider of the role's own account; --issuer, or a manifest, says which issuer is yours",
    trust: strangeProviders,
  },
  {
    id: "T13",
    severity: "error",
    title: "a web identity is meant, and none can log in",
    why: "IAM accepts such a statement, and no token ever meets it",
    remedy: `write "Principal": {"Federated": "arn:aws:iam::ACCOUNT:oidc-provider/ISSUER"}, the issuer as in iss, without https://`,
    trust: (view) => {
      const wrong = view.statements.flatMap(misnamedProviders);
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
  {
    id: "T43",
    severity: "warning",
    title: "others than the web identity get the role too",
    why: "whoever they are, conditions on sub do not hold for them",
    remedy: "give them a role of their own, or make sure that they are meant",
    trust: otherPrincipals,
  },
]);
