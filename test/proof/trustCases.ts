import fc from "fast-check";
import type { Condition, PolicyDocument, Statement } from "../../src/model/policyDocument";
import type { TrustRequest } from "../../src/policy";

/*
 * Trust policies of any shape, and requests near them: values of a policy are made out of those of a request, so that
 * they match, or nearly match, more often than not.
 */

/** A policy, and requests that are alike but for a value. */
export interface TrustCase {
  readonly policy: PolicyDocument;
  readonly requests: readonly TrustRequest[];
}

type Values = Readonly<Record<string, readonly string[]>>;

const federated = "arn:aws:iam::123456789012:oidc-provider/p.example/idp";

/** Keys by the kind of operator that suits them, with values that they may have. `p` is the provider's name. */
const texts: Values = {
  "p:sub": [
    "https://h/acme/app",
    "https://h/acme/app/tree/a*b",
    "https://h/acme/${x}?y",
    "no-context",
    "a$b\n*",
  ],
  "p:aud": ["sts.amazonaws.com", "vault"],
  "p:email": ["jo@acme.com", "JO@acme.com"],
};
const lists: Values = { "p:amr": ["a", "b", "*"] };
const dates: Values = {
  "aws:CurrentTime": ["2026-06-01T12:00:00Z", "2026-06-01T14:00:00+02:00", "2026-06-01"],
  "aws:EpochTime": ["1780315200", "1780315201"],
};
const numbers: Values = { "x:count": ["7", "7.0", "-1", "08", "0x7"] };
const addresses: Values = {
  "aws:SourceIp": ["203.0.113.7", "203.0.113.255", "2001:db8::1", "2001:db8:0:0:1::", "10.0.0.1"],
};
const truths: Values = { "aws:SecureTransport": ["true", "false", "True"] };
const arns: Values = {
  "aws:PrincipalArn": ["arn:aws:iam::123456789012:role/team/x", "arn:aws:iam::123456789012:role/a:b", "none"],
};
const allKeys: Values = { ...texts, ...lists, ...dates, ...numbers, ...addresses, ...truths, ...arns };

const of = (...names: string[]): fc.Arbitrary<string> => fc.constantFrom(...names);
const rarely = { weight: 1 };
const mostly = { weight: 6 };

/** A request's keys and values; each may be missing, some have several values. */
const context: fc.Arbitrary<ReadonlyMap<string, readonly string[]>> = fc
  .tuple(
    ...Object.entries(allKeys).map(([key, values]) =>
      fc
        .oneof(
          { ...mostly, arbitrary: of(...values).map((v) => [v]) },
          { ...rarely, arbitrary: fc.constant<string[]>([]) },
          ...(key === "p:amr" ? [{ ...mostly, arbitrary: fc.subarray([...values]) }] : []),
        )
        .map((drawn) => [key.toLowerCase(), drawn] as const),
    ),
  )
  .map((entries) => new Map(entries.filter(([, values]) => values.length > 0)));

/** Ways to write a policy's value near a text: the same, a wildcard in it, other case, escaped, a variable. */
const textual: readonly ((s: string, at: number) => string)[] = [
  (s) => s,
  (s) => s.replace(/[*?$]/g, (c) => `\${${c}}`),
  (s, at) => `${s.slice(0, at)}*`,
  (s, at) => `*${s.slice(at)}`,
  (s, at) => `${s.slice(0, at)}?${s.slice(at + 1)}`,
  (s, at) => `${s.slice(0, at)}*${s.slice(at + 2)}?`,
  (s, at) => s.slice(0, at) + s.slice(at).toUpperCase(),
  (s) => `${s}x`,
  (s) => s.slice(1),
  (s, at) => `${s.slice(0, at)}\${*}${s.slice(at)}`,
  () => "${p:sub}",
  () => "${P:SUB}*",
  (s) => `\${p:none, '${s.replaceAll("'", "")}'}`,
  () => "${p:amr}",
  () => "${p:none}",
  () => "${",
  () => "*",
  () => "",
];

const fixed: Readonly<Record<string, readonly string[]>> = {
  date: [
    ...["2026-06-01T12:00:00Z", "2026-06-01T11:59:59Z", "2026-06-01T12:00:01Z", "2026-06-01T14:00:00+02:00"],
    ...["2026-06-01", "1780315200", "1780315199", "soon", ""],
  ],
  number: ["7", "7.0", "6", "8.5", "-1", "", "x"],
  address: [
    ...["203.0.113.0/24", "203.0.113.7", "203.0.113.7/31", "10.0.0.0/8", "0.0.0.0/0", "203.0.113.0/33"],
    ...[
      "2001:db8::/32",
      "2001:db8::1",
      "::/0",
      "2001:db8::/129",
      "203.0.113.0/",
      "x",
      "::1/64",
      "10.0.0.0/8/9",
    ],
  ],
  truth: ["true", "false", "TRUE", "yes"],
  arn: [
    ...["arn:aws:iam::123456789012:role/team/x", "arn:aws:iam::*:role/*", "arn:*:role/team/x", "*"],
    ...[
      "arn:aws:iam::123456789012:role/a:?",
      "arn:aws:iam::${p:aud}:role/*",
      "arn:*:*:*:*:*",
      "arn:aws:iam:::x",
    ],
  ],
};

