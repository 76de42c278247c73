import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { escapeTemplate, isTerraformText } from "../../src/terraform/blocks";
import { describeReal } from "../support/toolsTier";
import { createDeployment } from "./support";

const pieces = [
  ...[
    "${",
    "$${",
    "%{",
    "%%{",
    "$",
    "%",
    "{",
    "}",
    "~}",
    '${file("/etc/passwd")}',
    "%{ for x in y }",
    "%{ endif }",
  ],
  ...[
    '"',
    "\\",
    "\\n",
    "\\u0024{",
    "\n",
    "\r\n",
    "\t",
    "\u0000",
    "\u001b[31m",
    "\u007f",
    "<<EOT",
    "EOT\n",
    "{{x}}",
  ],
  ...[
    "\u2028",
    "\u2029",
    "\u202e",
    "\u200b",
    "é",
    "e\u0301",
    "\ufeff",
    "😀",
    "--flag",
    "*",
    "?",
    "#{",
    "&{",
    "TfToken[TOKEN.0]",
    "a",
  ],
];
const nastyText = fc
  .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(""));

describeReal("text in real Terraform", ["terraform", "mirror"], (tools) => {
  test("600 nasty strings come out of Terraform as they went in, as values and as keys", async () => {
    const drawn = fc.sample(nastyText, { numRuns: 800, seed: 20261123 });
    const texts = [...new Set([...pieces, ...drawn])].filter(isTerraformText);
    expect(texts.length).toBeGreaterThan(600);
    const deployment = createDeployment(tools);
    try {
      const keyed = Object.fromEntries(texts.map((text) => [escapeTemplate(text), escapeTemplate(text)]));
      const file = join(deployment.folder, "main.tf.json");
      writeFileSync(
        file,
        JSON.stringify({ output: { list: { value: texts.map(escapeTemplate) }, map: { value: keyed } } }),
      );
      await deployment.mustTerraform("init", "-input=false");
      await deployment.mustTerraform("apply", "-auto-approve", "-input=false");
      const read = async (name: string) =>
        JSON.parse(await deployment.mustTerraform("output", "-json", name)) as unknown;
      expect(await read("list")).toEqual(texts);
      expect(await read("map")).toEqual(Object.fromEntries(texts.map((text) => [text, text])));
    } finally {
      deployment.remove();
    }
  });

  test("what is refused is what Terraform would alter", async () => {
    const altered = ["e\u0301", "\ufeffx", "\u212b"];
    const deployment = createDeployment(tools);
    try {
      writeFileSync(
        join(deployment.folder, "main.tf.json"),
        JSON.stringify({ output: { list: { value: altered } } }),
      );
      await deployment.mustTerraform("apply", "-auto-approve", "-input=false");
      const read = JSON.parse(await deployment.mustTerraform("output", "-json", "list")) as readonly string[];
      altered.forEach((text, i) => {
        expect(isTerraformText(text)).toBe(false);
        expect(read[i]).not.toBe(text);
      });
    } finally {
      deployment.remove();
    }
  });
});
