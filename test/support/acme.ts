import { randomUUID } from "node:crypto";
import { trustPolicy } from "../../src/policy";
import { startIssuer } from "./issuer";
import { startMoto } from "./moto";
import { startSts } from "./sts";
import { type Workspace, type WorkspaceOptions, createWorkspace } from "./workspace";

/** The repository whose workspaces may assume the role of {@link startAcme}. */
export const acmeRepository = "https://github.com/acme/app";

const account = "123456789012";
const provider = "api.gitpod.io/idp";

/** An AWS account with an identity provider and the role `gitpod-acme-app`, and workspaces that reach it. */
export interface Acme {
  secret(
    name: string,
    value: { readonly SecretString: string } | { readonly SecretBinary: string },
  ): Promise<void>;
  parameter(name: string, value: string): Promise<void>;
  /** A call of IAM. */
  iam(action: string, parameters: Readonly<Record<string, string>>): Promise<void>;
  /** From now on moto refuses what the caller's policies do not allow, or it lets everything pass again. */
  enforcePermissions(enforced: boolean): Promise<void>;
  /** A workspace, opened on {@link acmeRepository} unless told otherwise; removed by `stop`. */
  workspace(change?: Partial<WorkspaceOptions>): Workspace;
  stop(): Promise<void>;
}

/** Starts the account, its issuer and the way in. All values are given by API: the CLI changes some texts. */
export async function startAcme(tools: { readonly moto: string; readonly aws: string }): Promise<Acme> {
  const moto = await startMoto(tools.moto);
  const issuer = await startIssuer(`https://${provider}`);
  const sts = await startSts(moto.endpoint, [issuer]);
  const workspaces: Workspace[] = [];

  async function call(
    service: string,
    headers: Readonly<Record<string, string>>,
    body: string,
  ): Promise<void> {
    const scope = `test/20260101/us-east-1/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    const response = await fetch(moto.endpoint, {
      method: "POST",
      headers: { ...headers, authorization },
      body,
    });
    if (!response.ok) throw new Error(await response.text());
  }
  const json = (service: string, target: string, body: Readonly<Record<string, string>>) =>
    call(
      service,
      { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      JSON.stringify(body),
    );
  const iam: Acme["iam"] = (Action, parameters) =>
    call(
      "iam",
      { "content-type": "application/x-www-form-urlencoded" },
      new URLSearchParams({ Action, Version: "2010-05-08", ...parameters }).toString(),
    );

  await iam("CreateOpenIDConnectProvider", {
    Url: `https://${provider}`,
    "ClientIDList.member.1": "sts.amazonaws.com",
    "ThumbprintList.member.1": "0".repeat(40),
  });
  await iam("CreateRole", {
    RoleName: "gitpod-acme-app",
    AssumeRolePolicyDocument: JSON.stringify(acmeTrust()),
  });

  return {
    secret: (Name, value) =>
      json("secretsmanager", "secretsmanager.CreateSecret", {
        Name,
        ClientRequestToken: randomUUID(),
        ...value,
      }),
    parameter: (Name, Value) => json("ssm", "AmazonSSM.PutParameter", { Name, Type: "SecureString", Value }),
    iam,
    async enforcePermissions(enforced) {
      const headers = { "content-type": "text/plain" };
      await fetch(`${moto.endpoint}/moto-api/reset-auth`, {
        method: "POST",
        headers,
        body: enforced ? "0" : "inf",
      });
    },
    workspace(change = {}) {
      const contextUrl = change.contextUrl ?? acmeRepository;
      const gpApi = issuer.openWorkspace({ contextUrl, workspaceId: "acme-app-x1y2z3a4b5c" });
      const made = createWorkspace({ contextUrl, aws: tools.aws, gpApi, endpoint: sts.endpoint, ...change });
      workspaces.push(made);
      return made;
    },
    async stop() {
      for (const made of workspaces) made.remove();
      await Promise.all([sts.stop(), issuer.stop(), moto.stop()]);
    },
  };
}

function acmeTrust() {
  return trustPolicy({
    identityProviderArn: `arn:aws:iam::${account}:oidc-provider/${provider}`,
    issuer: `https://${provider}`,
    audience: "sts.amazonaws.com",
    subjects: { exact: [acmeRepository, `${acmeRepository}.git`, `${acmeRepository}/`], prefixes: [] },
    expires: null,
    sourceCidrs: [],
  });
}
