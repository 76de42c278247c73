import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer, request as callMoto } from "node:http";
import { pipeline } from "node:stream/promises";
import type { PolicyDocument } from "../../src/model/policyDocument";
import { type Claims, type TrustRequest, evaluateTrust, webIdentityContext } from "../../src/policy";
import { type Issuer, bodyOf } from "./issuer";

/** An endpoint of all of AWS whose AssumeRoleWithWebIdentity decides as the real one does. */
export interface Sts {
  /** What AWS_ENDPOINT_URL is set to. */
  readonly endpoint: string;
  /** The token of every login that was admitted, in their order. */
  readonly logins: readonly string[];
  /** From now on says of every session that it ends after so many seconds. */
  shortenSessions(seconds: number): void;
  stop(): Promise<void>;
}

/** Whether a trust policy admits a request. */
export type Decide = (policy: PolicyDocument, request: TrustRequest) => boolean;

interface Backend {
  readonly moto: string;
  readonly issuers: readonly Issuer[];
  readonly decide: Decide;
  readonly logins: string[];
  /** What sessions are said to last; null: as moto says. */
  sessionSeconds: number | null;
}

/** An answer of AWS that is an error. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/**
 * Starts a proxy in front of moto, which itself admits everybody to every role. The proxy verifies the token with
 * the issuer's keys, finds the account's identity provider and the role in moto's IAM, and evaluates the role's
 * trust policy; who is admitted, and every other call, goes on to moto. It reads moto's IAM without credentials of
 * its own, so that moto's enforcement of permissions must be off while somebody logs in.
 */
