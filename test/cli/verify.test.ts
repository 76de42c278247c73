import { createHmac, generateKeyPairSync, sign as signBytes, type KeyObject } from "node:crypto";
import { command, inTemporaryFolder, write } from "../support/folder";
import { acmeIssuer, payload, signatureText, tokenOf } from "../support/login";
import { manifest } from "../support/project";

inTemporaryFolder();

const app = "https://github.com/acme/app";
const discoveryUrl = `${acmeIssuer}/.well-known/openid-configuration`;
const keysUrl = `${acmeIssuer}/keys`;

interface Key {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  readonly jwk: Readonly<Record<string, unknown>>;
}

function rsaKey(kid: string): Key {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    privateKey,
    publicKey,
    jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" },
  };
}

const ours = rsaKey("id-1");
const rotated = rsaKey("id-2");
/** Another key that says it is the first one. */
const theirs = rotated;

beforeEach(() => {
  write({ "manifest.yaml": manifest(`repos:\n  - url: ${app}`) });
});

/** A token of the workspace of `app`, signed for real. */
function sign(key: Key, kid = "id-1", replaced: Readonly<Record<string, unknown>> = {}): string {
  const unsigned = tokenOf(payload(app, replaced), { alg: "RS256", kid }).replace(/[^.]*$/, "");
  return (
    unsigned + signBytes("sha256", Buffer.from(unsigned.slice(0, -1)), key.privateKey).toString("base64url")
  );
}

/** What is on the network, by URL: a JSON body, or what makes a response or throws. */
type Network = Readonly<Record<string, unknown>>;
const network = (jwks: unknown = { keys: [rotated.jwk, ours.jwk] }): Network => ({
  [discoveryUrl]: { issuer: acmeIssuer, jwks_uri: keysUrl },
  [keysUrl]: jwks,
});

async function verify(token: string, pages: Network, argv: readonly string[] = []) {
  const asked: string[] = [];
  const fake: typeof fetch = (input, init) => {
    const url = typeof input === "string" ? input : "a URL that is no text";
    asked.push(url);
    expect(init).toMatchObject({ redirect: "error", signal: expect.any(AbortSignal) as AbortSignal });
    const page = pages[url];
    if (typeof page === "function") return Promise.resolve().then(page as () => Response);
    return Promise.resolve(page === undefined ? new Response("", { status: 404 }) : Response.json(page));
  };
  const result = await command(
    ["explain", "--token", "-", "--verify", ...argv],
    {},
    { stdin: token, fetch: fake },
  );
  const [, , signature = signatureText] = token.trim().split(".");
  if (signature !== "") expect(result.stdout + result.stderr).not.toContain(signature);
  expect(result.stdout + result.stderr).not.toMatch(/eyJ\w/);
  return { ...result, asked };
}

function fail(error: unknown): never {
  throw error;
}

