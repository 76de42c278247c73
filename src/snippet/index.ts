export { ownershipOf, withHeader, type Ownership } from "./ownership";
export { compileTemplates, rootTemplate, type SnippetRenderer } from "./render";
export { TemplateError, type TemplateErrorCode } from "./templateError";
export { catalogueJson, catalogueJsonOwnership, catalogueOf, type CatalogueEntry } from "./catalogue";
export { selectSnippet, type Selection } from "./select";
