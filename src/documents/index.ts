/* JSON has a door of its own, and so has what takes zod and yaml along: json, importRoles and manifestText. */
export { joinAccess } from "./join";
export { readExisting, type ExistingFile } from "./readExisting";
export type { Remark } from "./document";
export { atomsOf, recogniseGrants } from "./importGrants";
