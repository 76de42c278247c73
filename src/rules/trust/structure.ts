import { nearest, pathText, quote, type Origin } from "../../diagnostics";
import { parseArn } from "../../model/names";
import { partitions } from "../../model/partitions";
import type { Statement } from "../../model/policyDocument";
import { assumeAction, many, matchesPattern, statementMistakes } from "../../policy";
import type { ReadPolicy, TrustStatement, TrustView } from "../judgedRole";
import { below, type Observation, type Rule } from "../rule";
import { builtInProviders } from "./foreignIssuers";
import { isWritable } from "./subjectValues";

/** A judge of each statement of a trust policy. */
const each =
  (judge: (statement: TrustStatement) => readonly Observation[]): NonNullable<Rule["trust"]> =>
  (view) =>
    view.statements.flatMap(judge);

/** A judge of each permission policy of a role that exists already. */
const documents =
  (judge: (policy: ReadPolicy) => readonly Observation[]): NonNullable<Rule["role"]> =>
  (role) =>
    role.documents.flatMap(judge);

/** What keeps a document from being a policy. */
function shape({ read, origin }: ReadPolicy): readonly Observation[] {
  return read.problems.map(({ path, message }) => ({
    message: `${path.length === 0 ? "the document" : `"${pathText(path)}"`}: ${message}`,
    origin: below(origin, ...path),
  }));
}

/** A permission policy given as a trust policy, or the other way round. */
function otherKind(
  { read: { policy, paths }, origin }: ReadPolicy,
  isTrust: boolean,
): readonly Observation[] {
  const { Statement: statements } = policy;
  const about = statements.findIndex((s) => s.Principal !== undefined || s.NotPrincipal !== undefined);
  if (!isTrust && about >= 0)
    return [
      {
        message: `${pathText(paths[about] ?? [])} names a principal: this is a trust policy, or the policy of a resource, not a permission policy`,
        origin: below(origin, ...(paths[about] ?? [])),
        remedy: "pass a role's trust policy with --trust-policy; a permission policy names no principal",
      },
    ];
  if (
    !isTrust ||
    about >= 0 ||
    !statements.some((s) => s.Resource !== undefined || s.NotResource !== undefined)
  )
    return [];
  const message =
    "the document names resources and no principal: it is a permission policy, not a trust policy";
  return [{ message, origin, remedy: "pass it with --permission-policy" }];
}

/** Operators that IAM does not have, in a trust policy. */
function strangeOperators({ conditions, name }: TrustStatement): readonly Observation[] {
  return conditions
    .filter((c) => !c.known)
    .map(({ operator, origin }) => ({
      message: `${name}: ${quote(operator)} is not an operator of IAM`,
      origin,
    }));
}

/**
 * What IAM refuses, or can never match, in the statements of a permission policy. In a manifest the same is a
 * diagnostic.
 */
function mistakes(
  of: "T01" | "T08",
  { read: { policy, paths }, origin }: ReadPolicy,
): readonly Observation[] {
  return policy.Statement.flatMap((statement, i) =>
    statementMistakes(statement)
      .filter(({ kind, found }) => found !== "" && (kind === "account") === (of === "T08"))
      .map(({ path, found, problem, remedy, words }) => {
        const near = nearest(found, words);
        const place = [...(paths[i] ?? []), ...path];
        return {
          message: `${pathText(place)}: ${quote(found)} ${problem}`,
          origin: below(origin, ...place),
          remedy: near === undefined ? remedy : `did you mean ${near}?`,
        };
      }),
  );
}

const pairs = Object.freeze([
  ["Action", "NotAction"],
  ["Resource", "NotResource"],
] as const);

/** Elements of a permission policy that are missing, empty, or both of a pair. */
function elements({ read: { policy, paths }, origin }: ReadPolicy): readonly Observation[] {
  return policy.Statement.flatMap((statement, i) => {
    // A policy of another kind: `otherKind` says so.
    if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) return [];
    const path = paths[i] ?? [];
    const say = (at: readonly string[], problem: string, remedy: string): Observation => ({
      origin: below(origin, ...path, ...at),
      message: `${pathText([...path, ...at])} ${problem}: IAM refuses the document`,
      remedy,
    });
    return pairs.flatMap(([one, other]): readonly Observation[] => {
      const present = [one, other].filter((element) => statement[element] !== undefined);
      if (present.length === 2) return [say([], `has ${one} and ${other}`, `keep ${one}`)];
      const [element] = present;
      if (element === undefined) return [say([], `has no ${one}`, `write ${one}`)];
      const empty = many(statement[element]).filter((item) => item !== "").length === 0;
      return empty
        ? [say([element], "is empty", `name something under ${element}, or remove the statement`)]
        : [];
    });
  });
}

