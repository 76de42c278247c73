import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";
import { escapeTemplate } from "../terraform/blocks";

/** How cdktf writes a value that it learns at deployment into a string: `${TfToken[TOKEN.7]}`. */
const stringToken = /(\$\{TfToken\[[A-Za-z0-9:._-]+\]\})/;
const otherToken = /[#&]\{TfToken\[/;

/** A text with a word for each of its tokens: what stands around them. */
export function aroundTokens(text: string): string {
  return text
    .split(stringToken)
    .map((part, i) => (i % 2 === 1 ? "token" : part))
    .join("");
}

/**
 * Escapes a text of a construct's props for Terraform, but for the tokens in it: those become references.
 * @throws TypeError - for the token of a list or map, which cannot stand inside a text
 */
export function escapeAroundTokens(text: string): string {
  if (otherToken.test(text)) {
    throw new TypeError("a list or map of another resource cannot stand here: name its items one by one");
  }
  return text
    .split(stringToken)
    .map((part, i) => (i % 2 === 1 ? part : escapeTemplate(part)))
    .join("");
}

/**
 * A value whose tokens are named by what they refer to, e.g. `aws_sqs_queue.jobs.arn`, for rules to judge: a name that
 * is not known, and, where a text begins with it, any ARN with such a name.
 */
export function withTokensNamed<T>(scope: IConstruct, value: T): T {
  if (typeof value === "string") {
    const parts = value.split(stringToken).map((part, i) => {
      if (i % 2 === 0) return part;
      const name = withoutTokens(scope, part).replace(/[^A-Za-z0-9._-]+/g, "");
      return i === 1 && value.startsWith(part) ? `*${name}*` : name;
    });
    return parts.join("") as T;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => withTokensNamed(scope, item)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withTokensNamed(scope, item as unknown)]),
  ) as T;
}

/** A text with its tokens replaced by what they refer to: the same in every synth, however tokens are numbered. */
export function withoutTokens(scope: IConstruct, text: string): string {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return String(Tokenization.resolve(text, { scope, resolver, preparing: false }));
}
