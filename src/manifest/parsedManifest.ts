import type { Diagnostic, Origin, Position, Problem } from "../diagnostics";
import type { Manifest, ManifestOrg, ManifestRepo } from "./schema";

/** An entry of `orgs` or `repos`, of the manifest or of a file that it includes, as written. */
export type ParsedEntry = { readonly origin: Origin; readonly mainManifest: boolean } & (
  | { readonly kind: "org"; readonly value: ManifestOrg }
  | { readonly kind: "repo"; readonly value: ManifestRepo }
);

/** A manifest and everything it includes: valid by itself, names not yet followed. */
export interface ParsedManifest {
  /** The main file, as the user named it. */
  readonly file: string;
  readonly manifest: Manifest;
  /** All entries, in order of file and place. */
  readonly entries: readonly ParsedEntry[];
  /** What the globs of `include` left out, in their order. */
  readonly passedOver: readonly PassedOver[];
}

/** A file or folder that a glob left out, and where the glob is written. */
export interface PassedOver {
  readonly file: string;
  readonly origin: Origin;
}

/** Finds positions in the manifest's files. */
export interface Locator {
  /** The position of a node; the nearest enclosing one's where the node itself is not written. */
  locate(origin: Origin, at: "key" | "value"): Position;
  /** A line of a file without its end, counted from 1; undefined where there is none to show. */
  line(file: string, line: number): string | undefined;
  /** Gives problems their places, sorted by file, line, column and code. */
  diagnose(problems: readonly Problem[]): Diagnostic[];
}

/** What parse yields: a manifest, or every problem that keeps it from being one. */
export type ParseResult =
  | { readonly ok: true; readonly parsed: ParsedManifest; readonly locator: Locator }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly locator: Locator };

/** Bytes that a manifest's file may have: 16 MiB. */
export const maxFileSize = 16 * 1024 * 1024;

/** How parse reaches files: the disk in the command, a map in tests. */
export interface ManifestFiles {
  /**
   * Reads one regular file whole.
   * @param file - as the user would name it
   */
  read(file: string): FileRead;
  /**
   * Expands one `include` pattern, relative to the folder of the main manifest.
   * @returns names as `read` takes them, sorted, each with the real path that tells files apart
   */
  expand(manifestFile: string, pattern: string): readonly IncludeMatch[];
  /** The real path that tells files apart, for the main manifest. */
  identity(file: string): string;
}

export type FileRead =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly reason: "missing" | "not-regular" | "unreadable" | "too-large" };

export interface IncludeMatch {
  readonly file: string;
  readonly identity: string;
  /**
   * Outside: it leaves the manifest's folder once symbolic links are followed. Passed over: a glob leaves out what
   * begins with a dot. Neither is ever read.
   */
  readonly status: "ok" | "outside" | "not-regular" | "passed-over";
}
