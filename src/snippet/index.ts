export { checkGitpodYml } from "./gitpodSchema";
export { ownershipOf, withHeader, type Ownership } from "./ownership";
export {
  compileTemplates,
  rootTemplate,
  TemplateError,
  type SnippetRenderer,
  type TemplateErrorCode,
} from "./render";