/** A Version in which `${…}` is literal text. */
function version(
  { read: { version: found, policy, paths }, origin }: ReadPolicy,
  isTrust: boolean,
): readonly Observation[] {
  // A permission policy without a variable means the same in either version.
  const first = isTrust ? 0 : policy.Statement.findIndex(hasVariable);
  if (found === "2012-10-17" || first < 0) return [];
  const what = found === null ? "the document has no Version" : `the Version is ${quote(found)}`;
  const literal = isTrust
    ? "${*}, ${?} and variables are"
    : `the variable in ${pathText(paths[first] ?? [])} is`;
  return [
    {
      message: `${what}: ${literal} then literal text`,
      origin: found === null ? origin : below(origin, "Version"),
    },
  ];
}

function hasVariable({ Resource, NotResource, Condition }: Statement): boolean {
  const values = Object.values(Condition ?? {}).flatMap((block) => Object.values(block).flatMap(many));
  return [...many(Resource), ...many(NotResource), ...values].some((value) => value.includes("${"));
}

/** Sids that IAM refuses. */
function sids({ read: { policy, paths }, origin }: ReadPolicy): readonly Observation[] {
  const seen = new Set<string>();
  return policy.Statement.flatMap(({ Sid }, i) => {
    if (Sid === undefined || Sid === "") return [];
    const problem = seen.has(Sid)
      ? "is the Sid of another statement too"
      : /^[A-Za-z0-9]+$/.test(Sid)
        ? null
        : "has other characters than A-Z, a-z and 0-9";
    seen.add(Sid);
    const path = [...(paths[i] ?? []), "Sid"];
    return problem === null
      ? []
      : [{ message: `${pathText(path)}: ${quote(Sid)} ${problem}`, origin: below(origin, ...path) }];
  });
}

/** Texts of a trust policy with characters that IAM refuses. */
function foreignCharacters({ statement, name, origin }: TrustStatement): readonly Observation[] {
  const found = textsOf(statement, []).find(([text]) => !isWritable(text));
  if (found === undefined) return [];
  const [text, path] = found;
  const message = `${name}: IAM refuses a character in ${quote(text)}`;
  return [{ message, origin: below(origin, ...path) }];
}

/** Every text of a value, keys included, each with where it stands. */
function textsOf(value: unknown, path: readonly string[]): readonly (readonly [string, readonly string[]])[] {
  if (typeof value === "string") return [[value, path]];
  if (Array.isArray(value)) return value.flatMap((item: unknown) => textsOf(item, path));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => [
    [key, path] as const,
    ...textsOf(item, [...path, key]),
  ]);
}

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

function arnsOf(view: TrustView): readonly PrincipalArn[] {
  return view.statements.flatMap(principalsOf).filter(({ text }) => text.startsWith("arn:"));
}

