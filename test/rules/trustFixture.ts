import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Severity } from "../../src/diagnostics";
import type { Account, HostKind, Installation } from "../../src/model/accessModel";
import type { ExistingIdentityProvider, ExistingRole } from "../../src/model/existing";
import { providerName } from "../../src/model/names";
import { defaultQuotas, type Quotas } from "../../src/model/quotas";
import { loadServiceReference } from "../../src/policy";
import { checkExisting, type ExistingContext } from "../../src/rules";
import { scmHosts } from "../../src/subject";
import { testAccount } from "../support/model";

const reference = loadServiceReference(["sts"]);
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
  readonly severity: Severity;
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
  const existing: ExistingRole = {
    ...{ name: null, origin, arn: null, path: null, description: null, maxSessionDuration: null },
    ...{ shown: new Set(), permissionsBoundary: null, tags: {}, permissions: [], managedPolicies: [] },
    ...role,
    trust: { kind: "trust", origin, value: document, role: null },
  };
  const access = {
    roles: document === undefined ? [] : [existing],
    identityProviders: providers.map((p, i) => ({ arn: null, ...p, origin: { ...origin, path: [i] } })),
  };
  return checkExisting(access, contextOf(context), reference).map(({ origin: { path }, ...said }) => ({
    ...said,
    path,
  }));
}

function contextOf(context: FixtureContext): ExistingContext {
  return {
    installations: (context.installations ?? []).map((i, n): Installation => ({
      ...{ name: `i${n}`, origin, audience: "sts.amazonaws.com", openSignup: false },
      ...{
        identityProvider: "create",
        otherAudiences: [],
        formerIssuers: [],
        subject: null,
        ona: null,
        organizationId: null,
      },
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
