export type { Access, AccessRole } from "./accessRole";
export { declaredAccess } from "./declared";
export { accessJson, accessRow, type AccessRow, type LineOf } from "./accessRow";
export { accessMarkdown } from "./accessMarkdown";
export { accessPage, type PageParts, type PageRole } from "./accessPage";
export { accessText } from "./accessText";
export { answer, type ResourceQuestion } from "./question";
export { accessChanges, type Change } from "./changes";
export { changesJson, changesMarkdown, changesText } from "./changeReport";
