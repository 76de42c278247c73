import { below, quote, type Origin } from "../diagnostics";
import { didYouMean, meantUrl, type Manifest, type ManifestDefaults, type ParsedEntry } from "../manifest";
import type { Acceptance, Context, Entry, Installation, ScmHost } from "../model/accessModel";
import { branchProblem, contextsOf, hasContext, parseEntryUrl, type EntryUrl } from "../subject";
import type { AccountSettings } from "./accounts";
import { checkIncluded } from "./included";
import type { Problems } from "./problems";

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
  /** Of Ona, sorted. */
  readonly projects: readonly string[];
}

/** Settings of an entry over those of `defaults`. */
export class Settings {
  readonly tags: Readonly<Record<string, string>>;
  readonly snippet: NonNullable<ManifestDefaults["snippet"]>;
  readonly #own: ManifestDefaults;
  readonly #origin: Origin;
  readonly #defaults: ManifestDefaults;
  readonly #defaultsFile: string;

  constructor({ value, origin }: ParsedEntry, { file, manifest }: Pick<Scope, "file" | "manifest">) {
    this.#own = value;
    this.#origin = origin;
    this.#defaults = manifest.defaults ?? {};
    this.#defaultsFile = file;
    this.tags = { ...this.#defaults.tags, ...value.tags };
    this.snippet = { ...this.#defaults.snippet, ...value.snippet };
  }

  /** The entry's own setting, or else that of `defaults`. */
  get<K extends Exclude<keyof ManifestDefaults, "tags" | "snippet">>(key: K): ManifestDefaults[K] {
    return this.#own[key] ?? this.#defaults[key];
  }

  /** Where a setting is written: in the entry, or else in `defaults`. */
  origin(key: keyof ManifestDefaults): Origin {
    return this.#own[key] === undefined && this.#defaults[key] !== undefined
      ? { file: this.#defaultsFile, path: ["defaults", key] }
      : below(this.#origin, key);
  }
}

/** What entries refer to. */
export interface Scope {
  readonly file: string;
  readonly manifest: Manifest;
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  readonly installations: ReadonlyMap<string, Installation>;
  readonly hosts: readonly ScmHost[];
  readonly problems: Problems;
}

/** Resolves an entry as far as it concerns all its roles; null where its problems keep it from having any. */
export function resolveEntry(parsed: ParsedEntry, scope: Scope): EffectiveEntry | null {
  const { problems } = scope;
  const settings = new Settings(parsed, scope);
  const url = parseEntryUrl(parsed.value.url, parsed.kind, scope.hosts);
  const installations = follow(
    "installation",
    settings.get("installations"),
    scope.installations,
    settings,
    scope,
  );
  const accounts = follow("account", settings.get("accounts"), scope.accounts, settings, scope);
  checkIncluded(parsed, { defaults: scope.manifest.defaults ?? {}, accounts }, problems);
  if (!url.ok) {
    problems.add(
      "R03",
      below(parsed.origin, "url"),
      `${quote(parsed.value.url)} is not the URL of ${parsed.kind === "org" ? "an organization" : "a repository"}: ${url.problem}`,
      meantRemedy(parsed, scope.hosts) ?? url.remedy,
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
  const projects = resolveProjects(parsed, installations, settings, problems);
  const contexts = parsed.kind === "org" ? [] : resolveContexts(settings, url.entry.kind, scope);
  return {
    entry: {
      kind: parsed.kind,
      origin: parsed.origin,
      url: url.entry.url,
      hostKind: url.entry.kind,
      contexts,
      accept: acceptances(parsed.value.accept, parsed.origin),
      mainManifest: parsed.mainManifest,
    },
    url: url.entry,
    installations,
    accounts,
    settings,
    name: name ?? null,
    adopt: parsed.value.adopt ?? false,
    projects,
  };
}

/** The Ona projects of an entry, which it has where one of its installations is of kind ona, and only there. */
function resolveProjects(
  { kind, value, origin }: ParsedEntry,
  installations: readonly Installation[],
  settings: Settings,
  problems: Problems,
): readonly string[] {
  const ona = installations.find((i) => i.ona !== null);
  const project = "project" in value ? value.project : undefined;
  const add = (at: Origin, message: string, remedy: string) => {
    problems.add("R08", at, message, remedy, "key");
  };
  if (ona === undefined) {
    if (project !== undefined && installations.length > 0)
      add(
        below(origin, "project"),
        "no installation of this entry is of kind ona",
        "leave project out, or name one under installations",
      );
  } else if (kind === "org") {
    const at = value.installations === undefined ? below(origin, "url") : settings.origin("installations");
    const remedy =
      "name repositories under repos, each with its project, or an installation of Gitpod Classic here";
    add(at, `tokens of ${ona.name} name a project, and no organization of a host`, remedy);
  } else if (project === undefined)
    add(
      below(origin, "url"),
      `on ${ona.name}, a role is for the environments of a project, and this entry names none`,
      "add project: its id, from the address of the project's page or ona project list",
    );
  if (
    "contexts" in value &&
    value.contexts !== undefined &&
    ona !== undefined &&
    installations.every((i) => i.ona !== null)
  )
    add(below(origin, "contexts"), "tokens of Ona do not say what was opened", "leave contexts out");
  return [...new Set([project ?? []].flat())].sort();
}

/** The remedy for an address that is not a URL, where it is clear which one is meant. */
function meantRemedy({ value, kind }: ParsedEntry, hosts: readonly ScmHost[]): string | undefined {
  const url = meantUrl(value.url);
  const isRight = url !== undefined && parseEntryUrl(url, kind, hosts).ok;
  return isRight ? didYouMean(`url: ${url}`) : undefined;
}

/** The waivers of an entry, or of `defaults`. */
export function acceptances(written: ManifestDefaults["accept"], origin: Origin): readonly Acceptance[] {
  if (written === undefined) return [];
  return written.map(({ rule, about = null, reason, until = null }, i) => ({
    ...{ rule, about, reason, until },
    origin: below(origin, "accept", i),
  }));
}

/** The named items, in the order in which they are named; the only one there is where none is named. */
function follow<T extends { readonly name: string }>(
  what: "installation" | "account",
  names: readonly string[] | undefined,
  items: ReadonlyMap<string, T>,
  settings: Settings,
  scope: Scope,
): readonly T[] {
  const { problems, manifest } = scope;
  if (names === undefined) {
    if (Object.keys(manifest[`${what}s`]).length > 1) {
      const declared = Object.keys(manifest[`${what}s`]).sort();
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
      problems.unknownName(
        below(settings.origin(`${what}s`), i),
        what,
        name,
        declared,
        // An account's id looks like a name.
        what === "account" ? declared.find((d) => manifest.accounts[d]?.id === name) : undefined,
      );
  });
  return [...found.values()];
}

const defaultContexts = Object.freeze(["repository"] as const);

function resolveContexts(
  settings: Settings,
  kind: Entry["hostKind"],
  { problems }: Scope,
): readonly Context[] {
  const written = settings.get("contexts") ?? defaultContexts;
  const contexts = new Map<string, Context>();
  written.forEach((context, i) => {
    const place = () => below(settings.origin("contexts"), i);
    if (typeof context === "object") {
      const trouble = branchProblem(context.branch, kind);
      if (trouble !== null) {
        const { problem, remedy } = trouble;
        problems.add("M04", below(place(), "branch"), `${quote(context.branch)} ${problem}`, remedy);
        return;
      }
    } else if (!hasContext(kind, context)) {
      problems.add(
        "R08",
        place(),
        `hosts of the kind ${kind} have no ${context}; they have ${contextsOf(kind).join(", ")}`,
        "name a context that the host has",
      );
      return;
    }
    contexts.set(JSON.stringify(context), context);
  });
  return [...contexts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, context]) => context);
}
