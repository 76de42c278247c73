import { createHash } from "node:crypto";
import { visibleJson } from "../../diagnostics/quote";
import type { AccessModel, Snippet } from "../../model/accessModel";
import type { Ownership } from "./ownership";

/** One snippet, as the index of a folder of snippets lists it. */
export interface CatalogueEntry {
  readonly url: string;
  readonly kind: "org" | "repo";
  readonly installation: string;
  /** Below the folder, `/` between. */
  readonly file: string;
  readonly task: string;
  readonly logins: readonly {
    readonly account: string;
    readonly roleArn: string;
    readonly profile: string;
    /** Names of the variables that it sets. */
    readonly exports: readonly string[];
  }[];
}

const generator = "gitpod-aws-oidc";

/** The snippets of a model as entries of an index, in the model's order. */
export function catalogueOf(model: AccessModel): readonly CatalogueEntry[] {
  return model.snippets.map(entryOf);
}

function entryOf({ url, kind, installation, file, task, logins }: Snippet): CatalogueEntry {
  return {
    ...{ url, kind, installation, file, task },
    logins: logins.map(({ account, roleArn, profile, exports }) => ({
      ...{ account, roleArn, profile },
      exports: exports.map((e) => e.variable),
    })),
  };
}

/** The index for programs: `{"generator", "sha256", "snippets": […]}`, the digest of the snippets' JSON among them. */
export function catalogueJson(entries: readonly CatalogueEntry[]): string {
  const index = { generator, sha256: digest(JSON.stringify(entries)), snippets: entries };
  return visibleJson(index);
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

function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
