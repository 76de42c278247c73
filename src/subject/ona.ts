import type { OnaVersion, SubjectSet } from "../model/accessModel";

/** Whose token a subject of Ona is. */
export type OnaBearer = "project" | "environment without a project" | "user" | "service account" | "runner";

/**
 * What stands behind the organization, by version, and whose token it is then.
 * @see https://ona.com/docs/ona/identity/aws-oidc
 */
export const onaBearers: Readonly<Record<OnaVersion, Readonly<Record<string, OnaBearer>>>> = Object.freeze({
  v2: { prj: "project", env: "environment without a project", user: "user", rnr: "runner" },
  v3: {
    ...{ project_id: "project", environment_id: "environment without a project", user_id: "user" },
    ...{ service_account_id: "service account", runner_id: "runner" },
  },
});

/** Organization, bearer and id. To version 3 an organization may append fields, whose values may hold anything. */
const forms: Readonly<Record<OnaVersion, RegExp>> = Object.freeze({
  v2: /^org:([^/]+)\/(?:(prj):([^/]+)\/env:[^/]+|(env|user|rnr):([^/]+))$/,
  v3: /^organization_id:([^:]+):([a-z_]+):([^:]+)(?:$|:)/,
});

/** An id of Ona's, or of a Gitpod organization. */
export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A subject of Ona. */
export interface OnaSubject {
  readonly version: OnaVersion;
  readonly organizationId: string;
  readonly bearer: OnaBearer;
  /** Of the project, or of whoever else has the token. */
  readonly id: string;
}

/** Which version a text begins like; null: none. */
export function onaVersionOf(text: string): OnaVersion | null {
  if (text.startsWith("organization_id:")) return "v3";
  return text.startsWith("org:") ? "v2" : null;
}

/** Reads a subject of Ona; null for what is none. */
export function parseOnaSubject(subject: string): OnaSubject | null {
  const version = onaVersionOf(subject);
  const found = version === null ? null : forms[version].exec(subject);
  if (version === null || found === null) return null;
  const [organizationId = "", key = "", id = ""] = found.slice(1).filter(Boolean);
  const bearer = Object.hasOwn(onaBearers[version], key) ? onaBearers[version][key] : undefined;
  return bearer === undefined ? null : { version, organizationId, bearer, id };
}

/** Subjects of projects' environments, which are no URLs: version 3 has prefixes, too, for fields that may be appended. */
export function onaSubjects(
  organizationId: string,
  projects: readonly string[],
  versions: readonly OnaVersion[],
): SubjectSet {
  const inVersion = (version: OnaVersion, write: (project: string) => string): readonly string[] =>
    versions.includes(version) ? projects.map(write) : [];
  const v3 = inVersion("v3", (project) => `organization_id:${organizationId}:project_id:${project}`);
  const v2 = inVersion("v2", (project) => `org:${organizationId}/prj:${project}/env:`);
  return { exact: [...v3].sort(), prefixes: [...v3.map((subject) => `${subject}:`), ...v2].sort() };
}
