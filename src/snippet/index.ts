export { checkGitpodYml } from "./gitpodSchema";
export { ownershipOf, withHeader, type Ownership } from "./ownership";
export { compileTemplates, rootTemplate, type SnippetRenderer } from "./render";
export { TemplateError, type TemplateErrorCode } from "./templateError";
export { readForLint, type LintedFile } from "./lint";
export { snippetDigest } from "./lintOurs";
export type { UnreadPart } from "./lintContext";
export { loadShellParser, type ShellParser } from "./shellParser";
export {
  catalogueJson,
  catalogueJsonOwnership,
  catalogueOf,
  cataloguePage,
  cataloguePageOwnership,
  type CatalogueEntry,
} from "./catalogue";
export { selectSnippet, type Selection } from "./select";
