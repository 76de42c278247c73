import { nearest } from "../../diagnostics";
import type { ShellCommand, Word } from "../../model/gitpodYml";
import type { GitpodYmlSubject, PlacedObservation, Rule } from "../rule";
import { isLogin, loginFlags } from "./steps";

/** A command with wrong words: neither text quotes more of the file than the wrong word. */
interface Mistake {
  readonly word: Word;
  readonly found: string;
  readonly write: string;
}

const right = "gp idp login aws --role-arn ARN --profile NAME --duration-seconds N";
const idpCommands = ["login", "token", "gcloud-token", "help"];
const loginTargets = ["aws", "vault", "help"];
const syncCommands = ["sync-await", "sync-done"];
const flags = [...loginFlags, "help"];

/** Hyphens and dashes that word processors make of `--`. */
const dashes = /^(?=-*[\u2010-\u2015\u2212\ufe58\ufe63\uff0d])[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+/;

/** Does a command mean a login to AWS, whatever the order and the case of its words? */
function meansLogin(words: readonly string[]): boolean {
  const said = new Set(words.slice(1, 4).map((text) => text.toLowerCase()));
  const first = words[1]?.toLowerCase() ?? "";
  const near = said.has("idp") || nearest(first, ["idp"]) === "idp";
  return said.has("login") && said.has("aws") && (near || first === "login");
}

/** What is wrong in the words before the flags of a `gp` command. */
function wordMistake({ words }: ShellCommand): Mistake | null {
  const texts = words.map(({ text }) => text);
  const [, idp, login, target] = words;
  if (idp?.known !== true) return null;
  if (/^sync/i.test(idp.text)) return syncMistake(idp, login);
  if (login?.known === false || target?.known === false) return null;
  if (meansLogin(texts)) {
    const wrong = ["idp", "login", "aws"].findIndex((text, i) => texts[i + 1] !== text);
    const word = words[wrong + 1];
    if (wrong < 0 || word === undefined) return null;
    return { word, found: texts.slice(0, 4).join(" "), write: right };
  }
  if (idp.text !== "idp" || login === undefined || login.text.startsWith("-")) return null;
  if (!idpCommands.includes(login.text)) {
    const meant = login.text.toLowerCase() === "aws" ? "login aws" : nearest(login.text, idpCommands);
    if (meant === undefined) return null;
    return { word: login, found: `gp idp ${login.text}`, write: `gp idp ${meant}` };
  }
  if (login.text !== "login" || target === undefined || target.text.startsWith("-")) return null;
  const meant = loginTargets.includes(target.text) ? undefined : nearest(target.text, loginTargets);
  if (meant === undefined) return null;
  return { word: target, found: `gp idp login ${target.text}`, write: `gp idp login ${meant}` };
}

/** `gp sync-wait`, `gp sync await` and their like. */
function syncMistake(word: Word, next: Word | undefined): Mistake | null {
  if (syncCommands.includes(word.text)) return null;
  const two = /^sync$/i.test(word.text) && next?.known === true ? `sync-${next.text}` : word.text;
  const meant = /wait/i.test(two) ? "sync-await" : nearest(two, syncCommands);
  if (meant === undefined) return null;
  const found = two === word.text ? two : two.replace("-", " ");
  return { word, found: `gp ${found}`, write: `gp ${meant} NAME` };
}

/** What is wrong in the flags of `gp idp login aws`. */
function flagMistakes(words: readonly Word[]): readonly Mistake[] {
  const found: Mistake[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word?.known !== true) continue;
    const mistake = flagMistake(word, words[i + 1]);
    if (mistake !== null) found.push(mistake);
    // The next word is a value, or the word that is wrong already.
    const isFlag = word.text.startsWith("--") && loginFlags.includes(word.text.slice(2));
    if (isFlag || /^-[pd]$/.test(word.text) || word.text === "--") i += 1;
  }
  return found;
}

function flagMistake(word: Word, next: Word | undefined): Mistake | null {
  const { text } = word;
  const nextName = next?.text.replace(/=.*$/s, "") ?? "";
  if (text === "--" && flags.includes(nextName))
    return { word, found: `-- ${nextName}`, write: `--${nextName}` };
  const dash = dashes.exec(text)?.[0] ?? /^-*/.exec(text)?.[0] ?? "";
  const name = text.slice(dash.length).replace(/=.*$/s, "");
  if (flags.includes(name)) return dash === "--" ? null : { word, found: dash + name, write: `--${name}` };
  if (!text.startsWith("--") || name === "") return null;
  const underscored = name.toLowerCase().replaceAll("_", "-");
  const begun = name.length >= 4 ? flags.filter((flag) => flag.startsWith(underscored)) : [];
  const meant = begun.length === 1 ? begun[0] : nearest(underscored, flags);
  return meant === undefined ? null : { word, found: `--${name}`, write: `--${meant}` };
}

/** S16: commands of one Gitpod in the file of the other. */
function foreignCommand(command: ShellCommand, kind: "gitpod" | "ona"): PlacedObservation | null {
  const { program, words, place } = command;
  const verb = words[1]?.text ?? "";
  if (kind === "gitpod") {
    if (program !== "ona" && !(program === "gitpod" && verb === "idp")) return null;
    const message = `${program} is the command of Ona, and there is none in a workspace of Gitpod`;
    return verb === "idp" ? { message, place, remedy: "write gp idp" } : { message, place };
  }
  if (program !== "gp") return null;
  const message = "gp is the command of Gitpod Classic, and there is none in an environment of Ona";
  const remedy =
    verb === "sync-await" || verb === "sync-done"
      ? "remove it, and write dependsOn in the task that waits"
      : verb === "idp"
        ? "write ona idp"
        : "remove it, or use the command of Ona";
  return { message, place, remedy };
}

const everyCommand = ({ facts }: GitpodYmlSubject): readonly ShellCommand[] =>
  facts.tasks.flatMap(({ commands }) => commands);

/** Commands of `gp` that are none. */
export const wordRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "S04",
    severity: "error",
    title: "not a valid gp command",
    why: "gp refuses it, or takes it for something else, and nobody is logged in",
    remedy: "write gp idp login aws --role-arn ARN --profile NAME",
    gitpodYml: (subject) =>
      everyCommand(subject)
        .filter((command) => command.program === "gp" || isLogin(command))
        .flatMap((command) => {
          const mistakes = isLogin(command) ? flagMistakes(command.words.slice(4)) : [wordMistake(command)];
          return mistakes.filter((mistake) => mistake !== null);
        })
        .map(({ word, found, write }) => ({
          message: `found ${subject.shown(found)}`,
          place: word.place,
          remedy: `write ${write}`,
        })),
  },
  {
    id: "S16",
    severity: "error",
    title: "a command of Ona in a .gitpod.yml, or of Gitpod Classic in an automations file",
    why: "the command is not there, and nobody is logged in",
    remedy: "use gp in a .gitpod.yml, and ona in an automations file",
    gitpodYml: (subject) =>
      everyCommand(subject).flatMap((command) => foreignCommand(command, subject.facts.kind) ?? []),
  },
]);
