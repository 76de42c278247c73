import { manifestJsonSchema } from "../../src/manifest";
import { failingFixtures } from "../../test/support/ruleFixtures";
import { diagnosticsPage } from "./diagnosticsPage";
import { manifestPage } from "./manifestPage";
import { rulesPage } from "./rulesPage";
import { scalePage } from "./scalePage";

/** A file that is generated from the sources. */
export interface GeneratedFile {
  /** Below the top folder. */
  readonly file: string;
  /** The text that it must have: the same bytes every time. */
  readonly text: () => string | Promise<string>;
}

const fixtures = failingFixtures();

/** The files that `npm run generate` writes; tests fail where one is stale. */
export const generatedFiles: readonly GeneratedFile[] = Object.freeze([
  { file: "schema/manifest.schema.json", text: manifestJsonSchema },
  { file: "docs/manifest.md", text: manifestPage },
  { file: "docs/rules.md", text: () => rulesPage(fixtures) },
  { file: "docs/diagnostics.md", text: diagnosticsPage },
  { file: "docs/scale.md", text: scalePage },
  ...fixtures.map(({ name, said }) => ({ file: `${name}.out`, text: () => said })),
]);
