import type { PolicyDocument } from "../../src/model/policyDocument";
import { trustPolicy } from "../../src/policy";
import { type Stage, stageAccount, startStage } from "./stage";
import type { Shell, Workspace } from "./workspace";

/** The repository whose workspaces may assume the role of {@link startAcme}. */
export const acmeRepository = "https://github.com/acme/app";

const provider = "api.gitpod.io/idp";

/** A {@link Stage} with an identity provider and the role `gitpod-acme-app`. */
export interface Acme extends Omit<Stage, "workspace"> {
  /** Opens a workspace, on {@link acmeRepository} unless told otherwise; removed by `stop`. */
  workspace(change?: { readonly contextUrl?: string; readonly shells?: readonly Shell[] }): Workspace;
}

/** Starts the account, its issuer and the way in. */
export async function startAcme(tools: { readonly moto: string; readonly aws: string }): Promise<Acme> {
  const stage = await startStage(tools, `https://${provider}`);
  await stage.iam("CreateOpenIDConnectProvider", {
    Url: `https://${provider}`,
    "ClientIDList.member.1": "sts.amazonaws.com",
    "ThumbprintList.member.1": "0".repeat(40),
  });
  await stage.iam("CreateRole", {
    RoleName: "gitpod-acme-app",
    AssumeRolePolicyDocument: JSON.stringify(acmeTrust()),
  });
  return {
    ...stage,
    workspace: ({ contextUrl = acmeRepository, shells = [] } = {}) => stage.workspace({ contextUrl, shells }),
  };
}

/** The role's trust policy, with more subjects as wanted. */
export function acmeTrust(more: readonly string[] = []): PolicyDocument {
  return trustPolicy({
    identityProviderArn: `arn:aws:iam::${stageAccount}:oidc-provider/${provider}`,
    issuer: `https://${provider}`,
    audience: "sts.amazonaws.com",
    subjects: {
      exact: [acmeRepository, `${acmeRepository}.git`, `${acmeRepository}/`, ...more],
      prefixes: [],
    },
    expires: null,
    sourceCidrs: [],
  });
}
