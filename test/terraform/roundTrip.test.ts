import { blocking } from "../../src/cli/project";
import type { AccessModel } from "../../src/model/accessModel";
import { manifestText, manifestWith, partWith, type FieldName, type Tree } from "../support/fields";
import { startMoto, type Moto } from "../support/moto";
import { nastyTexts } from "../support/nasty";
import { project } from "../support/project";
import { expectedResources, readResources, type Resource } from "../support/readStack";
import { describeReal } from "../support/toolsTier";
import { createDeployment } from "./support";

/** Fields whose text ends up in a role, and several of which fit into one. */
const drawnFields = Object.freeze([
  ...["description", "tags key", "tags value", "name", "path", "branch"],
  ...["Sid", "Resource", "Condition key", "Condition value"],
  ...["secret", "secret ARN", "parameter", "s3", "permissionsBoundary", "managedPolicies"],
] as const satisfies readonly FieldName[]);

function modelOf(manifest: Tree): AccessModel | null {
  const loaded = project(manifestText(manifest));
  return loaded.ok && blocking(loaded.findings).length === 0 ? loaded.model : null;
}

/** An entry for each text of the field that has most, with a text of every other field. */
function entries(texts: readonly string[]): readonly Tree[] {
  const drawn = drawnFields.map((name) => ({
    name,
    through: texts.filter((text) => modelOf(manifestWith(partWith(name, text))) !== null),
  }));
  // A role's name is there once, so that the entries beyond take the derived one.
  const names = drawn.find(({ name }) => name === "name")?.through ?? [];
  const count = Math.max(...drawn.map(({ through }) => through.length));
  return Array.from({ length: count }, (_, i): Tree => {
    const parts = drawn
      .filter(({ name }) => name !== "name" || i < names.length)
      .map(({ name, through }) => partWith(name, through[i % through.length] ?? ""));
    const { repos } = manifestWith(...parts) as { readonly repos: readonly Tree[] };
    return { ...repos[0], url: `https://github.com/acme/app-${i}` };
  });
}

describeReal("every text that a manifest accepts", ["terraform", "mirror", "moto"], (tools) => {
  let moto: Moto;

  beforeAll(async () => {
    moto = await startMoto(tools.moto);
  });
  afterAll(() => moto.stop());

  test("comes out of Terraform and its AWS provider as the model has it", async () => {
    const repos = entries(nastyTexts(600));
    const account = modelOf({ ...manifestWith(), repos })?.accounts[0];
    if (account === undefined) throw new Error("the manifest of all texts together is refused");
    expect(account.roles.length).toBeGreaterThan(300);
    const deployment = createDeployment({ ...tools, endpoint: moto.endpoint });
    try {
      deployment.synth(account);
      await deployment.mustTerraform("init", "-input=false");
      await deployment.mustTerraform("plan", "-input=false", "-out=plan");
      const shown = JSON.parse(await deployment.mustTerraform("show", "-json", "plan")) as {
        readonly planned_values: { readonly root_module: { readonly resources: readonly Resource[] } };
      };
      const planned = readResources(shown.planned_values.root_module.resources);
      expect(planned).toEqual(expectedResources(account));
    } finally {
      deployment.remove();
    }
  });
});
