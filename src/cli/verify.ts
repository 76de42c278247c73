import { own, readJson } from "../documents/json";
import type { AccessModel } from "../model/accessModel";
import { issuersOf } from "../model/issuer";
import { CommandError } from "./commandError";
import { errorCode } from "./files";
import type { CommandIo } from "./io";

const timeoutSeconds = 10;
const largestDocument = 1_048_576;

/**
 * Checks a token's signature against the keys of the manifest's issuer: never of one that only the token names.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation
 */
export async function verifyToken(
  token: string,
  issuer: string,
  model: AccessModel,
  io: CommandIo,
): Promise<void> {
  const declared = model.installations.flatMap(issuersOf).find((i) => i.issuer === issuer);
  if (!declared) {
    throw new CommandError(
      "the signature is not checked: the token's issuer is none of the manifest's, and its keys would prove nothing",
      "run explain without --verify: it says which installation comes near",
    );
  }
  const keys = await fetchKeys(declared.issuer, io);
  const { createLocalJWKSet, compactVerify } = await import("jose");
  try {
    await compactVerify(token.trim(), createLocalJWKSet(keys), {
      algorithms: ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
    });
  } catch (error) {
    throw signatureError(error, declared.issuer);
  }
}

function signatureError(error: unknown, issuer: string): CommandError {
  switch (errorCode(error)) {
    case "ERR_JWS_SIGNATURE_VERIFICATION_FAILED":
      return new CommandError(
        `the signature is wrong: ${issuer} has not signed this token`,
        "get a new one with gp idp token; if that fails as well, somebody changes or forges tokens",
      );
    case "ERR_JWKS_NO_MATCHING_KEY":
      return new CommandError(
        `none of the keys that ${issuer} has now signed this token`,
        "get a new one with gp idp token: Gitpod changes its keys often; if that fails as well, it is forged",
      );
    default:
      return new CommandError(
        `the signature cannot be checked with the keys of ${issuer}`,
        "get a new token with gp idp token",
      );
  }
}

/** The issuer's key set, by its discovery document; both must come from the issuer's own host. */
async function fetchKeys(issuer: string, io: CommandIo): Promise<{ keys: { kty: string }[] }> {
  const refuse = (problem: string) => new CommandError(problem, "ask those who run the installation");
  const configuration = await fetchJson(`${issuer}/.well-known/openid-configuration`, io);
  if (own(configuration, "issuer") !== issuer)
    throw refuse(`the discovery document of ${issuer} is that of another issuer`);
  const uri = own(configuration, "jwks_uri");
  if (typeof uri !== "string" || !URL.canParse(uri) || new URL(uri).origin !== new URL(issuer).origin)
    throw refuse(`the discovery document of ${issuer} names no keys on its own host`);
  const keys = own(await fetchJson(uri, io), "keys");
  if (!Array.isArray(keys) || !keys.every((key) => typeof own(key, "kty") === "string"))
    throw refuse(`${uri} holds no key set`);
  return { keys: keys as { kty: string }[] };
}

async function fetchJson(url: string, io: CommandIo): Promise<unknown> {
  const signal = AbortSignal.timeout(timeoutSeconds * 1000);
  const text = await io
    .fetch(url, { signal, redirect: "error" })
    .then((response) => (response.ok && response.body !== null ? limitedText(response.body) : ""))
    .catch(() => "");
  const { value } = readJson(text);
  if (value !== undefined) return value;
  throw new CommandError(
    `${url} cannot be read, or not within ${timeoutSeconds} seconds: the signature is not checked`,
    "look at the network from here to the installation, or run explain without --verify",
  );
}

async function limitedText(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > largestDocument) throw new Error("too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
