import type { Diagnostic, Finding } from "../diagnostics";

/** The command line of `check`. */
export interface CheckArguments {
  readonly manifest?: string | undefined;
  /** Files, or `-` for standard input. */
  readonly trustPolicy?: string | undefined;
  readonly permissionPolicy?: string | undefined;
  readonly issuer?: string | undefined;
  readonly format: string;
  readonly strict: boolean;
  readonly now?: string | undefined;
}

/** Everything that a check has to say, before it is written in some format. */
export interface CheckReport {
  readonly diagnostics: readonly Diagnostic[];
  readonly findings: readonly Finding[];
  /** There is no verdict: the manifest itself could not be read, or files show nothing that can be judged. */
  readonly unreadable: boolean;
  /** A line of a file that was read; undefined where there is none to show. */
  readonly line: (file: string, line: number) => string | undefined;
}
