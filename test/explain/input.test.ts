import fc from "fast-check";
import { withoutTokens } from "../../src/diagnostics";
import { readClaims, readToken, type InputResult, type LoginsResult } from "../../src/explain/input";
import { acmeIssuer, payload, signatureText, tokenOf } from "../support/login";
import { runs } from "../proof/settings";

const app = "https://github.com/acme/app";

/** The text of a problem, which must be clear and must not hold the input. */
function problemOf(result: InputResult | LoginsResult): string {
  if (result.ok) throw new Error("expected a problem");
  const text = `${result.problem}; ${result.remedy}`;
  expect(text).not.toMatch(/eyJ|c2lnbm/);
  expect(text).toMatch(/^[a-z][\x20-\x7e]{20,}[^.]$/);
  return text;
}

function factsOf(result: InputResult) {
  if (!result.ok) throw new Error(result.problem);
  return result.facts;
}

/** What each login says of claims or events, as JSON; a problem's text where one says too little. */
function loginsOf(value: unknown) {
  const read = readClaims(JSON.stringify(value));
  if (!read.ok) throw new Error(read.problem);
  return read.logins.map((login) => (login.ok ? login.facts : login.problem));
}

describe("a token", () => {
  it("gives its issuer, the claims that AWS looks at and its times, with white space around it", () => {
    const token = tokenOf(payload(app));
    expect(factsOf(readToken(` ${token}\n`))).toEqual({
      issuer: acmeIssuer,
      claims: { sub: app, aud: ["sts.amazonaws.com"], azp: "sts.amazonaws.com", email: "ada@example.com" },
      expires: 1780318800,
      issued: 1780315200,
      ...{ audienceKnown: true, sourceIp: null, at: null, role: null, event: null },
    });
  });

  const valid = payload(app);
  const nested = (depth: number) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`;
  it.each<[string, string, RegExp]>([
    ["nothing", "", /there is no token/],
    ["prose", "not a token", /this is not a token/],
    ["two parts", "eyJhbGciOiJSUzI1NiJ9.e30", /three parts/],
    ["five parts, an encrypted one", "eyJhbGciOiJSUzI1NiJ9.e30.a.b.c", /three parts/],
    [
      "a parse error of gp",
      'token contains an invalid number of segments: "eyJhbGciOiJSUzI1NiJ9"',
      /not a token/,
    ],
    ["plain base64", tokenOf(valid).replace(/.$/, "+="), /base64url/],
    ["an escape sequence", `\u001b[31m${tokenOf(valid)}`, /base64url/],
    ["1 MB", tokenOf(payload("x".repeat(1_000_000))), /more than 20000 characters/],
    ["1 MB of brackets", tokenOf("[".repeat(1_000_000)), /more than 20000 characters/],
    [
      "a payload nested 7000 deep",
      tokenOf("[".repeat(7000) + "]".repeat(7000)),
      /payload, line 1, column [0-9]+: this is nested deeper than 1000 levels/,
    ],
    ["a claim nested 1500 deep", tokenOf(nested(1500)), /nested deeper than 1000/],
    ["a payload that is not JSON", tokenOf("{"), /payload, line 1, column 2: this is not JSON/],
    ["a payload that is null", tokenOf("null"), /payload is not a JSON object/],
    ["a payload that is a list", tokenOf("[1]"), /payload is not a JSON object/],
    ["a header that is no JSON", tokenOf(valid, "x"), /header, line 1, column 1: this is not JSON/],
    ["no algorithm", tokenOf(valid, {}), /an algorithm that AWS accepts/],
    ["alg none", tokenOf(valid, { alg: "none" }), /an algorithm that AWS accepts/],
    ["alg nOnE", tokenOf(valid, { alg: "nOnE" }), /an algorithm that AWS accepts/],
    ["HS256", tokenOf(valid, { alg: "HS256" }), /an algorithm that AWS accepts/],
    ["PS256", tokenOf(valid, { alg: "PS256" }), /an algorithm that AWS accepts/],
    ["a list of algorithms", tokenOf(valid, { alg: ["RS256"] }), /an algorithm that AWS accepts/],
    ["no iss", tokenOf(payload(app, { iss: undefined })), /the claim iss is missing/],
    ["an iss that is a number", tokenOf(payload(app, { iss: 7 })), /the claim iss is not a string/],
    ["a list for sub", tokenOf(payload([app])), /the claim sub is not a string/],
    ["an object for sub", tokenOf(payload({ toString: 1 })), /the claim sub is not a string/],
    ["null for sub", tokenOf(payload(null)), /the claim sub is not a string/],
    ["a number for aud", tokenOf(payload(app, { aud: 7 })), /the claim aud is not a string/],
    ["an empty list for aud", tokenOf(payload(app, { aud: [] })), /the claim aud is not a string/],
    ["numbers in aud", tokenOf(payload(app, { aud: ["a", 7] })), /the claim aud is not a string/],
    ["a list for azp", tokenOf(payload(app, { azp: ["a"] })), /the claim azp is not a string/],
    ["a text for exp", tokenOf(payload(app, { exp: "1780315200" })), /the claim exp is not a time/],
    ["an exp beyond all calendars", tokenOf(payload(app, { exp: 1e300 })), /the claim exp is not a time/],
    ["an exp in milliseconds", tokenOf(payload(app, { exp: 1780315200000 })), /the claim exp is not a time/],
    ["a negative iat", tokenOf(payload(app, { iat: -1 })), /the claim iat is not a time/],
    ["NUL in sub", tokenOf(payload(`${app}\0`)), /the claim sub holds a control character/],
    ["ESC in sub", tokenOf(payload(`${app}\u001b[2J`)), /the claim sub holds a control character/],
    ["C1 in sub", tokenOf(payload(`${app}\u009b`)), /the claim sub holds a control character/],
    ["half a character in sub", tokenOf(payload(`${app}\ud800`)), /the claim sub holds a control character/],
    ["a line end in iss", tokenOf(payload(app, { iss: `${acmeIssuer}\n` })), /the claim iss holds a control/],
    ["a TAB in aud", tokenOf(payload(app, { aud: ["a\tb"] })), /the claim aud holds a control/],
    ["ESC in azp", tokenOf(payload(app, { azp: "\u001b" })), /the claim azp holds a control/],
    [
      "iss in __proto__",
      tokenOf(`{"__proto__":{"iss":"${acmeIssuer}"},"exp":1}`),
      /the claim iss is missing/,
    ],
    ["sub twice", tokenOf(`{"iss":"${acmeIssuer}","sub":"${app}","sub":"x"}`), /"sub" stands here twice/],
    ["sub twice, once in escapes", tokenOf(`{"iss":"i","sub":"${app}","s\\u0075b":"x"}`), /here twice/],
    [
      "bytes that are not UTF-8",
      `${tokenOf(valid).split(".")[0] ?? ""}.${Buffer.from('{"iss":"\xff"}', "latin1").toString("base64url")}.a`,
      /not UTF-8/,
    ],
  ])("that is or has %s is refused with a clear word, and never quoted", (_, token, expected) => {
    expect(problemOf(readToken(token))).toMatch(expected);
  });

  it("may have TAB or line ends in its subject, which URL parsers drop", () => {
    const { claims } = factsOf(readToken(tokenOf(payload(`${app}/.\t./x`))));
    expect(claims.sub).toBe(`${app}/.\t./x`);
  });

  it("may have the same key in different objects, and colons and brackets in texts", () => {
    const token = tokenOf(payload(app, { a: { iss: 1 }, b: [{ iss: '"}{:' }, { iss: '\\"' }] }));
    expect(factsOf(readToken(token)).claims.sub).toBe(app);
  });

  it("of any text, and any payload, never makes it throw", () => {
    let read = 0;
    const claim = fc.oneof(fc.string(), fc.double(), fc.constant(null), fc.array(fc.string()), fc.object());
    fc.assert(
      fc.property(
        fc.string(),
        fc.dictionary(fc.constantFrom("iss", "sub", "aud", "azp", "exp", "iat"), claim),
        (s, p) => {
          readToken(s);
          readClaims(s);
          if (readToken(tokenOf({ iss: "https://a.example/idp", exp: 1, ...p })).ok) read += 1;
        },
      ),
      runs(150),
    );
    expect(read).toBeGreaterThan(5);
  });
});

describe("text that is written", () => {
  it("has tokens taken out, whole or cut", () => {
    const token = tokenOf(payload(app));
    const [header = "", body = ""] = token.split(".");
    for (const piece of [token, `${header}.${body}`, `${header}.`, `${header}.${body}.`])
      expect(withoutTokens(`<${piece}>`)).toBe("<(a token)>");
    expect(withoutTokens(`${app} eyJ.`)).toBe(`${app} eyJ.`);
  });
});

describe("claims", () => {
  const event = {
    eventVersion: "1.08",
    userIdentity: {
      type: "WebIdentityUser",
      principalId: `arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp:sts.amazonaws.com:${app}/tree/a:b`,
      userName: `${app}/tree/a:b`,
      identityProvider: "arn:aws:iam::123456789012:oidc-provider/api.acme.gitpod.cloud/idp",
    },
    eventTime: "2026-05-31T23:59:59Z",
    eventSource: "sts.amazonaws.com",
    eventName: "AssumeRoleWithWebIdentity",
    sourceIPAddress: "198.51.100.7",
    errorCode: "AccessDenied",
    requestParameters: { roleArn: "arn:aws:iam::123456789012:role/acme-acme-app", roleSessionName: "w-1" },
  };
  const other = { ...event, eventName: "GetCallerIdentity" };
  const fine = { ...event, errorCode: undefined, sourceIPAddress: "203.0.113.1" };
  const ofEvent = {
    issuer: acmeIssuer,
    claims: { sub: `${app}/tree/a:b`, aud: "sts.amazonaws.com" },
    ...{ audienceKnown: true, expires: null, issued: null },
    ...{ sourceIp: "198.51.100.7", at: "2026-05-31T23:59:59.000Z" },
    role: "arn:aws:iam::123456789012:role/acme-acme-app",
    event: { number: 1, count: 1, error: "AccessDenied" },
  };

  it("are the payload, or what gp idp token --decode prints", () => {
    const facts = factsOf(readToken(tokenOf(payload(app))));
    expect(loginsOf(payload(app))).toEqual([facts]);
    const decoded = { Header: { alg: "RS256" }, Payload: payload(app) };
    expect(loginsOf(decoded)).toEqual([facts]);
  });

  it.each([
    ["alone", event],
    ["in a log file, behind others", { Records: [other, event] }],
    ["of lookup-events", { Events: [{ EventName: "x", CloudTrailEvent: JSON.stringify(event) }] }],
    ["taken out of those", { CloudTrailEvent: JSON.stringify(event) }],
  ])("may be a CloudTrail event %s", (_, value) => {
    expect(loginsOf(value)).toEqual([ofEvent]);
  });

  it.each([
    ["a log file", (events: readonly object[]) => ({ Records: events })],
    [
      "lookup-events",
      (events: readonly object[]) => ({
        Events: events.map((e) => ({ CloudTrailEvent: JSON.stringify(e) })),
      }),
    ],
  ])("of %s are those of all its logins, in their order, and say which they are", (_, file) => {
    const anonymous = { ...event, userIdentity: { type: "Unknown" } };
    expect(loginsOf(file([fine, other, event, anonymous]))).toEqual([
      { ...ofEvent, sourceIp: "203.0.113.1", event: { number: 1, count: 3, error: null } },
      { ...ofEvent, event: { number: 2, count: 3, error: "AccessDenied" } },
      "the event does not say identity provider and subject",
    ]);
  });

  it("of an event say nothing of what the event does not say", () => {
    const bare = {
      eventName: event.eventName,
      userIdentity: { ...event.userIdentity, principalId: "x" },
      sourceIPAddress: "sts.amazonaws.com",
    };
    expect(loginsOf(bare)).toEqual([
      {
        ...{ ...ofEvent, claims: { sub: `${app}/tree/a:b` }, audienceKnown: false },
        ...{ sourceIp: null, at: null, role: null, event: { number: 1, count: 1, error: null } },
      },
    ]);
  });

  it.each<[string, string, RegExp]>([
    ["no JSON", "sub: x", /the claims, line 1, column 1: this is not JSON/],
    ["a list", "[]", /not a JSON object/],
    ["nested 100000 deep", `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`, /nested deeper/],
    ["a token", tokenOf(payload(app)), /this is a token/],
    ["claims without iss", '{"sub":"x"}', /the claim iss is missing/],
    ["a log file without logins", JSON.stringify({ Records: [other] }), /no event here/],
    ["an empty log file", JSON.stringify({ Records: [] }), /no event here/],
    ["an event of something else", JSON.stringify(other), /no event here/],
    ["an event without identity", JSON.stringify({ eventName: event.eventName }), /does not say/],
    [
      "an event with ESC",
      JSON.stringify({ ...event, userIdentity: { ...event.userIdentity, userName: "\u001b" } }),
      /control character/,
    ],
  ])("that are %s are refused with a clear word", (_, text, expected) => {
    const read = readClaims(text);
    const [first = read] = read.ok ? read.logins : [];
    expect(problemOf(first)).toMatch(expected);
  });

  it("hold no secret of the token they are of", () => {
    expect(JSON.stringify(readToken(tokenOf(payload(app))))).not.toContain(signatureText);
  });
});