/** The values of a policy for a key whose values come from these. */
function expectedNear(values: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(of(...values), fc.constantFrom(...textual), fc.nat(30))
    .map(([value, way, at]) => way(value, at % (value.length + 1)));
}

const stringOperators = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];
const compared = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];

interface Family {
  readonly keys: Values;
  readonly operators: readonly string[];
  /** Of the values of a policy; null where they are made from those of the key. */
  readonly written: string | null;
}
const families: readonly Family[] = [
  { keys: texts, operators: stringOperators, written: null },
  {
    keys: texts,
    operators: ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "BinaryEquals"],
    written: null,
  },
  { keys: lists, operators: stringOperators, written: null },
  { keys: dates, operators: compared.map((c) => `Date${c}`), written: "date" },
  { keys: numbers, operators: compared.map((c) => `Numeric${c}`), written: "number" },
  { keys: addresses, operators: ["IpAddress", "NotIpAddress"], written: "address" },
  { keys: truths, operators: ["Bool"], written: "truth" },
  { keys: arns, operators: ["ArnLike", "ArnEquals", "ArnNotLike", "ArnNotEquals"], written: "arn" },
  { keys: { ...allKeys, "p:none": ["x"] }, operators: ["Null"], written: "truth" },
  { keys: allKeys, operators: ["StringSounds", "stringequals"], written: null },
];

const caseOf = (name: string): fc.Arbitrary<string> =>
  fc.oneof({ ...mostly, arbitrary: fc.constant(name) }, { ...rarely, arbitrary: of(name.toUpperCase()) });

/** One operator with one key and one to three values. */
const condition: fc.Arbitrary<readonly [operator: string, key: string, values: string | readonly string[]]> =
  fc.constantFrom(...families, ...families.slice(0, 3), ...families.slice(0, 3)).chain((family) =>
    of(...Object.keys(family.keys)).chain((key) => {
      const written = family.written === null ? undefined : fixed[family.written];
      const value = written ? of(...written) : expectedNear(family.keys[key] ?? ["x"]);
      const plain = family.operators.includes("Null");
      return fc.tuple(
        plain
          ? of("Null")
          : fc
              .tuple(
                of("", "", "", "ForAllValues:", "ForAnyValue:"),
                of(...family.operators),
                of("", "", "", "IfExists"),
              )
              .chain((parts) => caseOf(parts.join(""))),
        caseOf(key),
        fc.oneof(value, fc.array(value, { maxLength: 3 })),
      );
    }),
  );

const principal = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ Principal: { Federated: federated } }) },
  {
    ...rarely,
    arbitrary: fc.constantFrom<Partial<Statement>>(
      { Principal: "*" },
      { Principal: { AWS: "*" } },
      { Principal: { AWS: federated } },
      { Principal: { Federated: "*" } },
      { Principal: { Federated: ["arn:aws:iam::1:oidc-provider/other", federated] } },
      { Principal: { Federated: "arn:aws:iam::1:oidc-provider/other" } },
      { NotPrincipal: { Federated: federated } },
      { NotPrincipal: { Federated: "other" } },
      {},
    ),
  },
);
const action = fc.oneof(
  { weight: 12, arbitrary: fc.constant({ Action: "sts:AssumeRoleWithWebIdentity" }) },
  {
    ...rarely,
    arbitrary: fc.constantFrom<Partial<Statement>>(
      { Action: "*" },
      { Action: "STS:assumerolewith*" },
      { Action: ["sts:AssumeRole", "sts:TagSession"] },
      { Action: "sts:AssumeRoleWithWebIdentit??" },
      { NotAction: "sts:AssumeRole" },
      { NotAction: "sts:*" },
      {},
    ),
  },
);

const statement: fc.Arbitrary<Statement> = fc
  .tuple(
    fc.constantFrom<Statement["Effect"]>("Allow", "Allow", "Allow", "Allow", "Deny"),
    principal,
    action,
    fc.oneof(
      fc.array(condition, { maxLength: 3 }),
      condition.map((one) => [one]),
    ),
  )
  .map(([Effect, who, what, conditions]) => {
    const Condition: Record<string, Record<string, string | readonly string[]>> = {};
    for (const [operator, key, values] of conditions) (Condition[operator] ??= {})[key] = values;
    const written: { Condition?: Condition } = conditions.length === 0 ? {} : { Condition };
    return { Effect, ...who, ...what, ...written };
  });

/** A policy of one to three statements, and as many requests as asked for. */
export function trustCase(requests: number): fc.Arbitrary<TrustCase> {
  return fc
    .tuple(
      fc.array(statement, { minLength: 1, maxLength: 3 }),
      fc.array(context, { minLength: requests, maxLength: requests }),
    )
    .map(([Statement, contexts]) => ({
      policy: { Version: "2012-10-17", Statement },
      requests: contexts.map((c) => ({ federated, context: c })),
    }));
}
