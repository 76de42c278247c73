import { nearest } from "../../diagnostics";
import type { ShellCommand, Word } from "../../model/gitpodYml";
import { rulesOf, type GitpodYmlSubject, type Rule } from "../rule";
import { isLogin, loginFlags } from "./steps";

/** A command with wrong words: neither text quotes more of the file than these. */
interface Mistake {
  readonly word: Word;
  readonly found: string;
  readonly write: string;
}

const right = "gp idp login aws --role-arn ARN --profile NAME";
/** The commands of `gp` that logins and waits need: what comes near to one is a misspelling. */
const commands = "idp login aws|idp login vault|idp token|idp gcloud-token|sync-await|sync-done".split("|");
const flags = [...loginFlags, "help"];

/** What is wrong in the words before the flags of a `gp` command. */
function wordMistake({ words }: ShellCommand): readonly Mistake[] {
  const end = words.findIndex(({ known, text }, i) => i > 0 && (!known || text.startsWith("-")));
  const said = words.slice(1, end < 0 ? 4 : Math.min(end, 4)).map(({ text }) => text);
  if (commands.some((command) => `${said.join(" ")} `.startsWith(`${command} `))) return [];
  for (let length = said.length; length > 0; length--) {
    const text = said.slice(0, length).join(" ");
    if (commands.some((command) => command.startsWith(`${text} `))) return [];
    // Words of the login in another order, or without one of them.
    const isLoginMeant = /^(?=.*\baws\b)(?:(?:idp|login|aws) )+(?:idp|login|aws)$/i.test(text);
    const meant = isLoginMeant ? "idp login aws" : nearest(text, commands);
    if (meant === undefined) continue;
    const word = words[1 + meant.split(" ").findIndex((part, i) => said[i] !== part)];
    const write = meant === "idp login aws" ? right : `gp ${meant}${meant.startsWith("sync") ? " NAME" : ""}`;
    return word === undefined ? [] : [{ word, found: `gp ${text}`, write }];
  }
  return [];
}

function flagMistakes(words: readonly Word[]): readonly Mistake[] {
  return words.flatMap((word, i): readonly Mistake[] => {
    const before = words[i - 1]?.text ?? "";
    // A value, or the word behind a lone --.
    if (!word.known || /^-[pd]$/.test(before) || before === "--" || loginFlags.includes(before.slice(2)))
      return [];
    // Word processors make dashes of hyphens.
    const [, dash = "", name = ""] =
      /^([-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]*)([^=]*)/.exec(word.text) ?? [];
    if (dash === "--" && name === "") {
      const next = words[i + 1]?.text ?? "";
      return flags.includes(next) ? [{ word, found: `-- ${next}`, write: `--${next}` }] : [];
    }
    if (name.length < 4 || (dash === "--" && flags.includes(name))) return [];
    const plain = name.toLowerCase().replaceAll("_", "-");
    const meant = flags.find((flag) => flag.startsWith(plain)) ?? (dash === "--" && nearest(plain, flags));
    return meant ? [{ word, found: dash + name, write: `--${meant}` }] : [];
  });
}

const everyCommand = ({ facts }: GitpodYmlSubject): readonly ShellCommand[] =>
  facts.tasks.flatMap((task) => task.commands);

/** Commands of `gp` that are none. */
export const wordRules: readonly Rule[] = rulesOf({
  S04: {
    severity: "error",
    title: "not a valid gp command",
    why: "gp refuses it, or takes it for something else, and nobody is logged in",
    remedy: `write ${right}`,
    gitpodYml: (subject) =>
      everyCommand(subject)
        .flatMap((command) => {
          if (isLogin(command)) return flagMistakes(command.words.slice(4));
          return command.program === "gp" ? wordMistake(command) : [];
        })
        .map(({ word: { place }, found, write }) => ({
          message: `found ${subject.shown(found)}`,
          place,
          remedy: `write ${write}`,
        })),
  },
  S16: {
    severity: "error",
    title: "a command of Ona in a .gitpod.yml, or of Gitpod Classic in an automations file",
    remedy: "write gp in a .gitpod.yml, and in an automations file ona, with dependsOn for gp sync-await",
    gitpodYml: (subject) => {
      const inOna = subject.facts.format === "automations.yaml";
      const where = inOna ? "an environment of Ona" : "a workspace of Gitpod Classic";
      const isOnas = ({ program, words }: ShellCommand): boolean =>
        program === "ona" || (program === "gitpod" && words[1]?.text === "idp");
      return everyCommand(subject)
        .filter((command) => (inOna ? command.program === "gp" : isOnas(command)))
        .map(({ program, place }) => ({ message: `${where} has no command ${program}`, place }));
    },
  },
});
