import fc from "fast-check";
import { escapeTemplate, isTerraformText, logicalId } from "../../src/terraform/blocks";
import { runs } from "../proof/settings";

const names = fc.string({
  unit: fc.constantFrom(...Array.from("abAZ09_-.+=,@/é")),
  minLength: 1,
  maxLength: 12,
});

/** What Terraform makes of a template: `$${` and `%%{` are its only escapes; `${` and `%{` begin what is no text. */
function evaluate(template: string): string {
  return template.replace(/[$%]{2}\{|[$%]\{/g, (found) =>
    found.length === 3 ? found.slice(1) : "<evaluated>",
  );
}

describe("escapeTemplate", () => {
  test.each([
    ['${file("/etc/passwd")}', '$${file("/etc/passwd")}'],
    ["%{ if true }", "%%{ if true }"],
    ["$${already}", "$$${already}"],
    ["100% $5 {x}", "100% $5 {x}"],
  ])("%s becomes %s", (text, template) => {
    expect(escapeTemplate(text)).toBe(template);
  });

  test("no text becomes a template, and every text comes back", () => {
    const text = fc.string({
      unit: fc.constantFrom("$", "%", "{", "}", "a", '"', "\\", "\n"),
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, (s) => evaluate(escapeTemplate(s)) === s),
      runs(100),
    );
  });

  test.each([
    ["decomposed letters", "e\u0301"],
    ["a byte order mark at the beginning", "\ufeffx"],
    ["half of a surrogate pair", "\ud800"],
  ])("text that Terraform would alter is refused: %s", (_, text) => {
    expect(isTerraformText(text)).toBe(false);
    expect(() => escapeTemplate(text)).toThrow(RangeError);
  });
});

describe("logicalId", () => {
  test("a role name that is an identifier stays as it is", () => {
    expect(logicalId("gitpod-acme-my_app")).toBe("gitpod-acme-my_app");
  });

  test("what does not belong is replaced, and a hash tells the names apart", () => {
    expect(logicalId("gitpod-acme-app.js")).toMatch(/^gitpod-acme-app_js_[0-9a-f]{8}$/);
    expect(logicalId("9lives")).toMatch(/^_9lives_[0-9a-f]{8}$/);
  });

  test("nobody can take the identifier of another role by naming theirs after it", () => {
    const theirs = logicalId("gitpod-acme-app.js");
    expect(logicalId(theirs)).not.toBe(theirs);
  });

  test("every identifier is one for Terraform, and different names have different ones", () => {
    fc.assert(
      fc.property(fc.uniqueArray(names, { minLength: 2, maxLength: 30 }), (list) => {
        const ids = list.map(logicalId);
        for (const id of ids) expect(id).toMatch(/^[A-Za-z_][A-Za-z0-9_-]*$/);
        expect(new Set(ids).size).toBe(list.length);
      }),
      runs(100),
    );
  });
});
