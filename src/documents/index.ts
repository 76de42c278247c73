/* The importing of roles, which takes zod and yaml along, has doors of its own: importRoles and manifestText. */
export { isObject, list, own, readJson, type JsonObject, type JsonText } from "./json";
export { joinAccess } from "./join";
export { readExisting, type ExistingFile } from "./readExisting";
export type { Remark } from "./document";
export { atomsOf, recogniseGrants } from "./importGrants";
