import { below, quote, type Origin } from "../diagnostics";
import { didYouMean, meantUrl, type Manifest, type ManifestDefaults, type ParsedEntry } from "../manifest";
import type { Acceptance, Context, Entry, Installation, ScmHost } from "../model/accessModel";
import { sortedOnce } from "../policy";
import { branchProblem, contextsOf, entryOwner, parseEntryUrl, type EntryUrl } from "../subject";
import type { AccountSettings } from "./accounts";
import { checkIncluded } from "./included";
import { about, type ManifestPlace, type Problems } from "./problems";

/** An entry with `defaults` merged in and its names followed. */
export interface EffectiveEntry {
  readonly entry: Entry;
  readonly url: EntryUrl;
  readonly installations: readonly Installation[];
  readonly accounts: readonly AccountSettings[];
  readonly settings: Settings;
  readonly name: string | null;
  readonly adopt: boolean;
  /** Of Ona, sorted. */
  readonly projects: readonly string[];
}

/** Settings of an entry over those of `defaults`, and where each of them is written. */
export class Settings {
  readonly tags: Readonly<Record<string, string>>;
  readonly snippet: NonNullable<ManifestDefaults["snippet"]>;
  readonly #own: ManifestDefaults;
  readonly #origin: Origin;
  readonly #scope: Pick<Scope, "file" | "manifest" | "problems">;

  constructor({ value, origin }: ParsedEntry, scope: Pick<Scope, "file" | "manifest" | "problems">) {
    this.#own = value;
    this.#origin = origin;
    this.#scope = scope;
    this.tags = { ...scope.manifest.defaults?.tags, ...value.tags };
    this.snippet = { ...scope.manifest.defaults?.snippet, ...value.snippet };
  }

  /** The entry's own setting, or else that of `defaults`. */
  get<K extends Exclude<keyof ManifestDefaults, "tags" | "snippet">>(key: K): ManifestDefaults[K] {
    return this.#own[key] ?? this.#scope.manifest.defaults?.[key];
  }

  /** Where a setting is written: in the entry, or else in `defaults`. */
  origin(key: keyof ManifestDefaults): Origin {
    const { file, manifest } = this.#scope;
    return this.#own[key] === undefined && manifest.defaults?.[key] !== undefined
      ? { file, path: ["defaults", key] }
      : below(this.#origin, key);
  }

  place(key: keyof ManifestDefaults): ManifestPlace {
    return this.#scope.problems.at(this.origin(key));
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
  const { kind, origin, mainManifest } = parsed;
  const { name = null, adopt = false } = parsed.value;
  const place = scope.problems.at(origin);
  const settings = new Settings(parsed, scope);
  const read = parseEntryUrl(parsed.value.url, kind, scope.hosts);
  const installations = follow("installation", scope.installations, settings, scope);
  const accounts = follow("account", scope.accounts, settings, scope);
  checkIncluded(parsed, { defaults: scope.manifest.defaults ?? {}, accounts }, place);
  if (!read.ok)
    return place.below("url").refuse("R03", {
      problem: `${quote(parsed.value.url)} is not the URL of ${kind === "org" ? "an organization" : "a repository"}: ${read.problem}`,
      remedy: meantRemedy(parsed, scope.hosts) ?? read.remedy,
    });
  if (name !== null && installations.length > 1)
    return place.below("name").refuse("R08", {
      problem: `the name would be that of ${installations.length} roles, one for each installation`,
      remedy: "write one entry for each installation, or leave name out",
      at: "key",
    });
  const projects = resolveProjects(parsed, installations, settings, place);
  const { url, kind: hostKind } = read.entry;
  const contexts = kind === "org" ? [] : resolveContexts(settings, hostKind);
  const accept = acceptances(parsed.value.accept, origin);
  const owner = entryOwner(read.entry);
  return {
    entry: { kind, origin, url, owner, hostKind, contexts, accept, mainManifest },
    url: read.entry,
    installations,
    accounts,
    settings,
    name,
    adopt,
    projects,
  };
}

/** The Ona projects of an entry, which it has where one of its installations is of kind ona, and only there. */
function resolveProjects(
  { kind, value }: ParsedEntry,
  installations: readonly Installation[],
  settings: Settings,
  place: ManifestPlace,
): readonly string[] {
  const ona = installations.find((i) => i.ona !== null);
  const project = "project" in value ? value.project : undefined;
  const refuse = (at: ManifestPlace, problem: string, remedy: string) =>
    at.refuse("R08", { problem, remedy, at: "key" });
  if (ona === undefined) {
    if (project !== undefined && installations.length > 0)
      refuse(
        place.below("project"),
        "no installation of this entry is of kind ona",
        "leave project out, or name one under installations",
      );
  } else if (kind === "org")
    refuse(
      value.installations === undefined ? place.below("url") : settings.place("installations"),
      `tokens of ${ona.name} name a project, and no organization of a host`,
      "name repositories under repos, each with its project, or an installation of Gitpod Classic here",
    );
  else if (project === undefined)
    refuse(
      place.below("url"),
      `on ${ona.name}, a role is for the environments of a project, and this entry names none`,
      "add project: its id, from the address of the project's page or ona project list",
    );
  const isAllOna = ona !== undefined && installations.every((i) => i.ona !== null);
  if ("contexts" in value && value.contexts !== undefined && isAllOna)
    refuse(place.below("contexts"), "tokens of Ona do not say what was opened", "leave contexts out");
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

/** The items that an entry names, in its order; the only one there is where it names none. */
function follow<T extends { readonly name: string }>(
  what: "installation" | "account",
  items: ReadonlyMap<string, T>,
  settings: Settings,
  { manifest, problems }: Scope,
): readonly T[] {
  const key = `${what}s` as const;
  const names = settings.get(key);
  const declared = () => Object.keys(manifest[key]).sort();
  if (names === undefined) {
    if (Object.keys(manifest[key]).length > 1) {
      const { file, path } = settings.origin(key);
      problems.at({ file, path: path.slice(0, -1) }).refuse("R02", {
        problem: `the manifest has ${declared().length} ${key}, and this entry does not say which: ${declared().map(quote).join(", ")}`,
        remedy: `add ${key}: [${declared()[0] ?? ""}], or the like, here or under defaults`,
      });
    }
    return [...items.values()];
  }
  return [...new Set(names)].flatMap((name) => {
    const item = items.get(name);
    if (item !== undefined) return [item];
    // One that has problems of its own is declared.
    if (Object.hasOwn(manifest[key], name)) return [];
    // An account's id looks like a name.
    const meant = what === "account" ? declared().find((d) => manifest.accounts[d]?.id === name) : undefined;
    settings.place(key).below(names.indexOf(name)).unknownName(what, name, declared(), meant);
    return [];
  });
}

function resolveContexts(settings: Settings, kind: Entry["hostKind"]): readonly Context[] {
  const contexts: Context[] = [];
  const possible = contextsOf(kind);
  for (const [i, context] of (settings.get("contexts") ?? (["repository"] as const)).entries()) {
    if (typeof context === "object") {
      const trouble = branchProblem(context.branch, kind);
      if (trouble !== null) {
        settings.place("contexts").below(i, "branch").refuse("M04", about(context.branch, trouble));
        continue;
      }
    } else if (!possible.includes(context)) {
      settings
        .place("contexts")
        .below(i)
        .refuse("R08", {
          problem: `hosts of the kind ${kind} have no ${context}; they have ${possible.join(", ")}`,
          remedy: "name a context that the host has",
        });
      continue;
    }
    contexts.push(context);
  }
  return sortedOnce(contexts);
}
