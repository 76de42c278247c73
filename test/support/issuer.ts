import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";

/** What Gitpod knows about a workspace when it issues a token for it. */
export interface WorkspaceClaims {
  /** The normalized context URL, which becomes `sub`. */
  readonly contextUrl: string;
  readonly workspaceId: string;
  /** Clone URL of what is checked out. @default - none, and then no claim */
  readonly repository?: string;
  readonly organizationId?: string;
}

/** An identity provider like Gitpod's: discovery document, keys, and tokens signed with RS256. */
export interface Issuer {
  /** The `iss` of its tokens. */
  readonly issuer: string;
  /** Where it really is: `<url>/.well-known/openid-configuration`. */
  readonly url: string;
  /** Registers a workspace; `POST <result>/token` with `{"audience": […]}` issues tokens for it, as `gp` does. */
  openWorkspace(claims: WorkspaceClaims): string;
  /** A token, with claims replaced at will. */
  token(
    workspace: WorkspaceClaims,
    audience: readonly string[],
    replaced?: Readonly<Record<string, unknown>>,
  ): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Starts an issuer on the loopback interface.
 * @param issuer - the `iss` that it claims to be, e.g. `https://api.gitpod.io/idp` @default - where it really is
 */
export async function startIssuer(issuer?: string): Promise<Issuer> {
  const { SignJWT, exportJWK, generateKeyPair } = await import("jose");
  const { publicKey, privateKey } = await generateKeyPair("RS256");
  const jwk = await exportJWK(publicKey);
  const kid = `id-${createHash("sha256").update(JSON.stringify(jwk)).digest("hex")}`;
  const workspaces = new Map<string, WorkspaceClaims>();

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port is free");
  const url = `http://127.0.0.1:${address.port}/idp`;
  const name = issuer ?? url;

  const token: Issuer["token"] = (workspace, audience, replaced = {}) =>
    new SignJWT({ ...claimsOf(workspace, name, audience), ...replaced })
      .setProtectedHeader({ alg: "RS256", kid })
      .sign(privateKey);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "";
    const workspace = workspaces.get(/^\/workspaces\/([^/]+)\/token$/.exec(path)?.[1] ?? "");
    if (path === "/idp/.well-known/openid-configuration") reply(response, discovery(name, url));
    else if (path === "/idp/keys") reply(response, { keys: [{ ...jwk, kid, alg: "RS256", use: "sig" }] });
    else if (workspace !== undefined && request.method === "POST") {
      const { audience } = JSON.parse(await bodyOf(request)) as { readonly audience: readonly string[] };
      reply(response, { token: await token(workspace, audience) });
    } else response.writeHead(404).end();
  }

  return {
    issuer: name,
    url,
    openWorkspace(claims) {
      const id = randomUUID();
      workspaces.set(id, claims);
      return new URL(`/workspaces/${id}`, url).href;
    },
    token,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

/** The body of a request as text. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function claimsOf(workspace: WorkspaceClaims, iss: string, audience: readonly string[]) {
  const now = Math.floor(Date.now() / 1000);
  return {
    iss,
    sub: workspace.contextUrl === "" ? "no-context" : workspace.contextUrl,
    aud: [...audience],
    azp: audience[0],
    exp: now + 3600,
    iat: now,
    auth_time: now,
    c_hash: createHash("sha256").update(workspace.workspaceId).digest("base64url").slice(0, 22),
    name: "Ada Lovelace",
    user_id: "6a1b1a3c-27a5-4c4e-9d3e-0b3f6d3f2c11",
    org_id: workspace.organizationId ?? "0f7cbf6e-2f6b-4b0a-9c0f-3f2f3c1d9a55",
    context: workspace.contextUrl,
    workspace_id: workspace.workspaceId,
    email: "ada@example.com",
    email_verified: false,
    ...(workspace.repository === undefined ? {} : { repository: workspace.repository }),
  };
}

function discovery(issuer: string, url: string) {
  return {
    issuer,
    jwks_uri: `${url}/keys`,
    authorization_endpoint: `${url}/not-supported`,
    token_endpoint: `${url}/not-supported`,
    userinfo_endpoint: `${url}/not-supported`,
    response_types_supported: ["id_token"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
  };
}

function reply(response: ServerResponse, body: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}
