import type { AccessModel } from "../model/accessModel";
import { issuersOf } from "../model/issuer";
import { CommandError } from "./commandError";
import type { CommandIo } from "./io";

/** As much of a JSON Web Key Set as is looked at here. */
interface KeySet {
  readonly keys: { readonly kty: string }[];
}

const timeoutSeconds = 10;
const largestDocument = 1_048_576;

/**
 * Checks a token's signature against the keys of the manifest's issuer: never against those of an issuer that only
 * the token names.
 * @throws CommandError - where the issuer is not the manifest's, its keys cannot be fetched, or the signature is wrong
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
  const code = typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
  switch (code) {
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
    case "ERR_JWKS_INVALID":
      return new CommandError(`${issuer} holds no key set`, "ask those who run the installation");
    default:
      return new CommandError(
        `the signature cannot be checked with the keys of ${issuer}`,
        "get a new token with gp idp token",
      );
  }
}

/** The issuer's key set, by its discovery document; both must come from the issuer's own host. */
async function fetchKeys(issuer: string, io: CommandIo): Promise<KeySet> {
  const remedy = "ask those who run the installation";
  const configuration = await fetchJson(`${issuer}/.well-known/openid-configuration`, io);
  if (field(configuration, "issuer") !== issuer)
    throw new CommandError(`the discovery document of ${issuer} is that of another issuer`, remedy);
  const uri = field(configuration, "jwks_uri");
  if (typeof uri !== "string" || !URL.canParse(uri) || new URL(uri).origin !== new URL(issuer).origin)
    throw new CommandError(`the discovery document of ${issuer} names no keys on its own host`, remedy);
  const keys = await fetchJson(uri, io);
  if (isKeySet(keys)) return keys;
  throw new CommandError(`${uri} holds no key set`, remedy);
}

async function fetchJson(url: string, io: CommandIo): Promise<unknown> {
  try {
    const response = await io.fetch(url, {
      signal: AbortSignal.timeout(timeoutSeconds * 1000),
      redirect: "error",
    });
    if (!response.ok || response.body === null) throw new Error(String(response.status));
    return JSON.parse(await limitedText(response.body)) as unknown;
  } catch {
    throw new CommandError(
      `${url} cannot be read, or not within ${timeoutSeconds} seconds: the signature is not checked`,
      "look at the network from here to the installation, or run explain without --verify",
    );
  }
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

function field(value: unknown, key: string): unknown {
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function isKeySet(value: unknown): value is KeySet {
  const keys = field(value, "keys");
  return Array.isArray(keys) && keys.every((key) => typeof field(key, "kty") === "string");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
