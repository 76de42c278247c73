import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Account, HostKind, Installation } from "../../src/model/accessModel";
import type { ExistingIdentityProvider, ExistingRole } from "../../src/model/existing";
import { providerName } from "../../src/model/names";
import { defaultQuotas, type Quotas } from "../../src/model/quotas";
import { readDocument } from "../../src/policy";
import { rules, type ExistingContext, type Rule } from "../../src/rules";
import { scmHosts } from "../../src/subject";
import { testAccount } from "../support/model";

const origin = { file: "fixture.json", path: [] };

/** What a fixture knows around its document; nothing unless it says so. */
export interface FixtureContext {
  readonly installations?: readonly { readonly issuer: string; readonly audience?: string }[];
  readonly accounts?: readonly Partial<Account>[];
  readonly hosts?: Readonly<Record<string, HostKind>>;
  readonly quotas?: Partial<Quotas>;
}

/** A trust policy, or identity providers, with what is known around them. */
export interface Fixture {
  readonly why?: string;
  readonly document?: unknown;
  readonly providers?: readonly (Omit<ExistingIdentityProvider, "origin" | "arn"> &
    Partial<Pick<ExistingIdentityProvider, "arn">>)[];
  readonly role?: Partial<ExistingRole>;
  readonly context?: FixtureContext;
}

/** What one rule said. */
export interface Said {
  readonly rule: string;
  readonly severity: string;
  readonly message: string;
  readonly remedy: string;
  readonly path: readonly (string | number)[];
}

const folder = join(__dirname, "fixtures");

/** The names of fixtures of a folder, without `.json`. */
export function fixtureNames(kind: "trust" | "right", prefix = ""): readonly string[] {
  return readdirSync(join(folder, kind))
    .filter((name) => name.startsWith(prefix) && name.endsWith(".json"))
    .map((name) => name.slice(0, -".json".length))
    .sort();
}

export function readFixture(kind: "trust" | "right", name: string): Fixture {
  return JSON.parse(readFileSync(join(folder, kind, `${name}.json`), "utf8")) as Fixture;
}

/** A trust policy with nothing known around it. */
export function bare(document: unknown, context: FixtureContext = {}): readonly Said[] {
  return judge({ document, context });
}

/** Everything that rules about trust policies and identity providers say of a fixture. */
export function judge({ document, providers = [], role = {}, context = {} }: Fixture): readonly Said[] {
  const known = contextOf(context);
  const trust =
    document === undefined ? null : { kind: "trust" as const, origin, value: document, role: null };
  const existing: ExistingRole = {
    ...{ name: null, origin, arn: null, path: null, description: null, maxSessionDuration: null },
    ...{ shown: new Set(), permissionsBoundary: null, tags: {}, permissions: [], managedPolicies: [] },
    ...role,
    trust,
  };
  const given = providers.map((p, i) => ({ arn: null, ...p, origin: { ...origin, path: [i] } }));
  const subject = {
    document: readDocument(document),
    ...{ origin, role: existing, identityProviders: given, context: known },
  };
  return rules.flatMap((rule) => [
    ...(document === undefined ? [] : said(rule, rule.trust?.(subject))),
    ...(given.length === 0 ? [] : said(rule, rule.providers?.({ providers: given, context: known }))),
  ]);
}

function said(rule: Rule, seen: ReturnType<NonNullable<Rule["trust"]>> = []): readonly Said[] {
  return seen.map((s) => ({
    rule: rule.id,
    severity: s.severity ?? rule.severity,
    message: s.message,
    remedy: s.remedy ?? rule.remedy,
    path: s.origin?.path ?? [],
  }));
}

function contextOf(context: FixtureContext): ExistingContext {
  return {
    installations: (context.installations ?? []).map((i, n): Installation => ({
      ...{ name: `i${n}`, origin, audience: "sts.amazonaws.com", openSignup: false },
      ...{ identityProvider: "create", subject: null, organizationId: null },
      providerName: providerName(i.issuer),
      ...i,
    })),
    accounts: (context.accounts ?? []).map((change) => testAccount({ roles: [], ...change })),
    hosts: context.hosts === undefined ? [] : scmHosts(context.hosts),
    quotas: { ...defaultQuotas, ...context.quotas },
  };
}

/** `RULE` of every finding above info, each once. */
export function aboveInfo(found: readonly Said[]): readonly string[] {
  return [...new Set(found.filter((s) => s.severity !== "info").map((s) => s.rule))];
}
