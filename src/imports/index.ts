export { importRoles, placeTrust, type Imported, type ImportedRole, type SkippedRole } from "./roles";
export { atomsOf } from "./grants";
export { manifestText, roleLabel, unknownRegion } from "./text";
