import type { ScmHost } from "../model/accessModel";
import { dialects } from "./hosts";
import { parseSubject } from "./parseSubject";
import type { EntryUrl } from "./url";

/** Longer than any URL of a repository, and short enough to print. */
const longest = 2000;

/** Clone URLs of Azure DevOps over ssh: `git@ssh.dev.azure.com:v3/org/project/repository`. */
const azureSsh =
  /^(?:ssh:\/\/)?[^@/\s]+@(?:ssh\.dev\.azure\.com|vs-ssh\.visualstudio\.com)(?::22)?[:/]v3\/([^/]+)\/([^/]+)\/([^/]+)$/;

/** Reads what people paste for a repository: the URL of any of its pages, or a remote of git over https or ssh. */
export function parseRemoteUrl(
  text: string,
  hosts: readonly ScmHost[],
): { readonly ok: true; readonly repository: EntryUrl } | { readonly ok: false; readonly problem: string } {
  const typed = text.trim();
  // Problems quote nothing: the text may hold a password.
  if (typed === "") return { ok: false, problem: "it is empty" };
  if (typed.length > longest) return { ok: false, problem: `it is longer than ${longest} characters` };
  for (const url of spellings(typed, hosts)) {
    const parsed = parseSubject(url, hosts);
    if (parsed.kind === "repository" && !parsed.disguised) return { ok: true, repository: parsed.repository };
  }
  return { ok: false, problem: `it names no repository of ${hosts.map((h) => h.name).join(", ")}` };
}

/** The https URLs that a text may stand for, the likeliest first. */
function spellings(typed: string, hosts: readonly ScmHost[]): readonly string[] {
  if (azureSsh.test(typed)) return [typed.replace(azureSsh, "https://dev.azure.com/$1/$2/_git/$3")];
  const url = /^(?:(?:https?|ssh|git|git\+ssh):\/\/(?:[^@/]*@)?)?([^/:@]+)(:[0-9]+)?\/(.*)$/is.exec(typed);
  const scp = /^(?:[^@/:\s]+@)([^/:\s]+):(?![0-9]+\/)(.*)$/s.exec(typed);
  const [, name = "", port = "", path = ""] = url ?? ["", scp?.[1], "", scp?.[2]];
  const inside = path.replace(/^\/+/, "").replace(/\/+$/, "");
  if (name === "" || inside === "") return [];
  const host = name.toLowerCase().replace(/^www\./, "");
  // Over ssh a port is sshd's, and a path prefix of the host is left out.
  const declared = hosts.filter((h) => h.name.replace(/[:/].*$/, "") === host);
  const places = new Set([`${host}${port}`, host, ...declared.map((h) => h.name)]);
  return [
    ...[...places].map((place) => `https://${place}/${inside}`),
    // Some hosts' URLs for ssh lack what those for https have.
    ...declared.flatMap(({ name: own, kind }) => {
      const folder = dialects[kind].cloneFolder;
      return folder === undefined ? [] : [`https://${own}/${folder}/${inside}`];
    }),
  ];
}