export async function startSts(
  moto: string,
  issuers: readonly Issuer[],
  decide: Decide = admits,
): Promise<Sts> {
  const backend: Backend = { moto, issuers, decide, logins: [], sessionSeconds: null };
  const server = createServer((request, response) => {
    answer(backend, request, response).catch((error: unknown) => {
      if (error instanceof Refusal) refuse(response, error);
      else response.writeHead(500).end(String(error));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    logins: backend.logins,
    shortenSessions(seconds) {
      backend.sessionSeconds = seconds;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function admits(policy: PolicyDocument, request: TrustRequest): boolean {
  return evaluateTrust(policy, request).allowed;
}

async function answer(backend: Backend, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const isForm = request.headers["content-type"]?.startsWith("application/x-www-form-urlencoded") === true;
  const form = new URLSearchParams(isForm ? body.toString() : "");
  const isLogin = form.get("Action") === "AssumeRoleWithWebIdentity";
  if (isLogin) await authorize(backend, form);

  // Headers go on as they are: what signed the request covers them, the host included.
  const options = { method: request.method ?? "GET", headers: request.headers };
  const forwarded = await new Promise<IncomingMessage>((resolve, reject) => {
    callMoto(new URL(request.url ?? "/", backend.moto), options, resolve)
      .on("error", reject)
      .end(body);
  });
  if (isLogin && backend.sessionSeconds !== null) {
    const end = new Date(Date.now() + backend.sessionSeconds * 1000).toISOString();
    const text = (await bodyOf(forwarded)).replace(/(<Expiration>)[^<]*/, `$1${end}`);
    response.writeHead(forwarded.statusCode ?? 502, { "content-type": "text/xml" }).end(text);
    return;
  }
  response.writeHead(forwarded.statusCode ?? 502, forwarded.headers);
  await pipeline(forwarded, response);
}

async function authorize({ moto, issuers, decide, logins }: Backend, form: URLSearchParams): Promise<void> {
  const roleArn = form.get("RoleArn") ?? "";
  const [, partition, account, roleName] =
    /^arn:([a-z-]+):iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn) ?? [];
  if (partition === undefined || account === undefined || roleName === undefined)
    throw new Refusal(400, "ValidationError", "Request ARN is invalid");
  const token = await verified(issuers, form.get("WebIdentityToken") ?? "");
  const provider = token.issuer.replace(/^https?:\/\//, "");
  const federated = `arn:${partition}:iam::${account}:oidc-provider/${provider}`;

  const iam = await accountIam(moto, account);
  const registered = await iam("GetOpenIDConnectProvider", { OpenIDConnectProviderArn: federated });
  if (registered === null)
    throw new Refusal(
      400,
      "InvalidIdentityToken",
      `No OpenIDConnect provider found in your account for ${token.issuer}`,
    );
  const clients = [...registered.matchAll(/<member>([^<]*)<\/member>/g)].map(([, client]) => client);
  const context = webIdentityContext(provider, token.claims, {
    now: new Date().toISOString(),
    sourceIp: "127.0.0.1",
  });
  const audience = context.get(`${provider}:aud`.toLowerCase())?.[0];
  if (!clients.includes(audience)) throw new Refusal(400, "InvalidIdentityToken", "Incorrect token audience");

  const role = await iam("GetRole", { RoleName: roleName });
  const document = role === null ? undefined : element(role, "AssumeRolePolicyDocument");
  if (document === undefined || !decide(JSON.parse(document) as PolicyDocument, { federated, context }))
    throw new Refusal(403, "AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
  const longest = Number(element(role ?? "", "MaxSessionDuration") ?? "3600");
  if (Number(form.get("DurationSeconds") ?? "3600") > longest)
    throw new Refusal(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  logins.push(form.get("WebIdentityToken") ?? "");
}

/** The token's claims, once its issuer's published keys have verified it. */
async function verified(
  issuers: readonly Issuer[],
  token: string,
): Promise<{ issuer: string; claims: Claims }> {
  const { createLocalJWKSet, decodeJwt, errors, jwtVerify } = await import("jose");
  try {
    const issuer = issuers.find((known) => known.issuer === decodeJwt(token).iss);
    if (issuer === undefined)
      throw new Refusal(
        400,
        "InvalidIdentityToken",
        "Couldn't retrieve verification key from your identity provider",
      );
    const configuration = await json(`${issuer.url}/.well-known/openid-configuration`);
    const keys = await json(String(configuration["jwks_uri"]));
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys as never), {
      issuer: issuer.issuer,
      algorithms: ["RS256"],
    });
    return { issuer: issuer.issuer, claims: payload };
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new Refusal(400, "ExpiredTokenException", "Token expired");
    if (error instanceof errors.JOSEError) throw new Refusal(400, "InvalidIdentityToken", error.message);
    throw error;
  }
}

async function json(url: string): Promise<Record<string, unknown>> {
  return (await (await fetch(url)).json()) as Record<string, unknown>;
}

type Iam = (action: string, parameters: Readonly<Record<string, string>>) => Promise<string | null>;

/** Calls of an account's IAM in moto, which tells accounts apart by the caller's credentials; null: no such thing. */
async function accountIam(moto: string, account: string): Promise<Iam> {
  const call = async (
    service: string,
    version: string,
    key: string,
    parameters: Readonly<Record<string, string>>,
  ) => {
    const response = await fetch(moto, {
      method: "POST",
      headers: {
        authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
      },
      body: new URLSearchParams({ Version: version, ...parameters }),
    });
    if (response.status === 404) return null;
    if (!response.ok) throw new Error(`moto answered ${response.status}: ${await response.text()}`);
    return response.text();
  };
  const assumed = await call("sts", "2011-06-15", "test", {
    Action: "AssumeRole",
    RoleArn: `arn:aws:iam::${account}:role/sts-proxy`,
    RoleSessionName: "sts-proxy",
  });
  const key = element(assumed ?? "", "AccessKeyId") ?? "test";
  return (action, parameters) => call("iam", "2010-05-08", key, { Action: action, ...parameters });
}

/** The text of the first element of that name; moto sends documents percent-encoded. */
function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text === undefined ? undefined : decodeURIComponent(text);
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  response
    .writeHead(status, { "content-type": "text/xml" })
    .end(
      `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>` +
        `<Code>${code}</Code><Message>${message}</Message></Error>` +
        `<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>`,
    );
}
