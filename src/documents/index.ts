export { isObject, list, own, readJson, type JsonObject, type JsonText } from "./json";
export { joinAccess } from "./join";
export { readExisting, type ExistingFile } from "./readExisting";
export type { Remark } from "./document";
export { importRoles, type Imported, type ImportedRole, type SkippedRole } from "./importRoles";
export { atomsOf, recogniseGrants } from "./importGrants";
