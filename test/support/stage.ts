import { randomUUID } from "node:crypto";
import { onaIssuer } from "../../src/model/issuer";
import { type OnaEnvironment, onaEnvironment } from "./environment";
import { startIssuer } from "./issuer";
import { startMoto } from "./moto";
import { type Sts, startSts } from "./sts";
import { type Workspace, type WorkspaceOptions, createWorkspace } from "./workspace";

/** The account of a stage unless told otherwise. */
export const stageAccount = "123456789012";

/** An AWS account and a Gitpod installation on this machine, both empty. */
export interface Stage {
  /** What AWS_ENDPOINT_URL is set to, for ops and for workspaces: an AWS whose logins depend on trust policies. */
  readonly endpoint: string;
  /** Makes a secret, and returns its ARN. */
  secret(
    name: string,
    value: { readonly SecretString: string } | { readonly SecretBinary: string },
  ): Promise<string>;
  parameter(name: string, value: string): Promise<void>;
  /** A call of IAM. */
  iam(action: string, parameters: Readonly<Record<string, string>>): Promise<void>;
  /** From now on AWS refuses what the caller's policies do not allow, or it lets everything pass again. */
  enforcePermissions(enforced: boolean): Promise<void>;
  /** The logins so far, and how long sessions are said to last. */
  readonly sts: Pick<Sts, "logins" | "shortenSessions">;
  /** Makes an environment of Ona whose tokens have this subject; `stop` removes it. */
  environment(subject: string): OnaEnvironment;
  /** Opens a workspace, which `stop` removes. */
  workspace(
    options: Pick<WorkspaceOptions, "contextUrl" | "shells"> & { readonly workspaceId?: string | undefined },
  ): Workspace;
  stop(): Promise<void>;
}

/**
 * Starts account and installation. Values are given by API: the CLI changes some texts.
 * @param issuer - the `iss` of the installation's tokens
 * @param account - id of the account
 */
export async function startStage(
  tools: { readonly moto: string; readonly aws: string },
  issuer: string,
  account = stageAccount,
): Promise<Stage> {
  const moto = await startMoto(tools.moto, account);
  const identities = await startIssuer(issuer);
  const ona = await startIssuer(onaIssuer);
  const sts = await startSts(moto.endpoint, [identities, ona]);
  const workspaces: Workspace[] = [];
  const call = (service: string, headers: Readonly<Record<string, string>>, body: string) =>
    callAws(moto.endpoint, service, headers, body);
  const json = (service: string, target: string, body: Readonly<Record<string, string>>) =>
    call(
      service,
      { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
      JSON.stringify(body),
    );

  return {
    endpoint: sts.endpoint,
    sts,
    secret: async (Name, value) => {
      const request = { Name, ClientRequestToken: randomUUID(), ...value };
      const made = await json("secretsmanager", "secretsmanager.CreateSecret", request);
      return (JSON.parse(made) as { readonly ARN: string }).ARN;
    },
    parameter: async (Name, Value) => {
      await json("ssm", "AmazonSSM.PutParameter", { Name, Type: "SecureString", Value });
    },
    iam: async (Action, parameters) => {
      const form = new URLSearchParams({ Action, Version: "2010-05-08", ...parameters });
      await call("iam", { "content-type": "application/x-www-form-urlencoded" }, form.toString());
    },
    enforcePermissions: async (enforced) => {
      const request = { method: "POST", headers: { "content-type": "text/plain" } };
      await fetch(`${moto.endpoint}/moto-api/reset-auth`, { ...request, body: enforced ? "0" : "inf" });
    },
    environment: (subject) => {
      const onaApi = ona.openWorkspace({ contextUrl: subject, workspaceId: "" });
      const made = createWorkspace({ contextUrl: "", aws: tools.aws, onaApi, endpoint: sts.endpoint });
      workspaces.push(made);
      return onaEnvironment(made);
    },
    workspace: ({ contextUrl, workspaceId = "acme-app-x1y2z3a4b5c", shells = [] }) => {
      const gpApi = identities.openWorkspace({ contextUrl, workspaceId });
      const { endpoint } = sts;
      const made = createWorkspace({ contextUrl, workspaceId, shells, aws: tools.aws, gpApi, endpoint });
      workspaces.push(made);
      return made;
    },
    stop: async () => {
      await Promise.all(workspaces.map((made) => made.remove()));
      await Promise.all([sts.stop(), identities.stop(), ona.stop(), moto.stop()]);
    },
  };
}

async function callAws(
  endpoint: string,
  service: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<string> {
  const scope = `test/20260101/us-east-1/${service}/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
  const response = await fetch(endpoint, { method: "POST", headers: { ...headers, authorization }, body });
  const text = await response.text();
  if (!response.ok) throw new Error(text);
  return text;
}