describe("--verify", () => {
  it("says that the signature is right, by the keys of the issuer's discovery document", async () => {
    const { status, stdout, asked } = await verify(`${sign(ours)}\n`, network());
    expect([status, asked]).toEqual([0, [discoveryUrl, keysUrl]]);
    expect(stdout).toContain("signature valid, by the keys of the manifest's issuer");
    expect((await verify(sign(rotated, "id-2"), network())).status).toBe(0);
  });

  it("still refuses a signed token that no role admits", async () => {
    const token = sign(ours, "id-1", { sub: `${app}/pull/7` });
    expect((await verify(token, network())).status).toBe(1);
  });

  it("gives no verdict on a token that another key has signed, with the same kid", async () => {
    const { status, stdout, stderr } = await verify(sign(theirs), network());
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("the signature is wrong");
  });

  it("gives none where one character of a claim is changed", async () => {
    const [header = "", , signature = ""] = sign(ours).split(".");
    const changed = Buffer.from(JSON.stringify(payload(`${app}x`))).toString("base64url");
    expect((await verify(`${header}.${changed}.${signature}`, network())).stderr).toContain("is wrong");
    expect((await verify(`${header}.${changed}.`, network())).status).toBe(2);
  });

  it("gives none where no key has the token's kid, and says that keys change", async () => {
    const { status, stderr } = await verify(sign(theirs, "id-3"), network());
    expect(status).toBe(2);
    expect(stderr).toContain("none of the keys that");
    expect(stderr).toContain("changes its keys often");
  });

  it("is fooled neither by alg none nor by HS256 with the public key for a secret", async () => {
    const none = await verify(tokenOf(payload(app), { alg: "none", kid: "id-1" }), network());
    expect([none.status, none.asked]).toEqual([2, []]);
    const secret = ours.publicKey.export({ format: "pem", type: "spki" });
    const unsigned = tokenOf(payload(app), { alg: "HS256", kid: "id-1" }).replace(/\.[^.]*$/, "");
    const confused = `${unsigned}.${createHmac("sha256", secret).update(unsigned).digest("base64url")}`;
    const oct = { kty: "oct", kid: "id-1", k: Buffer.from(secret).toString("base64url"), alg: "HS256" };
    const { status, asked } = await verify(confused, network({ keys: [oct, ours.jwk] }));
    expect([status, asked]).toEqual([2, []]);
  });

  it("takes no key of another type or algorithm than the token's", async () => {
    const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
    for (const keys of [
      [{ ...ec, kid: "id-1" }],
      [{ ...ours.jwk, use: "enc" }],
      [{ ...ours.jwk, alg: "RS512" }],
      [],
    ])
      expect((await verify(sign(ours), network({ keys }))).status).toBe(2);
  });

  it("never asks an issuer that the manifest does not name, whatever the token says", async () => {
    const evil = "https://evil.example/idp";
    const token = sign(theirs, "id-1", { iss: evil });
    const pages = {
      [`${evil}/.well-known/openid-configuration`]: { issuer: evil, jwks_uri: `${evil}/keys` },
      [`${evil}/keys`]: { keys: [theirs.jwk] },
    };
    const { status, stderr, asked } = await verify(token, pages);
    expect([status, asked]).toEqual([2, []]);
    expect(stderr).toContain("the token's issuer is none of the manifest's");
  });

  it.each([
    ["on another host", "https://evil.example/keys"],
    ["on a host that begins alike", "https://api.acme.gitpod.cloud.evil.example/keys"],
    ["on another port", "https://api.acme.gitpod.cloud:8443/keys"],
    ["without TLS", "http://api.acme.gitpod.cloud/idp/keys"],
    ["in a file", "file:///etc/passwd"],
    ["nowhere", undefined],
    ["in a list", [keysUrl]],
    ["in no URL", "keys"],
  ])("fetches no keys %s", async (_, jwks_uri) => {
    const pages = { ...network(), [discoveryUrl]: { issuer: acmeIssuer, jwks_uri } };
    const { status, stderr, asked } = await verify(sign(ours), pages);
    expect([status, asked]).toEqual([2, [discoveryUrl]]);
    expect(stderr).toContain("names no keys on its own host");
  });

  it("takes no discovery document of another issuer", async () => {
    for (const issuer of ["https://services.acme.gitpod.cloud/idp", undefined]) {
      const pages = { ...network(), [discoveryUrl]: { issuer, jwks_uri: keysUrl } };
      expect((await verify(sign(ours), pages)).stderr).toContain("is that of another issuer");
    }
  });

  it.each<[string, () => Response]>([
    ["cannot be reached", () => fail(new TypeError("fetch failed"))],
    ["does not answer in time", () => fail(new DOMException("timeout", "TimeoutError"))],
    ["answers 500", () => new Response("", { status: 500 })],
    ["sends no JSON", () => new Response("<html>")],
    ["sends nothing", () => new Response(null)],
    ["sends 2 MiB", () => new Response(`{"a":"${"x".repeat(2_097_152)}"}`)],
  ])("says so where the issuer %s, for the document and for the keys", async (_, page) => {
    for (const url of [discoveryUrl, keysUrl]) {
      const { status, stdout, stderr } = await verify(sign(ours), { ...network(), [url]: page });
      expect([status, stdout]).toEqual([2, ""]);
      expect(stderr).toContain(
        `${url} cannot be read, or not within 10 seconds: the signature is not checked`,
      );
    }
  });

  it.each([[null], [{}], [{ keys: {} }], [{ keys: [null] }], [{ keys: [{}] }], [[]]])(
    "says so where the keys are no key set: %j",
    async (jwks) => {
      const { status, stderr } = await verify(sign(ours), network(jwks));
      expect(status).toBe(2);
      expect(stderr).toMatch(/holds no key set/);
    },
  );

  it("gives none where a key is broken", async () => {
    const { status } = await verify(sign(ours), network({ keys: [{ ...ours.jwk, n: "AQAB" }] }));
    expect(status).toBe(2);
  });
});
