export { joinAccess } from "./join";
export { readExisting, type ExistingFile } from "./readExisting";
export type { Remark } from "./found";
