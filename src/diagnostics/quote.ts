import type { Path } from "./diagnostic";

/*
 * What users write reaches their terminals, logs and pull requests inside our messages. Characters that do not
 * show, or that reorder their neighbours, become visible here, in one place.
 */

/** Control and format characters (bidi, zero-width), line separators, lone surrogates, no characters, blank fillers. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u034f\u115f\u1160\u2800\u3164\uffa0\ufffe\uffff]/u;

/** The hidden characters, and the spaces that only look like U+0020. */
const escaped = new RegExp(`${hidden.source}|(?! )\\p{Zs}`, "gu");

/** Characters of a quotation before it is cut. */
const quotationLength = 80;

/** True for text that a person can see whole: no control, bidirectional or zero-width character. */
export function isVisible(text: string): boolean {
  return !hidden.test(text);
}

/** Text with its hidden characters as `\uXXXX`, and everything else as it is. */
export function escapeHidden(text: string): string {
  if (/^[ -~]*$/.test(text)) return text;
  const unit = (one: string) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return text.replace(escaped, (character) => character.split("").map(unit).join(""));
}

/** Text for one line of a terminal: like {@link escapeHidden}, but a TAB is one space. */
export function printable(text: string): string {
  return escapeHidden(text.replaceAll("\t", " "));
}

/** Text of several lines in one. */
export function oneLine(text: string): string {
  return text.includes("\n") ? text.trim().replace(/\s*\n\s*/g, " ") : text.trim();
}

/** Text in double quotes for a message, hidden characters escaped, cut after 80 characters. */
export function quote(text: string): string {
  // A character has at most two units: what lies beyond cannot be among the first 80.
  const characters = Array.from(text.slice(0, 2 * quotationLength + 2));
  const cut = characters.length > quotationLength;
  const shown = cut ? characters.slice(0, quotationLength).join("") : text;
  return `"${escapeHidden(shown.replace(/["\\]/g, "\\$&"))}${cut ? "…" : ""}"`;
}

/** A path as a person writes it: `repos[0].grants[1].secret`, `scmHosts["git.acme.com"]`; the root is empty. */
export function pathText(path: Path): string {
  const written = path.map((segment) => {
    if (typeof segment === "number") return `[${segment}]`;
    return /^[A-Za-z_][A-Za-z0-9_-]{0,79}$/.test(segment) ? `.${segment}` : `[${quote(segment)}]`;
  });
  return written.join("").replace(/^\./, "");
}

/**
 * JSON on several lines, as everything of ours is written: a hidden character in it is \uXXXX, which means the same.
 * @param keys - those that objects may have, in their order. @default - all of them, as they come
 */
export function visibleJson(value: unknown, keys?: string[]): string {
  return `${JSON.stringify(value, keys, 2).split("\n").map(escapeHidden).join("\n")}\n`;
}

/** True for text that begins as tokens do: it is kept out of every message. */
export function resemblesToken(text: string): boolean {
  return /eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/.test(text);
}

/** Text for a terminal or log, with anything that resembles a token taken out. */
export function withoutTokens(text: string): string {
  return text.replace(/eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*(\.[A-Za-z0-9_-]*)?/g, "(a token)");
}
