import { type Acme, acmeRepository, startAcme } from "../support/acme";
import { rendered, testSnippet } from "../support/snippet";
import { describeReal } from "../support/toolsTier";
import { fenced, read } from "./markdown";

describeReal("what the page on snippets says of a refusal", ["aws", "moto", "script"], (tools) => {
  let acme: Acme;

  beforeAll(async () => {
    acme = await startAcme(tools);
  });

  afterAll(() => acme.stop());

  test("is what a developer sees who opened a branch", async () => {
    const made = acme.workspace({ contextUrl: `${acmeRepository}/tree/feature` });
    const { stderr } = await made.run(rendered(testSnippet()));
    const shown = fenced(read("docs/snippet.md")).find(({ language }) => language === "text");
    expect(stderr.replace(/ +$/gm, "")).toBe(shown?.text);
  });
});
