/* Imported from their own files: json, and what takes zod and yaml along, importRoles and manifestText. */
export { joinAccess } from "./join";
export { readExisting, type ExistingFile } from "./readExisting";
export type { Remark } from "./document";
export { atomsOf, recogniseGrants } from "./importGrants";
