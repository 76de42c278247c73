import type { ShellWord } from "./shellScope";
import { programOf } from "./shellWrappers";

/** A login in a text: as a command, or as the list of words that other languages make of one. */
const login =
  /(?<![\w.-])(?:gp["',\s]{1,9}idp["',\s]{1,9}login["',\s]{1,9}aws(?![\w-])|assume-role-with-web-identity|assume_role_with_web_identity)/;

/** Programs that show, keep or compare what they are given, and run none of it. */
const silent: ReadonlySet<string> = new Set([
  ...[
    "echo",
    "printf",
    "cat",
    "tee",
    "grep",
    "egrep",
    "fgrep",
    "rg",
    "ag",
    "sed",
    "awk",
    "git",
    "gh",
    "glab",
  ],
  ...["test", "[", "[[", ":", "true", "false", "read", "man", "tldr", "which", "type", "hash", "help"],
  ...["less", "more", "head", "tail", "wc", "cut", "tr", "sort", "uniq", "fold", "fmt", "column", "jq", "yq"],
  ...["logger", "notify-send", "cowsay", "figlet", "lolcat", "boxes", "gum", "dialog", "whiptail", "zenity"],
  ...["cp", "mv", "rm", "ls", "mkdir", "touch", "ln", "diff", "cmp", "base64", "sha256sum", "md5sum"],
  ...[
    "gp",
    "aws",
    "set",
    "return",
    "exit",
    "history",
    "say",
    "log",
    "code",
    "curl",
    "wget",
    "pbcopy",
    "xclip",
  ],
]);

/** Programs that read their input as data, whatever else they run. */
const readers: ReadonlySet<string> = new Set(["sudo", "env", "docker", "npm", "psql", "mysql"]);

/** Does a text say that somebody logs in to AWS? */
export function mentionsLogin(text: string): boolean {
  return login.test(text);
}

/** True for a program that runs nothing of what it is given. */
export function isSilent(name: string): boolean {
  return silent.has(name);
}

/** May a program run what is on its input? */
export function handsOver(name: string): boolean {
  return !readers.has(name);
}

/** The login among the words of a program that runs it, as `find` and many others do; null where there is none. */
export function wrappedLogin(words: readonly ShellWord[]): readonly ShellWord[] | null {
  const at = words.findIndex((word, i) => {
    if (i === 0) return false;
    const name = programOf(word);
    const [next, ...others] = words.slice(i + 1, i + 12).map(({ text }) => text);
    return (name === "gp" && next === "idp") || (name === "aws" && [next, ...others].some(isByHand));
  });
  if (at < 0) return null;
  const end = words.findIndex(({ text }, i) => i > at && /^(?:;|\+|:::)$/.test(text));
  return words.slice(at, end < 0 ? undefined : end);
}

function isByHand(text: string | undefined): boolean {
  return text === "assume-role-with-web-identity";
}
