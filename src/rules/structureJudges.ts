import { pathText, quote, type Origin } from "../diagnostics";
import { parseArn } from "../model/names";
import { assumeAction, many, matchesPattern } from "../policy";
import { builtInProviders } from "./foreignIssuers";
import { below, nothing, type Observation, type TrustSubject } from "./rule";
import { trustView, type TrustStatement } from "./trustView";

const partitions: ReadonlySet<string> = new Set(["aws", "aws-cn", "aws-us-gov", "aws-eusc"]);

/** What people leave in an ARN that they copied, or put into it: brackets, a scheme, whole words in capitals. */
const placeholder =
  /[<>{}[\]$]|:\/\/|(?<![A-Za-z0-9])(YOUR|REPLACE|INSERT|CHANGE|CHANGEME|PLACEHOLDER|TODO|FIXME|ACCOUNT|ISSUER|HOST|X{6,}|x{6,})(?![A-Za-z0-9])/;

/** Actions that may stand beside the login: claims of some other issuers carry tags and a source identity. */
const besideLogin: ReadonlySet<string> = new Set(["sts:tagsession", "sts:setsourceidentity"]);

/** An ARN among the principals of a document, with its place. */
interface PrincipalArn {
  readonly text: string;
  readonly origin: Origin;
  readonly name: string;
  readonly federated: boolean;
}

/** What each statement is told. */
export function each(
  subject: TrustSubject,
  judge: (statement: TrustStatement) => readonly Observation[],
): readonly Observation[] {
  return trustView(subject).statements.flatMap(judge);
}

function principalsOf({ statement, origin, name }: TrustStatement): readonly PrincipalArn[] {
  const { Principal } = statement;
  if (Principal === undefined || Principal === "*") return [];
  return Object.entries(Principal).flatMap(([type, names]) =>
    many(names).map((text) => ({
      ...{ text, name, federated: type === "Federated" },
      origin: below(origin, "Principal", type),
    })),
  );
}

function arnsOf(subject: TrustSubject): readonly PrincipalArn[] {
  return trustView(subject)
    .statements.flatMap(principalsOf)
    .filter(({ text }) => text.startsWith("arn:"));
}

/** What keeps the document from being a policy, and operators that IAM does not have. */
export function documentProblems(subject: TrustSubject): readonly Observation[] {
  const problems = subject.document.problems.map(({ path, message }) => ({
    message: `${path.length === 0 ? "the document" : `"${pathText(path)}"`}: ${message}`,
    origin: below(subject.origin, ...path),
  }));
  const operators = each(subject, ({ conditions, name }) =>
    conditions
      .filter((c) => !c.known)
      .map(({ operator, origin }) => ({
        message: `${name}: IAM has no condition operator ${quote(operator)}`,
        origin,
      })),
  );
  return [...problems, ...operators, ...otherKind(subject)];
}

/** A policy about what a role may do, given as one about who gets it. */
function otherKind({ document, origin }: TrustSubject): readonly Observation[] {
  const statements = document.policy.Statement;
  const aboutResources = statements.some((s) => s.Resource !== undefined || s.NotResource !== undefined);
  if (!aboutResources || statements.some((s) => s.Principal !== undefined || s.NotPrincipal !== undefined))
    return nothing;
  return [
    {
      message: "the document names resources and no principal: it is a permission policy, no trust policy",
      origin,
      remedy: "pass it with --permission-policy",
    },
  ];
}

/** A version in which escapes are literal. */
export function version({ document, origin }: TrustSubject): readonly Observation[] {
  const { version: found } = document;
  if (found === "2012-10-17") return nothing;
  const what = found === null ? "the document has no Version" : `the Version is ${quote(found)}`;
  return [
    {
      message: `${what}: \${*}, \${?} and variables are then literal text, and 2012-10-17 is meant`,
      origin: found === null ? origin : below(origin, "Version"),
    },
  ];
}

