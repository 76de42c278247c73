export { didYouMean, meantUrl } from "./meant";
export { parseManifest } from "./parse";
export type {
  FileRead,
  IncludeMatch,
  Locator,
  ManifestFiles,
  ParsedEntry,
  ParsedManifest,
  ParseResult,
} from "./parsedManifest";
export { durationSeconds, isCalendarDate } from "./scalars";
export { manifestJsonSchema } from "./schema";
export type {
  Manifest,
  ManifestAccount,
  ManifestContext,
  ManifestDefaults,
  ManifestGrant,
  ManifestInstallation,
  ManifestOrg,
  ManifestRepo,
  ManifestStatement,
} from "./schema";
