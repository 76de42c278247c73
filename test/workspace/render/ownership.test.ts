import { ownershipOf, withHeader } from "../../../src/workspace/render/ownership";
import { rendered, testSnippet } from "../../support/snippet";

const file = withHeader("manifest.yaml", "tasks: []\nenv: {}\n");

test("a file that was written is ours", () => {
  expect(ownershipOf(file)).toBe("ours");
  expect(ownershipOf(rendered(testSnippet()))).toBe("ours");
});

test("a file that version 0.1.0 wrote is ours", () => {
  const words = "# Do not edit: change the manifest and synthesize again. sha256";
  expect(ownershipOf(file.replace("# Do not edit. sha256", words))).toBe("ours");
});

test("line ends that git changed do not matter", () => {
  expect(ownershipOf(file.replaceAll("\n", "\r\n"))).toBe("ours");
});

test.each([
  ["a changed line", file.replace("[]", "[{}]")],
  ["a line more", `${file}# mine\n`],
  ["a line less", file.replace("env: {}\n", "")],
  ["another digest", file.replace(/[0-9a-f]{64}/, "0".repeat(64))],
  ["half a header", file.split("\n").slice(0, 1).join("\n")],
])("a file with %s is edited", (_, text) => {
  expect(ownershipOf(text)).toBe("edited");
});

test.each(["", "tasks: []\n", `\n${file}`, "# Written by hand\n"])("%j is foreign", (text) => {
  expect(ownershipOf(text)).toBe("foreign");
});

test("a manifest's name cannot end the header", () => {
  const header = withHeader("a\nenv: {X: y}\n#.yaml", "tasks: []\n").split("\n");
  expect(header).toHaveLength(4);
  expect(header[0]).toBe('# Written by gitpod-aws-oidc from "a\\u000aenv: {X: y}\\u000a#.yaml"');
});
