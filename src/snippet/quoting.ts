/**
 * One word of bash that means exactly `text`: printable ASCII on one line, so that it also survives being typed
 * into an interactive shell, where TAB completes, `!` recalls history and other bytes are keys.
 * @throws RangeError for text that no environment can hold: NUL, or half of a surrogate pair
 */
export function shellQuote(text: string): string {
  refuseUnencodable(text);
  if (/^[ -~]*$/.test(text) && !/['!]/.test(text)) return `'${text}'`;
  return `$'${Array.from(text, ansiC).join("")}'`;
}

/**
 * One word of bash, zsh and fish, also inside a script in single quotes, that `printf %b` makes `text` of: printable
 * ASCII on one line. Readable where the text is.
 * @throws RangeError as {@link shellQuote}
 */
export function codedQuote(text: string): string {
  if (/^[ #%&(-[\]-_a-~]*$/.test(text)) return `"${text}"`;
  refuseUnencodable(text);
  return `"${Array.from(text, coded).join("")}"`;
}

/**
 * Splits `text` so that each piece fits on a line of a terminal once quoted by {@link codedQuote} or
 * {@link shellQuote}, at ends of lines where possible. Joined, the pieces are the text. A terminal in line mode drops what goes beyond 4,095 bytes of a line.
 * @param maxQuoted - longest quoted piece in characters, at least 23: what one character may take
 */
export function shellPieces(text: string, maxQuoted = 1000): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let quoted = 3;
  for (const char of text) {
    const length = coded(char).length;
    if (quoted + length > maxQuoted || piece.endsWith("\n")) {
      pieces.push(piece);
      piece = "";
      quoted = 3;
    }
    piece += char;
    quoted += length;
  }
  return piece === "" ? pieces : [...pieces, piece];
}

/**
 * A double-quoted YAML scalar on one line that every parser reads as `text`; what cannot be seen is escaped.
 * @throws RangeError for NUL or half of a surrogate pair
 */
export function yamlQuote(text: string): string {
  refuseUnencodable(text);
  return JSON.stringify(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Co}]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16).toUpperCase();
    return code.length > 4 ? `\\U${code.padStart(8, "0")}` : `\\u${code.padStart(4, "0")}`;
  });
}

const named: Readonly<Record<string, string>> = Object.freeze({
  "\\": "\\\\",
  "'": "\\'",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
});

/** One character inside `$'…'`. */
function ansiC(char: string): string {
  const name = named[char];
  if (name !== undefined) return name;
  if (/^[ -~]$/.test(char) && char !== "!") return char;
  return [...Buffer.from(char)].map((byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}

/** One character for `printf %b`, without what any shell acts upon in single or double quotes. */
function coded(char: string): string {
  if (/^[ -~]$/.test(char) && !/[!"$'\\`]/.test(char)) return char;
  return [...Buffer.from(char)].map((byte) => `\\0${byte.toString(8).padStart(3, "0")}`).join("");
}

function refuseUnencodable(text: string): void {
  if (text.includes("\0")) throw new RangeError("text with a NUL character cannot be quoted");
  if (!text.isWellFormed()) throw new RangeError("text with half of a surrogate pair cannot be quoted");
}
