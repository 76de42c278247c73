import type { HostKind } from "../model/accessModel";
import { dialects, knownHosts } from "./hosts";

/** A source control host: `github.com`, `git.acme.com:8443` or `intern.acme.com/git`, with its kind. */
export interface ScmHost {
  /** Host, port if any, and path prefix if any, without slashes at the ends. */
  readonly name: string;
  readonly kind: HostKind;
}

/** The hosts that a manifest may name: the known ones and its own. */
export function scmHosts(own: Readonly<Record<string, HostKind>>): readonly ScmHost[] {
  return Object.entries({ ...knownHosts, ...own }).map(([name, kind]) => ({ name, kind }));
}

/** The URL of an organization or repository that is as strict as a trust policy needs it. */
export interface EntryUrl {
  /** Canonical: no `.git`, no trailing slash. */
  readonly url: string;
  readonly kind: HostKind;
  /** Path below the host, without leading slash. */
  readonly path: string;
}

export type EntryUrlResult =
  | { readonly ok: true; readonly entry: EntryUrl }
  /** `problem` and `remedy` quote nothing of the URL; `nearest` is a better spelling of it, where there is one. */
  | {
      readonly ok: false;
      readonly problem: string;
      readonly remedy: string;
      readonly notSupportedYet?: true;
    };

/** What no URL of an entry may hold: each either ends the path or means another one to somebody who reads it. */
const forbidden: readonly (readonly [pattern: RegExp, what: string])[] = Object.freeze([
  // eslint-disable-next-line no-control-regex
  [/[\u0000-\u0020\u007f-\uffff]/, "a space, control or non-ASCII character"],
  [/\\/, "a backslash"],
  [/[*?]/, "a wildcard or query"],
  [/#/, "a fragment"],
  [/%(2e|2f|5c)/i, "an encoded dot, slash or backslash"],
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
  if (!text.startsWith("https://")) {
    return {
      ok: false,
      problem: "it does not begin with https://",
      remedy: "copy the URL from the browser's address bar",
    };
  }
  const found = forbidden.find(([pattern]) => pattern.test(text));
  if (found)
    return { ok: false, problem: `it holds ${found[1]}`, remedy: `write the URL without ${found[1]}` };
  if (!URL.canParse(text))
    return { ok: false, problem: "it is not a URL", remedy: "copy it from the browser's address bar" };
  const url = new URL(text);
  if (url.username !== "" || url.password !== "") {
    return {
      ok: false,
      problem: "it holds a user name",
      remedy: "write the URL without user name and password",
    };
  }
  if (url.pathname === "/" || url.pathname.includes("//")) {
    return {
      ok: false,
      problem: "a segment of its path is empty",
      remedy: `write it like ${exampleOf("github", entryKind)}`,
    };
  }
  if (url.href !== text) {
    return {
      ok: false,
      problem: "it is not in its normal form",
      remedy: `write ${url.href.replace(/\/$/, "")}`,
    };
  }
  return withHost(url, entryKind, hosts);
}

function withHost(url: URL, entryKind: "org" | "repo", hosts: readonly ScmHost[]): EntryUrlResult {
  const whole = `${url.host}${url.pathname}`;
  const host = hosts
    .filter((h) => whole.startsWith(`${h.name}/`))
    .sort((a, b) => b.name.length - a.name.length)[0];
  if (!host) {
    return {
      ok: false,
      problem: `its host is none of ${hosts.map((h) => h.name).join(", ")}`,
      remedy: "declare a self-hosted one under scmHosts, e.g. git.acme.com: github",
    };
  }
  const dialect = dialects[host.kind];
  if (!dialect) {
    return {
      ok: false,
      notSupportedYet: true,
      problem: `hosts of the kind ${host.kind} are not supported yet`,
      remedy: "leave the entry out for now",
    };
  }
  const path = whole.slice(host.name.length + 1);
  const depth = path.split("/").length;
  const [from, to] = entryKind === "org" ? dialect.orgDepth : dialect.repoDepth;
  if (depth < from || depth > to) {
    const article = entryKind === "org" ? "an organization" : "a repository";
    return {
      ok: false,
      problem: `the URL of ${article} on ${host.name} has ${segments(from, to)}, this has ${depth}`,
      remedy: depthRemedy(entryKind, depth, dialect.repoDepth, exampleOf(host.kind, entryKind)),
    };
  }
  return { ok: true, entry: { url: url.href, kind: host.kind, path } };
}

function depthRemedy(
  entryKind: "org" | "repo",
  depth: number,
  [from, to]: readonly [number, number],
  example: string,
): string {
  if (entryKind === "org" && depth >= from && depth <= to)
    return "move the entry to repos: this is a repository";
  if (entryKind === "repo" && depth < from) return `move the entry to orgs, or write it like ${example}`;
  return `write it like ${example}`;
}

function segments(from: number, to: number): string {
  if (from === to) return `${from} path segment${from === 1 ? "" : "s"}`;
  return Number.isFinite(to) ? `${from} to ${to} path segments` : `${from} or more path segments`;
}

function exampleOf(kind: HostKind, entryKind: "org" | "repo"): string {
  return dialects[kind]?.example[entryKind] ?? "";
}