/** Sids that stand twice, or that IAM refuses. */
export function sids(subject: TrustSubject): readonly Observation[] {
  const seen = new Set<string>();
  return each(subject, ({ statement: { Sid }, origin, name }) => {
    if (Sid === undefined || Sid === "") return nothing;
    const twice = seen.has(Sid);
    seen.add(Sid);
    const at = below(origin, "Sid");
    if (twice) return [{ message: `${name}: another statement has this Sid, too`, origin: at }];
    return /^[A-Za-z0-9]+$/.test(Sid)
      ? nothing
      : [{ message: `${name}: the Sid holds other characters than A-Z, a-z and 0-9`, origin: at }];
  });
}

/** Principals that are missing or everybody. */
export function principals({ statement, origin, name }: TrustStatement): readonly Observation[] {
  const { Effect, Principal, NotPrincipal } = statement;
  const at = below(origin, NotPrincipal === undefined ? "Principal" : "NotPrincipal");
  if (NotPrincipal !== undefined) {
    const message = `${name} allows everybody but those of NotPrincipal, every AWS account included`;
    return Effect === "Allow" ? [{ message, origin: at }] : nothing;
  }
  if (Principal === undefined)
    return [{ message: `${name} has no Principal: IAM refuses the document`, origin }];
  if (Effect === "Deny") return nothing;
  const named: readonly (readonly [string, string])[] =
    Principal === "*" ? [["*", "*"]] : Object.entries(Principal).flatMap(expanded);
  if (named.length === 0)
    return [{ message: `${name} has a Principal that names nobody: IAM refuses the document`, origin: at }];
  return named
    .filter(([type, value]) => value === "*" || (type === "Federated" && /[*?]/.test(value)))
    .map(([type, value]) => ({
      message:
        value === "*"
          ? `${name} allows ${type === "*" || type === "AWS" ? "everybody, in every AWS account" : "whatever identity provider there is"}`
          : `${name} has a wildcard in the principal ${quote(value)}: IAM takes none there`,
      origin: at,
    }));
}

function expanded([type, names]: readonly [string, string | readonly string[]]): readonly (readonly [
  string,
  string,
])[] {
  return many(names).map((value) => [type, value] as const);
}

/** Resources, which no trust policy has. */
export function resources({ statement, origin, name }: TrustStatement): readonly Observation[] {
  return (["Resource", "NotResource"] as const)
    .filter((element) => statement[element] !== undefined)
    .map((element) => ({
      message: `${name} has a ${element}: a trust policy is about its own role, and IAM refuses it with one`,
      origin: below(origin, element),
    }));
}

/** An action that is, or amounts to, all of STS. */
function isEverything(action: string): boolean {
  const matches = (name: string) => matchesPattern(action.toLowerCase(), name, () => undefined);
  return action === "*" || (matches("sts:assumerole") && matches("sts:getfederationtoken"));
}

/** Actions that no OpenID Connect provider can do. */
export function otherActions(statement: TrustStatement): readonly Observation[] {
  const { origin, name, issuers } = statement;
  const { Effect, Action } = statement.statement;
  if (Effect === "Deny" || issuers.length === 0) return nothing;
  const foreign = issuers.every((i) => i.foreign !== null);
  const at = below(origin, "Action");
  if (Action === undefined)
    return statement.statement.NotAction === undefined
      ? [{ message: `${name} names no action: nobody can log in by it`, origin }]
      : nothing;
  const lower = assumeAction.toLowerCase();
  const others = many(Action).filter((action) => {
    const word = action.toLowerCase();
    return word !== lower && !isEverything(action) && !(foreign && besideLogin.has(word));
  });
  return others.map((action) => ({
    message: `${name} allows ${quote(action)} to an OpenID Connect provider, which can do ${assumeAction} only`,
    origin: at,
  }));
}

