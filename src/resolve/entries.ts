import { quote, type Origin } from "../diagnostics";
import type { Manifest, ManifestDefaults, ParsedEntry } from "../manifest";
import type { Context, Entry, Installation, ScmHost } from "../model/accessModel";
import { branchProblem, contextsOf, parseEntryUrl, type EntryUrl } from "../subject";
import { sortedEntries, type AccountSettings } from "./accounts";
import { below, type Problems } from "./problems";

/** An entry with `defaults` merged in and its names followed. */
export interface EffectiveEntry {
  readonly entry: Entry;
  readonly url: EntryUrl;
  readonly installations: readonly Installation[];
  readonly accounts: readonly AccountSettings[];
  /** The merged settings, and where each of them is written. */
  readonly settings: Settings;
  readonly name: string | null;
  readonly adopt: boolean;
}

/** Settings of an entry over those of `defaults`. */
export interface Settings extends Omit<ManifestDefaults, "tags" | "snippet"> {
  readonly tags: Readonly<Record<string, string>>;
  readonly snippet: NonNullable<ManifestDefaults["snippet"]>;
  /** Where a setting is written: in the entry, or else in `defaults`. */
  origin(key: keyof ManifestDefaults): Origin;
}

/** What entries refer to. */
export interface Scope {
  readonly file: string;
  readonly manifest: Manifest;
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  readonly installations: ReadonlyMap<string, Installation>;
  readonly hosts: readonly ScmHost[];
  readonly problems: Problems;
  /** The tags of an entry's roles in an account. */
  readonly roleTags: (account: AccountSettings, settings: Settings) => Readonly<Record<string, string>>;
}

/** Merges and sorts tags. Roles of one account whose entries share those of `defaults` share the result. */
export function tagMerger(): Scope["roleTags"] {
  const known = new Map<object, Map<object, Readonly<Record<string, string>>>>();
  return (account, settings) => {
    let ofAccount = known.get(account);
    if (ofAccount === undefined) {
      ofAccount = new Map<object, Readonly<Record<string, string>>>();
      known.set(account, ofAccount);
    }
    let tags = ofAccount.get(settings.tags);
    if (tags === undefined) {
      tags = Object.fromEntries(sortedEntries({ ...account.tags, ...settings.tags }));
      ofAccount.set(settings.tags, tags);
    }
    return tags;
  };
}

/** Resolves an entry as far as it concerns all its roles; null where its problems keep it from having any. */
export function resolveEntry(parsed: ParsedEntry, scope: Scope): EffectiveEntry | null {
  const { problems } = scope;
  const settings = mergeSettings(parsed, scope);
  const url = parseEntryUrl(parsed.value.url, parsed.kind, scope.hosts);
  const installations = follow("installation", settings.installations, scope.installations, settings, scope);
  const accounts = follow("account", settings.accounts, scope.accounts, settings, scope);
  if (!url.ok) {
    problems.add(
      "R03",
      below(parsed.origin, "url"),
      `${quote(parsed.value.url)} is not the URL of ${parsed.kind === "org" ? "an organization" : "a repository"}: ${url.problem}`,
      url.remedy,
    );
    return null;
  }
  const { name } = parsed.value;
  if (name !== undefined && installations.length > 1) {
    problems.add(
      "R08",
      below(parsed.origin, "name"),
      `the name would be that of ${installations.length} roles, one for each installation`,
      "write one entry for each installation, or leave name out",
      "key",
    );
    return null;
  }
  const contexts = parsed.kind === "org" ? [] : resolveContexts(settings, url.entry.kind, problems);
  return {
    entry: {
      kind: parsed.kind,
      origin: parsed.origin,
      url: url.entry.url,
      hostKind: url.entry.kind,
      contexts,
      accept: (parsed.value.accept ?? []).map((a, i) => ({
        rule: a.rule,
        reason: a.reason,
        until: a.until ?? null,
        origin: below(parsed.origin, "accept", i),
      })),
      mainManifest: parsed.mainManifest,
    },
    url: url.entry,
    installations,
    accounts,
    settings,
    name: name ?? null,
    adopt: parsed.value.adopt ?? false,
  };
}

function mergeSettings(parsed: ParsedEntry, scope: Scope): Settings {
  const defaults: ManifestDefaults = scope.manifest.defaults ?? {};
  const own: ManifestDefaults = parsed.value;
  // Defaults are maps alone, as a rule: a copy of the entry is then all that is needed.
  const others = Object.keys(defaults).some((key) => key !== "tags" && key !== "snippet");
  // A schema's value has no key without a value.
  const written = others ? { ...defaults, ...own } : own;
  return {
    ...written,
    tags: mergeMaps(defaults.tags, own.tags, noTags),
    snippet: mergeMaps(defaults.snippet, own.snippet, noSnippet),
    origin: (key) =>
      own[key] === undefined && defaults[key] !== undefined
        ? { file: scope.file, path: ["defaults", key] }
        : below(parsed.origin, key),
  };
}

/** Two maps in one; most entries have none of their own, and share that of `defaults`. */
function mergeMaps<T extends object>(defaults: T | undefined, own: T | undefined, empty: T): T {
  return own === undefined ? (defaults ?? empty) : { ...defaults, ...own };
}

const noTags: Settings["tags"] = Object.freeze({});
const noSnippet: Settings["snippet"] = Object.freeze({});

/** The named items, sorted by name; the only one there is where none is named. */
function follow<T extends { readonly name: string }>(
  what: "installation" | "account",
  names: readonly string[] | undefined,
  items: ReadonlyMap<string, T>,
  settings: Settings,
  scope: Scope,
): readonly T[] {
  const { problems, manifest } = scope;
  if (names === undefined) {
    const declared = Object.keys(manifest[`${what}s`]).sort();
    if (declared.length > 1) {
      const origin = settings.origin(`${what}s`);
      problems.add(
        "R02",
        { file: origin.file, path: origin.path.slice(0, -1) },
        `the manifest has ${declared.length} ${what}s, and this entry does not say which: ${declared.map(quote).join(", ")}`,
        `add ${what}s: [${declared[0] ?? ""}], or the like, here or under defaults`,
      );
    }
    return [...items.values()];
  }
  const found = new Map<string, T>();
  names.forEach((name, i) => {
    const item = items.get(name);
    if (item) {
      found.set(name, item);
      return;
    }
    const declared = Object.keys(manifest[`${what}s`]).sort();
    if (!declared.includes(name))
      problems.unknownName(below(settings.origin(`${what}s`), i), what, name, declared);
  });
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function resolveContexts(
  settings: Settings,
  kind: Entry["hostKind"],
  problems: Problems,
): readonly Context[] {
  const possible = contextsOf(kind);
  const contexts = new Map<string, Context>();
  (settings.contexts ?? ["repository"]).forEach((context, i) => {
    const place = () => below(settings.origin("contexts"), i);
    if (typeof context === "object") {
      const trouble = branchProblem(context.branch);
      if (trouble !== null) {
        problems.add(
          "M04",
          below(place(), "branch"),
          `${quote(context.branch)} is no name of a branch: ${trouble}`,
          "write the branch as git branch prints it, or branches for all of them",
        );
        return;
      }
    } else if (!possible.includes(context)) {
      problems.add(
        "R08",
        place(),
        `hosts of the kind ${kind} have no ${context}; they have ${possible.join(", ")}`,
        "name a context that the host has",
      );
      return;
    }
    contexts.set(JSON.stringify(context), context);
  });
  return [...contexts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, context]) => context);
}
