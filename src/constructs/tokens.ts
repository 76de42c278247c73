import { DefaultTokenResolver, StringConcat, Tokenization } from "cdktf";
import type { IConstruct } from "constructs";
import { escapeTemplate } from "../terraform/blocks";

/** How cdktf writes a value that it learns at deployment into a string: `${TfToken[TOKEN.7]}`. */
const stringToken = /(\$\{TfToken\[[A-Za-z0-9:._-]+\]\})/;
const otherToken = /[#&]\{TfToken\[/;

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

/** A text with its tokens replaced by what they refer to: the same in every synth, however tokens are numbered. */
export function withoutTokens(scope: IConstruct, text: string): string {
  const resolver = new DefaultTokenResolver(new StringConcat());
  return String(Tokenization.resolve(text, { scope, resolver, preparing: false }));
}
