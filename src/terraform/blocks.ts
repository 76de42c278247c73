import { shortHash } from "../model/names";
import type { JsonObject } from "./stableJson";

/** A resource: its type and identifier, which make its address, and its arguments. */
export interface ResourceBlock {
  readonly type: string;
  readonly id: string;
  readonly body: JsonObject;
  /** What the provider knows it by that exists already, for Terraform to take into its state. @default - it is created */
  readonly importId?: string | undefined;
}

/** Makes a text a Terraform template that evaluates to it. */
export type Escape = (text: string) => string;

/**
 * A text as a Terraform template that evaluates to it: `${` becomes `$${` and `%{` becomes `%%{`. Holds for keys and
 * values of resources, providers and outputs; Terraform takes the text of `backend` and `cloud` blocks literally.
 * @throws RangeError - for text that Terraform cannot hold, see {@link isTerraformText}
 * @see https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
 */
export function escapeTemplate(text: string): string {
  if (!isTerraformText(text)) {
    throw new RangeError(
      `terraform would alter ${JSON.stringify(text)}: write it in Unicode normal form C, without a byte order mark`,
    );
  }
  return text.includes("${") || text.includes("%{") ? text.replace(/([$%])\{/g, "$1$1{") : text;
}

/** Does Terraform keep a text as it is? It makes it form C, drops a byte order mark, and replaces half characters. */
export function isTerraformText(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  if (!/[^\u0000-\u00ff]/.test(text)) return true;
  return text.isWellFormed() && !text.startsWith("\ufeff") && text.normalize("NFC") === text;
}

/**
 * A Terraform identifier for a name. What is an identifier already stays as it is; otherwise what does not belong
 * becomes `_`, and `_` and 8 hex digits of the name's SHA-256 follow. So does what merely looks as if they did.
 * @returns `[A-Za-z_][A-Za-z0-9_-]*`
 */
export function logicalId(name: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) && !/_[0-9a-f]{8}$/.test(name)) return name;
  const plain = name.replace(/[^A-Za-z0-9_-]/gu, "_");
  return `${/^[A-Za-z_]/.test(plain) ? "" : "_"}${plain}_${shortHash(name)}`;
}

/** A map with keys and values escaped. */
export function escapeMap(map: Readonly<Record<string, string>>, escape: Escape): JsonObject {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [escape(key), escape(value)]));
}
