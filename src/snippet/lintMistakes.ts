import { nearest } from "../diagnostics/nearest";
import { isKnown } from "./shellScope";
import type { ShellWord } from "./shellScope";
import { idpCommands, loginFlags, loginTargets, syncCommands } from "./lintTable";

/** A command with wrong words: neither text quotes more of the file than the wrong word. */
export interface CommandMistake {
  readonly word: ShellWord;
  readonly found: string;
  readonly write: string;
}

const right = "gp idp login aws --role-arn ARN --profile NAME --duration-seconds N";

/** Hyphens and dashes that word processors make of `--`. */
const dashes =
  /^[\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]*[\u2010-\u2015\u2212\ufe58\ufe63\uff0d][\u2010-\u2015\u2212\ufe58\ufe63\uff0d-]*/;

const flags: readonly string[] = [...loginFlags.valued, ...loginFlags.bare];

/** Does a command mean a login to AWS, whatever the order and the case of its words? */
export function meansLogin(words: readonly ShellWord[]): boolean {
  const said = new Set(words.slice(1, 4).map(({ text }) => text.toLowerCase()));
  const first = words[1]?.text.toLowerCase() ?? "";
  const near = said.has("idp") || nearest(first, ["idp"]) === "idp";
  return said.has("login") && said.has("aws") && (near || first === "login");
}

/** What is wrong in the words before the flags of a `gp` command; undefined where nothing is, or nothing is known. */
export function wordMistake(words: readonly ShellWord[]): CommandMistake | undefined {
  const [, idp, login, target] = words;
  if (idp !== undefined && isKnown(idp) && /^sync/i.test(idp.text)) return syncMistake(idp, login);
  if (idp === undefined || [idp, login, target].some((word) => word !== undefined && !isKnown(word)))
    return undefined;
  if (meansLogin(words)) {
    const expected = ["idp", "login", "aws"];
    const wrong = expected.findIndex((text, i) => words[i + 1]?.text !== text);
    const word = words[wrong + 1];
    if (wrong < 0 || word === undefined) return undefined;
    const found = words
      .slice(0, 4)
      .map(({ text }) => text)
      .join(" ");
    return { word, found, write: right };
  }
  if (idp.text !== "idp" || login === undefined || login.text.startsWith("-")) return undefined;
  if (!idpCommands.includes(login.text)) {
    const meant = login.text.toLowerCase() === "aws" ? "login aws" : nearest(login.text, idpCommands);
    if (meant === undefined) return undefined;
    return { word: login, found: `gp idp ${login.text}`, write: `gp idp ${meant}` };
  }
  if (login.text !== "login" || target === undefined || target.text.startsWith("-")) return undefined;
  if (loginTargets.includes(target.text)) return undefined;
  const meant = nearest(target.text, loginTargets);
  if (meant === undefined) return undefined;
  return { word: target, found: `gp idp login ${target.text}`, write: `gp idp login ${meant}` };
}

/** `gp sync-wait`, `gp sync await` and their like. */
function syncMistake(word: ShellWord, next: ShellWord | undefined): CommandMistake | undefined {
  if (syncCommands.includes(word.text)) return undefined;
  const two =
    /^sync$/i.test(word.text) && next !== undefined && isKnown(next) ? `sync-${next.text}` : word.text;
  const meant = /wait/i.test(two) ? "sync-await" : nearest(two, syncCommands);
  if (meant === undefined) return undefined;
  return { word, found: `gp ${two === word.text ? two : two.replace("-", " ")}`, write: `gp ${meant} NAME` };
}

/** What is wrong in the flags of `gp idp login aws`. */
export function flagMistakes(words: readonly ShellWord[]): readonly CommandMistake[] {
  const found: CommandMistake[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === undefined || !isKnown(word)) continue;
    const mistake = flagMistake(word, words[i + 1]);
    if (mistake !== undefined) found.push(mistake);
    const name = word.text.replace(/^--/, "");
    const takesNext =
      (word.text.startsWith("--") && loginFlags.valued.includes(name)) || /^-[pd]$/.test(word.text);
    // The next word is a value, or the word that is wrong already.
    if (takesNext || word.text === "--") i += 1;
  }
  return found;
}

function flagMistake(word: ShellWord, next: ShellWord | undefined): CommandMistake | undefined {
  const { text } = word;
  const nextName = next?.text.replace(/=.*$/s, "") ?? "";
  if (text === "--" && flags.includes(nextName))
    return { word, found: `-- ${nextName}`, write: `--${nextName}` };
  const dash = dashes.exec(text);
  const name = text.replace(dash?.[0] ?? /^-*/, "").replace(/=.*$/s, "");
  if (flags.includes(name)) {
    const written = text.slice(0, text.indexOf(name));
    const short = written === "-" && name.length === 1;
    return written === "--" || short ? undefined : { word, found: `${written}${name}`, write: `--${name}` };
  }
  if (!text.startsWith("--") || name === "") return undefined;
  const underscored = name.toLowerCase().replaceAll("_", "-");
  const meant = flags.find((flag) => flag === underscored) ?? near(underscored);
  return meant === undefined ? undefined : { word, found: `--${name}`, write: `--${meant}` };
}

/** The flag that a person meant: the nearest, or the only one that begins so. */
function near(name: string): string | undefined {
  const begun = name.length >= 4 ? flags.filter((flag) => flag.startsWith(name)) : [];
  return begun.length === 1 ? begun[0] : nearest(name, flags);
}