/** Principals that are missing or everybody. */
function principals({ statement, origin, name }: TrustStatement): readonly Observation[] {
  const { Effect, Principal, NotPrincipal } = statement;
  const at = below(origin, NotPrincipal === undefined ? "Principal" : "NotPrincipal");
  if (NotPrincipal !== undefined) {
    const message = `${name} allows everybody but those in NotPrincipal, every AWS account included`;
    return Effect === "Allow" ? [{ message, origin: at }] : [];
  }
  if (Principal === undefined)
    return [{ message: `${name} has no Principal: IAM refuses the document`, origin }];
  if (Effect === "Deny") return [];
  const named: readonly (readonly [string, string])[] =
    Principal === "*" ? [["*", "*"]] : Object.entries(Principal).flatMap(expanded);
  if (named.length === 0)
    return [{ message: `${name} has a Principal that names nobody: IAM refuses the document`, origin: at }];
  return named
    .filter(([type, value]) => value === "*" || (type === "Federated" && /[*?]/.test(value)))
    .map(([type, value]) => ({
      message:
        value === "*"
          ? `${name} allows ${type === "*" || type === "AWS" ? "everybody, in every AWS account" : "every identity provider"}`
          : `${name} has a wildcard in the principal ${quote(value)}: IAM allows none there`,
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
function resources({ statement, origin, name }: TrustStatement): readonly Observation[] {
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
function otherActions(statement: TrustStatement): readonly Observation[] {
  const { origin, name, issuers } = statement;
  const { Effect, Action } = statement.statement;
  if (Effect === "Deny" || issuers.length === 0) return [];
  const foreign = issuers.every((i) => i.foreign !== null);
  const at = below(origin, "Action");
  if (Action === undefined)
    return statement.statement.NotAction === undefined
      ? [{ message: `${name} names no action: nobody can log in through it`, origin }]
      : [];
  const lower = assumeAction.toLowerCase();
  const others = many(Action).filter((action) => {
    const word = action.toLowerCase();
    return word !== lower && !isEverything(action) && !(foreign && besideLogin.has(word));
  });
  return others.map((action) => ({
    message: `${name} allows ${quote(action)} to an OpenID Connect provider, which can only do ${assumeAction}`,
    origin: at,
  }));
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

function malformed({ text, origin, name, federated }: PrincipalArn): readonly Observation[] {
  const say = (problem: string): readonly Observation[] => [
    { message: `${name} names the principal ${quote(text)}, ${problem}`, origin },
  ];
  // A wildcard is what T04 is about.
  if (/[*?]/.test(text)) return [];
  if (!text.startsWith("arn:")) {
    if (!federated || builtInProviders.has(text)) return [];
    return say("which is not an ARN");
  }
  const arn = parseArn(text);
  if (arn === null) return say("which is not a complete ARN");
  if (!/^[0-9]{12}$/.test(arn.account)) return say("whose account is not 12 digits");
  return placeholder.test(arn.resource) ? say("in which a placeholder is left") : [];
}

/** ARNs of another partition than the role's, the account's, or the first one's. */
function wrongPartitions(view: TrustView): readonly Observation[] {
  const { access, surroundings } = view;
  const arns = arnsOf(view);
  const own = access.arn === null ? null : parseArn(access.arn);
  const [first] = arns;
  return arns.flatMap(({ text, origin, name }) => {
    const arn = parseArn(text);
    if (arn === null) return [];
    const account = surroundings.accounts.find((a) => a.id === arn.account);
    const expected =
      own?.partition ?? account?.partition ?? parseArn(first?.text ?? "")?.partition ?? arn.partition;
    if (!partitions.some((p) => p === arn.partition))
      return [
        {
          message: `${name} names ${quote(text)}, whose partition is none of ${partitions.join(", ")}`,
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
        message: `${name} names ${quote(text)} of partition ${arn.partition}; ${why} is ${quote(expected)}: nobody can log in through it`,
        origin,
      },
    ];
  });
}

/** Providers of another account than the role's, and those of issuers that nobody has declared. */
function strangeProviders(view: TrustView): readonly Observation[] {
  const { access, surroundings } = view;
  const arns = arnsOf(view).filter(({ text }) => parseArn(text)?.resource.startsWith("oidc-provider/"));
  const own = access.arn === null ? null : (parseArn(access.arn)?.account ?? null);
  const first = parseArn(arns[0]?.text ?? "")?.account ?? "";
  return arns.flatMap(({ text, origin, name }) => {
    const account = parseArn(text)?.account ?? "";
    const declared = own === null && surroundings.accounts.length > 0;
    const known = declared ? surroundings.accounts.some((a) => a.id === account) : account === (own ?? first);
    if (/^[0-9]{12}$/.test(account) && !known) {
      const other = declared
        ? "no account of the manifest"
        : `not ${own === null ? "that of the first" : "the role's"}`;
      return [
        {
          message: `${name} trusts ${quote(text)} of account ${account}, ${other}: an identity provider works in its own account only`,
          origin,
        },
      ];
    }
    return undeclared(view, text, name).map((message) => ({ message, origin }));
  });
}

function undeclared({ statements, surroundings }: TrustView, arn: string, name: string): readonly string[] {
  const { installations } = surroundings;
  const issuer = statements.flatMap((s) => s.issuers).find((i) => i.principal === arn);
  if (!issuer || installations.length === 0 || issuer.foreign || issuer.installations.length > 0) return [];
  const known = [...new Set(installations.map((i) => i.providerName))].join(", ");
  return [
    `${name} trusts the issuer ${quote(issuer.providerName)}, which is not declared; declared: ${known}`,
  ];
}

/** Rules about the shape of a policy that exists already, and about whom a trust policy names. */
export const structureRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "T01",
    severity: "error",
    title: "not a policy that IAM reads",
    why: "IAM refuses the document; if a key stands twice, it keeps one of the two and does not say which",
    remedy: "write each element once, as the policy grammar has it",
    trust: (view) => [...shape(view), ...view.statements.flatMap(strangeOperators), ...otherKind(view, true)],
    role: documents((policy) => [
      ...shape(policy),
      ...otherKind(policy, false),
      ...mistakes("T01", policy),
      ...elements(policy),
    ]),
  },
  {
    id: "T02",
    severity: "error",
    title: "Version is missing or not 2012-10-17",
    why: "escapes like ${*} and variables are then literal text: conditions mean something else",
    remedy: 'write "Version": "2012-10-17"',
    trust: (view) => version(view, true),
    role: documents((policy) => version(policy, false)),
  },
  {
    id: "T03",
    severity: "error",
    title: "a Sid that IAM refuses",
    why: "IAM refuses the document",
    remedy: "give each statement its own Sid of letters and digits, or none",
    trust: sids,
    role: documents(sids),
  },
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
    id: "T05",
    severity: "error",
    title: "Resource in a trust policy",
    why: "IAM refuses the document",
    remedy: "remove it",
    trust: each(resources),
  },
  {
    id: "T06",
    severity: "error",
    title: "an OpenID Connect provider with another action than sts:AssumeRoleWithWebIdentity",
    why: "nobody can log in through it, or sessions get tags that nobody has vouched for",
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
    id: "T65",
    severity: "error",
    title: "characters that IAM refuses",
    why: "IAM takes U+0020 to U+00FF, TAB, LF and CR only, and refuses the document",
    remedy: "write the text percent-encoded, as the URL has it",
    trust: each(foreignCharacters),
  },
]);
