import { visibleJson } from "../../diagnostics";
import type { Snippet } from "../../model/accessModel";
import { digest, type Ownership } from "./ownership";

const generator = "gitpod-aws-oidc";

/**
 * The index of a folder of snippets, for programs: `{"generator", "sha256", "snippets": […]}`, the digest of the
 * snippets' JSON among them. A `file` is below the folder, `/` between; `exports` are names of variables.
 */
export function catalogueJson(all: readonly Snippet[]): string {
  const snippets = all.map(({ url, kind, installation, file, task, logins }) => ({
    ...{ url, kind, installation, file, task },
    logins: logins.map(({ account, roleArn, profile, exports }) => ({
      ...{ account, roleArn, profile },
      exports: exports.map(({ variable }) => variable),
    })),
  }));
  return visibleJson({ generator, sha256: digest(JSON.stringify(snippets)), snippets });
}

/** Whose an index is, as {@link catalogueJson} writes it. */
export function catalogueJsonOwnership(text: string): Ownership {
  try {
    const index = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (index?.["generator"] !== generator) return "foreign";
    return index["sha256"] === digest(JSON.stringify(index["snippets"])) ? "ours" : "edited";
  } catch {
    return "foreign";
  }
}
