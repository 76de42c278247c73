/** Variables that shells, loaders or tools act upon: setting one to a secret's value runs or breaks something. */
export const forbiddenNames: ReadonlySet<string> = new Set(
  [
    "PATH HOME PWD OLDPWD SHELL IFS ENV TERM TMOUT POSIXLY_CORRECT LANG",
    "UID EUID GID EGID PPID SHELLOPTS BASHOPTS BASHPID _",
    // What bash and zsh set themselves, so that a value is lost, read-only or means something else.
    "RANDOM SRANDOM SECONDS LINENO GROUPS FUNCNAME FUNCNEST DIRSTACK SHLVL",
    "OPTIND OPTARG OPTERR HISTCMD PIPESTATUS REPLY COLUMNS LINES ARGC USERNAME",
    "PS0 PS1 PS2 PS3 PS4 CDPATH FPATH EDITOR VISUAL PAGER",
    "ZDOTDIR MODULE_PATH NULLCMD READNULLCMD POSTEDIT SPROMPT",
  ].flatMap((line) => line.split(" ")),
);

/** The same for whole families of variables, by how their names begin. */
export const forbiddenBeginnings: readonly string[] = Object.freeze(
  [
    "LC_ EPOCH HIST COMP_ LD_ DYLD_ BASH_ GIT_ AWS_ GITPOD_ GP_ IDP_ NODE_ NPM_",
    "PYTHON PERL5 RUBY JAVA_TOOL JDK_JAVA _JAVA SSH_ PROMPT RPROMPT RPS LESS",
  ].flatMap((line) => line.split(" ")),
);

/** Why a snippet may not export a variable of this name; null for one that it may. */
export function envProblem(variable: string): string | null {
  if (!/^[A-Z_][A-Z0-9_]*$/.test(variable))
    return "a variable is written with A-Z, 0-9 and _, and begins with no digit";
  if (forbiddenNames.has(variable)) return "shells and programs act upon this variable";
  const beginning = forbiddenBeginnings.find((b) => variable.startsWith(b));
  return beginning === undefined ? null : `programs act upon variables that begin with ${beginning}`;
}
