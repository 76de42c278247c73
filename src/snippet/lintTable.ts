/*
 * Facts about programs that a `.gitpod.yml` runs, for its lint. What is not here is not judged.
 */

/** Flags of a command that the lint reads. */
export interface FlagTable {
  /** Flags with a value, without their hyphens. */
  readonly valued: readonly string[];
  /** Flags without one. */
  readonly bare: readonly string[];
  /** Letters, and the flags that they stand for. */
  readonly letters: Readonly<Record<string, string>>;
}

/** @see https://github.com/gitpod-io/gitpod/blob/main/components/gitpod-cli/cmd/idp-login-aws.go */
export const loginFlags: FlagTable = Object.freeze({
  valued: ["role-arn", "audience", "profile", "duration-seconds", "scope"],
  bare: ["help"],
  letters: Object.freeze({ p: "profile", d: "duration-seconds", h: "help" }),
});

/** Options of the AWS CLI that may stand anywhere. */
export const awsFlags: FlagTable = Object.freeze({
  valued: [
    ...["profile", "region", "output", "query", "endpoint-url", "ca-bundle", "color", "cli-read-timeout"],
    ...["cli-connect-timeout", "cli-binary-format", "role-arn", "role-session-name", "web-identity-token"],
    ...["duration-seconds", "provider-id", "policy", "policy-arns"],
  ],
  bare: ["debug", "no-verify-ssl", "no-paginate", "no-sign-request", "no-cli-pager", "version"],
  letters: Object.freeze({}),
});

/** Sub-commands of `gp idp`. */
export const idpCommands: readonly string[] = Object.freeze(["login", "token", "gcloud-token", "help"]);

/** Commands of `gp` by which tasks wait for each other. */
export const syncCommands: readonly string[] = Object.freeze(["sync-await", "sync-done"]);

/** What `gp idp login` logs in to. */
export const loginTargets: readonly string[] = Object.freeze(["aws", "vault", "help"]);

/** Programs that talk to AWS: the sub-commands that need credentials; null: all but those that only inform. */
export const awsPrograms: ReadonlyMap<string, readonly string[] | null> = new Map<
  string,
  readonly string[] | null
>([
  ["terraform", ["plan", "apply", "destroy", "refresh", "import"]],
  ["tofu", ["plan", "apply", "destroy", "refresh", "import"]],
  ["terragrunt", ["plan", "apply", "destroy", "refresh", "import", "run-all"]],
  ["cdk", ["deploy", "diff", "destroy", "bootstrap", "import", "watch", "rollback"]],
  ["cdktf", ["deploy", "diff", "destroy", "apply", "plan"]],
  ["sam", ["deploy", "sync", "logs", "delete", "publish", "package", "remote"]],
  ["serverless", ["deploy", "remove", "info", "logs", "invoke"]],
  ["sls", ["deploy", "remove", "info", "logs", "invoke"]],
  ["sst", ["deploy", "dev", "remove", "diff"]],
  ["chalice", ["deploy", "delete", "logs"]],
  ["amplify", ["push", "pull", "publish"]],
  ["eksctl", null],
  ["copilot", ["deploy", "init", "svc", "env", "job", "app"]],
  ["eb", null],
]);

/** Services of the AWS CLI that work without credentials. */
export const freeServices: ReadonlySet<string> = new Set(["configure", "help", "sso", "login", "logout", ""]);

/** Programs that install others. */
export const installers: ReadonlySet<string> = new Set([
  ...["apt", "apt-get", "apk", "dnf", "yum", "brew", "snap", "conda", "mamba", "nix-env", "asdf", "mise"],
  ...["pip", "pip3", "pipx", "python", "python3", "uv"],
]);

/**
 * Images of Gitpod, by the name behind `gitpod/workspace-`. They are made of the same layers, none of which brings
 * the AWS CLI.
 * @see https://github.com/gitpod-io/workspace-images/tree/main/chunks
 */
const gitpodImages: readonly RegExp[] = Object.freeze([
  /^(base|full|full-vnc|minimal)$/,
  /^(bun|c|clojure|dotnet|dotnet-vnc|elixir|go|nix|node|node-lts|php|python|ruby|rust|scala)$/,
  /^(java|python|ruby|go|node)-\d+(\.\d+)*$/,
  /^(mongodb|mysql|postgres|yugabytedb|yugabytedb-preview)$/,
]);

/** Is an image one of Gitpod's own, whatever its registry's alias, tag or digest? */
export function lacksAwsCli(image: string): boolean {
  const name =
    /^(?:(?:docker\.io|index\.docker\.io)\/)?gitpod\/workspace-([a-z0-9.-]{1,60})(?::[\w.-]*)?(?:@sha256:[0-9a-f]*)?$/.exec(
      image,
    );
  return gitpodImages.some((pattern) => pattern.test(name?.[1] ?? ""));
}
