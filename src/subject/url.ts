import { refuse, type Refusal } from "../model/correction";
import type { HostKind, ScmHost } from "../model/accessModel";
import { dialects, knownHosts } from "./hosts";

/** The hosts that a manifest may name: the known ones and its own. */
export function scmHosts(own: Readonly<Record<string, HostKind>>): readonly ScmHost[] {
  return Object.entries({ ...knownHosts, ...own })
    .map(([name, kind]) => ({ name, kind }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The URL of an organization or repository that is as strict as a trust policy needs it. */
export interface EntryUrl {
  /** Canonical: no `.git`, no trailing slash, the one spelling where the host has several. */
  readonly url: string;
  readonly kind: HostKind;
  /** URL of the host, path prefix included, without slash at its end. */
  readonly base: string;
  /** Canonical path below the host. */
  readonly segments: readonly string[];
}

/** An entry's URL, or why it is none: neither text quotes it. */
export type EntryUrlResult = { readonly ok: true; readonly entry: EntryUrl } | Refusal;

/** What no URL of an entry may hold: each either ends the path or means another one to somebody who reads it. */
const forbidden: readonly (readonly [pattern: RegExp, what: string])[] = Object.freeze([
  // eslint-disable-next-line no-control-regex
  [/[\u0000-\u0020\u007f-\uffff]/, "a space, control or non-ASCII character"],
  [/\\/, "a backslash"],
  [/[*?]/, "a wildcard or query"],
  [/#/, "a fragment"],
  [/%(2e|2f|5c)/i, "an encoded dot, slash or backslash"],
  // Not left to the comparison with what URL makes of it: that of Node 20 keeps the last dot of https://h/a/.b/.
  [/\/\.{1,2}(?:\/|$)/, "a dot segment"],
  [/\/$/, "a slash at the end"],
  [/\.git$/i, ".git at the end"],
]);

/**
 * Reads the URL of an entry of `orgs` or `repos`. It must be `https` and written as the URL standard writes it, so
 * that what is compared with a token's `sub` is what a browser would open.
 * @see https://url.spec.whatwg.org/
 */
export function parseEntryUrl(
  text: string,
  entryKind: "org" | "repo",
  hosts: readonly ScmHost[],
): EntryUrlResult {
  if (!text.startsWith("https://"))
    return refuse("it does not begin with https://", "copy the URL from the browser's address bar");
  const found = forbidden.find(([pattern]) => pattern.test(text));
  if (found) return refuse(`it holds ${found[1]}`, `write the URL without ${found[1]}`);
  if (!URL.canParse(text)) return refuse("it is not a URL", "copy it from the browser's address bar");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "")
    return refuse("it holds a user name", "write the URL without user name and password");
  if (url.pathname === "/" || url.pathname.includes("//")) {
    const { example } = dialects[hostOf(url, hosts)?.kind ?? "github"];
    return refuse("a segment of its path is empty", `write it like ${example[entryKind]}`);
  }
  if (url.href !== text)
    return refuse("it is not in its normal form", `write ${url.href.replace(/\/$/, "")}`);
  return withHost(url, entryKind, hosts);
}

function withHost(url: URL, entryKind: "org" | "repo", hosts: readonly ScmHost[]): EntryUrlResult {
  const host = hostOf(url, hosts);
  if (!host)
    return refuse(
      `its host is none of ${hosts.map((h) => h.name).join(", ")}`,
      url.host.startsWith("www.")
        ? "write it without www., as Gitpod opens it"
        : "declare a self-hosted one under scmHosts, e.g. git.acme.com: github",
    );
  const path = `${url.host}${url.pathname}`;
  const inner = hosts.find(({ name }) => name === path || name.startsWith(`${path}/`));
  if (inner) {
    return refuse(
      `${inner.name} is a host of its own: below this URL are all of its repositories`,
      "name an organization or repository of one host, or take the other out of scmHosts",
    );
  }
  const dialect = dialects[host.kind];
  const written = path.slice(host.name.length + 1).split("/");
  const segments = dialect[entryKind](written);
  if (segments === null) {
    const isOther = dialect[entryKind === "org" ? "repo" : "org"](written) !== null;
    const [noun, list] = entryKind === "org" ? ["an organization", "repos"] : ["a repository", "orgs"];
    const like = `write it like ${dialect.example[entryKind]}`;
    return refuse(
      `the URL of ${noun} on ${host.name} has ${dialect.words[entryKind]}`,
      isOther ? `move the entry to ${list}, or ${like}` : like,
    );
  }
  const base = `https://${host.name}`;
  return { ok: true, entry: { url: [base, ...segments].join("/"), kind: host.kind, base, segments } };
}

/** Host and path of the organization or user that owns what a URL names, e.g. `github.com/acme`. */
export function entryOwner({ kind, base, segments }: EntryUrl): string {
  return [base.slice("https://".length), ...segments.slice(0, dialects[kind].orgDepth)].join("/");
}

/** The host that a URL is on: the one with the longest path prefix. */
export function hostOf(url: Pick<URL, "host" | "pathname">, hosts: readonly ScmHost[]): ScmHost | undefined {
  const whole = `${url.host}${url.pathname}`;
  return hosts
    .filter((host) => whole.startsWith(host.name) && whole[host.name.length] === "/")
    .sort((a, b) => b.name.length - a.name.length)[0];
}
