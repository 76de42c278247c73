import { type ToolName, requireTools } from "./tools";

/**
 * A `describe` of the real tier: runs with REQUIRE_TERRAFORM=1, and then a missing tool is a failure; otherwise the
 * suite is skipped and says why.
 */
export function describeReal<N extends ToolName>(
  title: string,
  names: readonly N[],
  body: (tools: Readonly<Record<N, string>>) => void,
): void {
  if (process.env["REQUIRE_TERRAFORM"] !== "1") {
    process.stderr.write(`skipped: ${title}; set REQUIRE_TERRAFORM=1 to run it on real parts\n`);
    describe(title, () => {
      test.skip("skipped: set REQUIRE_TERRAFORM=1 to run it on real parts", () => undefined);
    });
    return;
  }
  const required = requireTools(names);
  describe(title, () => {
    if (required.ok) body(required.tools);
    else
      test("its tools are installed", () => {
        throw new Error(required.reason);
      });
  });
}
