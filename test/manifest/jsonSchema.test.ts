import { readFileSync } from "node:fs";
import { join } from "node:path";
import { manifestJsonSchema } from "../../src/manifest";

const file = join(__dirname, "../../schema/manifest.schema.json");

test("the JSON Schema is up to date: npm run generate writes it", () => {
  expect(readFileSync(file, "utf8")).toBe(manifestJsonSchema());
});

test("editors need only what a manifest must have, and refuse what it may not", () => {
  const schema = JSON.parse(manifestJsonSchema()) as Record<string, unknown>;
  expect(schema).toMatchObject({
    $schema: "http://json-schema.org/draft-07/schema#",
    required: ["version", "accounts", "installations"],
    additionalProperties: false,
  });
});

test("every key that a person can write has a description", () => {
  const undescribed: string[] = [];
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    const { properties } = node as { properties?: Record<string, { description?: string }> };
    for (const [key, property] of Object.entries(properties ?? {}))
      if (property.description === undefined) undescribed.push(`${path}.${key}`);
    for (const [key, child] of Object.entries(node))
      visit(child, key === "properties" ? path : `${path}.${key}`);
  };
  visit(JSON.parse(manifestJsonSchema()), "");
  expect(undescribed).toEqual([]);
});
