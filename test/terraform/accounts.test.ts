import { setTimeout as sleep } from "node:timers/promises";
import type { AccessModel } from "../../src/model/accessModel";
import { fenced, read } from "../docs/markdown";
import { startIssuer, type Issuer } from "../support/issuer";
import { startMoto, type Moto } from "../support/moto";
import { modelOf } from "../support/project";
import { startSts, type Sts } from "../support/sts";
import { describeReal } from "../support/toolsTier";
import { createDeployment, type Deployment } from "./support";

const dev = "123456789012";
const prod = "210987654321";
const oldIssuer = "https://api.acme.gitpod.cloud/idp";
const newIssuer = "https://services.acme.gitpod.cloud/idp";
const providerArn = (account: string, issuer: string) =>
  `arn:aws:iam::${account}:oidc-provider/${issuer.slice("https://".length)}`;

/** The fenced blocks of a section of the page on deploying. */
function blocks(title: string, language: string): readonly string[] {
  const [, section = ""] = read("docs/deploying.md").split(`## ${title}\n`);
  return fenced(section.split("\n## ")[0] ?? "")
    .filter((block) => block.language === language)
    .map((block) => block.text);
}

describeReal("accounts and issuers, as the page says", ["terraform", "mirror", "moto", "aws"], (tools) => {
  let moto: Moto;
  let issuers: readonly Issuer[];
  let sts: Sts;
  let deployment: Deployment;
  let initialized: Set<string>;

  beforeAll(async () => {
    moto = await startMoto(tools.moto);
    issuers = await Promise.all([oldIssuer, newIssuer].map((issuer) => startIssuer(issuer)));
    sts = await startSts(moto.endpoint, issuers);
  });
  afterAll(async () => {
    await Promise.all([sts.stop(), moto.stop(), ...issuers.map((issuer) => issuer.stop())]);
  });
  beforeEach(async () => {
    await fetch(`${moto.endpoint}/moto-api/reset`, { method: "POST" });
    deployment = createDeployment({ ...tools, endpoint: moto.endpoint });
    initialized = new Set();
  });
  afterEach(() => {
    deployment.remove();
  });

  const go = async (model: AccessModel, name: string) => {
    const account = model.accounts.find((a) => a.name === name);
    if (!account) throw new Error(`no account ${name}`);
    deployment.synth(account, model);
    if (!initialized.has(name)) await deployment.mustTerraform("init", "-input=false");
    initialized.add(name);
  };
  const deploy = async (model: AccessModel, name: string) => {
    await go(model, name);
    return await deployment.mustTerraform("apply", "-auto-approve", "-input=false", "-no-color");
  };
  const destroy = async (model: AccessModel, name: string) => {
    await go(model, name);
    return await deployment.terraform("destroy", "-auto-approve", "-input=false", "-no-color");
  };

  /** Does AWS let a workspace in? The proxy before moto reads identity providers and trust policies there. */
  const isAdmitted = async (iss: string, account: string, contextUrl: string): Promise<boolean> => {
    const issuer = issuers.find((i) => i.issuer === iss);
    const token =
      (await issuer?.token({ contextUrl, workspaceId: "acme-app-1" }, ["sts.amazonaws.com"])) ?? "";
    const repository = contextUrl.split("/")[4] ?? "";
    const response = await fetch(sts.endpoint, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        ...{ Action: "AssumeRoleWithWebIdentity", Version: "2011-06-15", RoleSessionName: "test" },
        ...{ RoleArn: `arn:aws:iam::${account}:role/acme-acme-${repository}`, WebIdentityToken: token },
      }),
    });
    if (response.status >= 500) throw new Error(await response.text());
    return response.ok;
  };
  const workspaces = ["https://github.com/acme/app", "https://github.com/acme/api/pull/1"];
  const areAdmitted = async (iss: string, account = dev) =>
    await Promise.all(workspaces.map((workspace) => isAdmitted(iss, account, workspace)));

  /** Workspaces log in again and again until the work is done. */
  const watched = async (iss: string, account: string, work: () => Promise<unknown>) => {
    const ended = new AbortController();
    const working = work().finally(() => {
      ended.abort();
    });
    const logins: (readonly boolean[])[] = [];
    while (!ended.signal.aborted) {
      logins.push(await areAdmitted(iss, account));
      await sleep(100);
    }
    await working;
    expect(logins.length).toBeGreaterThan(5);
    expect(logins.filter((both) => both.includes(false))).toEqual([]);
  };

  const providers = async () => {
    const listed = await deployment.aws("iam list-open-id-connect-providers");
    return (listed as { OpenIDConnectProviderList: { Arn: string }[] }).OpenIDConnectProviderList.map(
      (p) => p.Arn,
    ).sort();
  };

  test("an installation moves to another issuer, and back, and no login is refused meanwhile", async () => {
    const manifest = (installations: string) =>
      modelOf(`version: 1
accounts: { dev: { id: "${dev}", region: us-east-1 } }
${installations}repos:
  - { url: https://github.com/acme/app, grants: [{ secret: one, env: ONE }] }
  - { url: https://github.com/acme/api, contexts: [all] }
`);
    const before = manifest("installations: { acme: { host: acme.gitpod.cloud } }\n");
    const [both = "", alone = ""] = blocks("When the issuer changes", "yaml");
    const swapped = both.replace(/(services|api)(?=\.acme)/g, (label) =>
      label === "api" ? "services" : "api",
    );
    const stages = { both: manifest(both), alone: manifest(alone), back: manifest(swapped), before };
    for (const stage of Object.values(stages)) expect(stage.snippets).toEqual(before.snippets);

    await deploy(before, "dev");
    expect(await areAdmitted(newIssuer)).toEqual([false, false]);
    await watched(oldIssuer, dev, () => deploy(stages.both, "dev"));
    expect([await areAdmitted(oldIssuer), await areAdmitted(newIssuer)].flat()).not.toContain(false);
    expect(await deployment.terraform("plan", "-detailed-exitcode", "-input=false")).toMatchObject({
      status: 0,
    });

    await watched(newIssuer, dev, () => deploy(stages.alone, "dev"));
    expect(await areAdmitted(oldIssuer)).toEqual([false, false]);
    expect(await providers()).toEqual([providerArn(dev, newIssuer)]);

    await watched(newIssuer, dev, () => deploy(stages.back, "dev"));
    await watched(oldIssuer, dev, () => deploy(stages.before, "dev"));
    expect(await areAdmitted(newIssuer)).toEqual([false, false]);
    expect(await providers()).toEqual([providerArn(dev, oldIssuer)]);
  });

  test("one account has the identity provider already, goes, and another comes, while the third works on", async () => {
    const manifest = (accounts: Readonly<Record<string, string>>) =>
      modelOf(`version: 1
accounts:
${Object.entries(accounts)
  .map(([name, keys]) => `  ${name}:\n    region: us-east-1\n${keys.replace(/^(?=.)/gm, "    ")}`)
  .join("")}
installations:
  acme: { issuer: ${newIssuer}, otherAudiences: [vault.acme.com] }
defaults: { accounts: [${Object.keys(accounts).join(", ")}] }
repos:
  - { url: https://github.com/acme/app, grants: [{ secret: one }] }
  - { url: https://github.com/acme/api, contexts: [all] }
`);
    const inProd = `id: "${prod}"\ndeployRole: arn:aws:iam::${prod}:role/deploy\ndeployExternalId: acme-42\n`;
    const inDev = `id: "${dev}"\n`;
    await deployment.aws(
      "iam create-open-id-connect-provider --client-id-list sts.amazonaws.com vault.acme.com --url",
      newIssuer,
      "--thumbprint-list",
      "a".repeat(40),
    );
    const made = manifest({ prod: inProd, dev: `${inDev}identityProviders: { acme: import }\n` });
    expect(await deploy(made, "dev")).toContain("1 imported");
    expect(await deploy(made, "prod")).not.toContain("imported");
    const registered = await deployment.aws(
      "iam get-open-id-connect-provider --open-id-connect-provider-arn",
      providerArn(dev, newIssuer),
    );
    expect(registered).toMatchObject({ ClientIDList: ["sts.amazonaws.com", "vault.acme.com"] });
    expect([await areAdmitted(newIssuer, dev), await areAdmitted(newIssuer, prod)].flat()).not.toContain(
      false,
    );

    const [letGo = ""] = blocks("Destroying", "yaml");
    const [commands = ""] = blocks("Destroying", "sh");
    const leaving = manifest({ prod: inProd, dev: inDev + letGo.replace(/^.*\n.*\n {4}/, "") });
    expect(commands.split("\n")).toEqual(["npx cdktf deploy dev", "npx cdktf destroy dev", ""]);
    await watched(newIssuer, prod, async () => {
      expect((await destroy(made, "dev")).output).toContain("Instance cannot be destroyed");
      expect(await deploy(leaving, "dev")).toContain("0 added, 0 changed, 0 destroyed");
      expect((await destroy(leaving, "dev")).status).toBe(0);
    });
    expect(await areAdmitted(newIssuer, dev)).toEqual([false, false]);
    expect(await providers()).toEqual([providerArn(dev, newIssuer)]);

    const left = manifest({ prod: inProd });
    const later = manifest({ prod: inProd, again: `${inDev}identityProviders: { acme: import }\n` });
    const profiles = (model: AccessModel) => model.snippets[0]?.logins.map((l) => l.profile);
    expect([profiles(left), profiles(later)]).toEqual([["default"], ["default", "again"]]);
    await watched(newIssuer, prod, () => deploy(later, "again"));
    expect(await areAdmitted(newIssuer, dev)).toEqual([true, true]);
  });
});
