import { createRequire } from "node:module";
import fc from "fast-check";
import { stableJson, type Json } from "../../src/terraform/stableJson";
import { runs } from "../proof/settings";

/** What cdktf writes stacks with. */
const cdktfs = createRequire(require.resolve("cdktf"))("json-stable-stringify") as (
  value: unknown,
  options: { readonly space: number },
) => string;

const key = fc.oneof(
  fc.constantFrom("a", "b", "B", "_", "//", "é", "10", "9", "2", "", "a b", '"', "\u2028", "__proto__"),
  fc.string({ maxLength: 3 }),
);
const { value } = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ maxLength: 5 }),
    fc.constantFrom(null, true, false, 0, -1, 1.5, "line\nbreak", "\ud800"),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

test("JSON is written as cdktf writes it, whatever the order of keys, and what is empty", () => {
  fc.assert(
    fc.property(value, (json) => {
      expect(stableJson(json)).toBe(cdktfs(json, { space: 2 }));
    }),
    runs(200, 5_000),
  );
});