/** Actions that amount to all of STS. */
export function everyAction({ statement, origin, name }: TrustStatement): readonly Observation[] {
  if (statement.Effect === "Deny") return nothing;
  if (statement.NotAction !== undefined)
    return [
      {
        message: `${name} allows every action but some, session tags and source identities included`,
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

function malformed({ text, origin, name, federated }: PrincipalArn): readonly Observation[] {
  const say = (problem: string): readonly Observation[] => [
    { message: `${name} names the principal ${quote(text)}, ${problem}`, origin },
  ];
  // A wildcard is what T04 is about.
  if (/[*?]/.test(text)) return nothing;
  if (!text.startsWith("arn:")) {
    if (!federated || builtInProviders.has(text)) return nothing;
    return say("which is no ARN");
  }
  const arn = parseArn(text);
  if (arn === null) return say("which is no whole ARN");
  if (!/^[0-9]{12}$/.test(arn.account))
    return say("whose account is not 12 digits: something is still to be filled in");
  return placeholder.test(arn.resource) ? say("in which something is still to be filled in") : nothing;
}

/** ARNs of another partition than the role's, the account's, or the first one's. */
export function wrongPartitions(subject: TrustSubject): readonly Observation[] {
  const { role, context } = subject;
  const arns = arnsOf(subject);
  const own = role.arn === null ? null : parseArn(role.arn);
  const [first] = arns;
  return arns.flatMap(({ text, origin, name }) => {
    const arn = parseArn(text);
    if (arn === null) return [];
    const account = context.accounts.find((a) => a.id === arn.account);
    const expected =
      own?.partition ?? account?.partition ?? parseArn(first?.text ?? "")?.partition ?? arn.partition;
    if (!partitions.has(arn.partition))
      return [
        {
          message: `${name} names ${quote(text)}, whose partition is none of ${[...partitions].join(", ")}`,
          origin,
        },
      ];
    if (arn.partition === expected) return [];
    const why = own
      ? "the role's"
      : account
        ? `that of account ${account.name}`
        : "that of the first ARN here";
    return [
      {
        message: `${name} names ${quote(text)} of partition ${arn.partition}; ${why} is ${quote(expected)}: nobody can log in by it`,
        origin,
      },
    ];
  });
}

/** Providers of another account than the role's, and those of issuers that nobody has declared. */
export function strangeProviders(subject: TrustSubject): readonly Observation[] {
  const { role, context } = subject;
  const arns = arnsOf(subject).filter(({ text }) => parseArn(text)?.resource.startsWith("oidc-provider/"));
  const own = role.arn === null ? null : (parseArn(role.arn)?.account ?? null);
  const first = parseArn(arns[0]?.text ?? "")?.account ?? "";
  return arns.flatMap(({ text, origin, name }) => {
    const account = parseArn(text)?.account ?? "";
    const declared = own === null && context.accounts.length > 0;
    const known = declared ? context.accounts.some((a) => a.id === account) : account === (own ?? first);
    if (/^[0-9]{12}$/.test(account) && !known) {
      const other = declared
        ? "no account of the manifest"
        : `not ${own === null ? "that of the first" : "the role's"}`;
      return [
        {
          message: `${name} trusts ${quote(text)} of account ${account}, ${other}: an identity provider serves its own account only`,
          origin,
        },
      ];
    }
    return undeclared(subject, text, name).map((message) => ({ message, origin }));
  });
}

function undeclared(subject: TrustSubject, arn: string, name: string): readonly string[] {
  const { installations } = subject.context;
  const issuer = trustView(subject)
    .statements.flatMap((s) => s.issuers)
    .find((i) => i.principal === arn);
  if (!issuer || installations.length === 0 || issuer.foreign || issuer.installations.length > 0) return [];
  const known = [...new Set(installations.map((i) => i.providerName))].join(", ");
  return [
    `${name} trusts the issuer ${quote(issuer.providerName)}, which nobody has declared; declared is ${known}`,
  ];
}

/** ARNs in which something is still to be filled in, and principals that are none. */
export function malformedPrincipals(statement: TrustStatement): readonly Observation[] {
  return principalsOf(statement).flatMap(malformed);
}
