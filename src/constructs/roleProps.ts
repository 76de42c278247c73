import { Token } from "cdktf";
import * as z from "zod";
import { repoSchema } from "../manifest/entrySchema";
import type { Context, RoleDocuments } from "../model/accessModel";
import { policyName, roleName } from "../model/names";
import type { Statement } from "../model/policyDocument";
import { defaultQuotas, fixedLimits } from "../model/quotas";
import type { ResolvedGrant } from "../model/grant";
import {
  canonicalStatement,
  lengthOf,
  parseCidr,
  permissionPolicy,
  splitPolicy,
  statementMistakes,
  trustPolicy,
  type Measure,
} from "../policy";
import {
  branchProblem,
  contextsOf,
  orgSubjects,
  parseEntryUrl,
  repoSubjects,
  scmHosts,
  type EntryUrl,
} from "../subject";
import type { WorkspaceIdentityProvider } from "./gitpodIdentityProvider";
import { refusalOf, resolvedGrant, type GrantLocation, type WorkspaceGrant } from "./grantProps";
import type { RoleSource } from "../terraform/role";

/** Whose workspaces may assume a role: those of one repository, or of any repository of an organization. */
export type WorkspaceOf =
  | {
      /** https URL of the repository, as the browser shows it. */
      readonly repository: string;
      /** Which workspaces, by what they were opened on. @default - those opened on the repository's own URL */
      readonly contexts?: readonly [Context, ...Context[]];
    }
  | {
      /** https URL of the organization, as the browser shows it. */
      readonly organization: string;
    };

/** What a role grants and how it looks. */
export interface RoleSettings {
  readonly identityProvider: WorkspaceIdentityProvider;
  /** @default - the identity provider's first */
  readonly audience?: string;
  /** @default - nothing */
  readonly grants?: readonly WorkspaceGrant[];
  /** Where the resources are that `grants` call by name. @default - grants give ARNs */
  readonly location?: GrantLocation;
  /** Raw IAM statements, for what grants cannot say. @default - none */
  readonly statements?: readonly Statement[];
  /** ARNs to attach. @default - none */
  readonly managedPolicies?: readonly string[];
  /** 1 to 64 characters of `[A-Za-z0-9+=,.@_-]`. @default - `gitpod-` and the URL's path with `/` as `-` */
  readonly roleName?: string;
  /** Begins and ends with `/`. @default "/" */
  readonly path?: string;
  /** @default - says whose workspaces the role is for */
  readonly description?: string;
  /** Seconds, 3600 to 43200. @default 3600 */
  readonly maxSessionDuration?: number;
  /** @default - none */
  readonly permissionsBoundary?: string;
  /** @default - no tags */
  readonly tags?: Readonly<Record<string, string>>;
  /** First day without access, `YYYY-MM-DD`, from 00:00 UTC on. @default - never */
  readonly expires?: string;
  /** CIDR blocks from which a login is allowed. @default - any address */
  readonly sourceCidrs?: readonly [string, ...string[]];
  /** The role exists already: Terraform imports it. @default false */
  readonly adopt?: boolean;
  /** Terraform removes policies that somebody attached to the role by hand. @default false */
  readonly exclusive?: boolean;
}

/** What defines a workspace role: whose it is, and what it grants. */
export type RoleProps = WorkspaceOf & RoleSettings;

/** A role with what its policies were made of. */
export interface DescribedRole extends RoleSource {
  readonly workspaces: Workspaces;
  readonly grants: readonly ResolvedGrant[];
  readonly made: RoleSource["made"] & Pick<RoleDocuments, "trustPolicy" | "permissionPolicy">;
}

interface Workspaces {
  readonly kind: "org" | "repo";
  readonly entry: EntryUrl;
  readonly contexts: readonly Context[];
}

/** What an entry of a manifest can say too, as it is read there. */
const checkedProps = z.object({
  roleName: repoSchema.shape.name,
  path: repoSchema.shape.path,
  expires: repoSchema.shape.expires,
  maxSessionDuration: z
    .int()
    .refine((s) => s >= fixedLimits.minRoleSession && s <= fixedLimits.maxSession, "3600 to 43200 seconds")
    .optional(),
  sourceCidrs: z
    .array(z.string().refine((cidr) => parseCidr(cidr).ok, "public addresses, e.g. 203.0.113.0/24"))
    .optional(),
});

/**
 * The role that props describe.
 * @throws RangeError - for props that no safe role can be made of
 */
export function describedRole(props: RoleProps): DescribedRole {
  const workspaces = workspacesOf(props);
  const { kind, entry, contexts } = workspaces;
  const { identityProvider, permissionsBoundary = null, tags = {}, adopt = false, exclusive = false } = props;
  const { path = "/", maxSessionDuration = fixedLimits.minRoleSession, sourceCidrs = [] } = props;
  const { error } = checkedProps.safeParse(props, { reportInput: true });
  for (const { input, path: prop, message } of error?.issues ?? []) {
    const remedy = `allowed: ${message.replace("\n", "; ")}`;
    throw refusalOf(input, { problem: "is not allowed", remedy }, `${prop.join(".")} `);
  }
  const name = props.roleName ?? roleName("gitpod", entry.segments.join("/"));
  const expires = props.expires === undefined ? null : `${props.expires}T00:00:00Z`;
  const grants = (props.grants ?? []).map((grant) => resolvedGrant(grant, props.location));
  const permissions = permissionPolicy({ grants, statements: checkedStatements(props), expires });
  const split = splitPolicy(permissions, defaultQuotas, tokenMeasure);
  const { arn: identityProviderArn, issuer, audiences } = identityProvider;
  return {
    ...{ workspaces, grants, name, path, maxSessionDuration, permissionsBoundary, tags, adopt, exclusive },
    description: props.description ?? `Gitpod workspaces of ${entry.url}`,
    made: {
      permissionPolicy: permissions,
      trustPolicy: trustPolicy({
        ...{ identityProviderArn, issuer, expires, sourceCidrs },
        audience: props.audience ?? audiences[0],
        subjects: kind === "org" ? orgSubjects(entry) : repoSubjects(entry, contexts),
      }),
      policies: {
        inline: split.inline,
        managed: split.managed.map((document, i) => ({ name: policyName(name, i + 1), document })),
      },
    },
    managedPolicies: [...new Set(props.managedPolicies ?? [])].sort(),
  };
}

/** Whose workspaces the props name. */
function workspacesOf(props: WorkspaceOf): Workspaces {
  const isOrg = "organization" in props;
  if (isOrg && ("repository" in props || "contexts" in props))
    throw new RangeError(
      "organization stands beside repository or contexts; name one repository or one organization",
    );
  const kind = isOrg ? "org" : "repo";
  const url = isOrg ? props.organization : props.repository;
  const read = parseEntryUrl(url, kind, scmHosts({}));
  const what = isOrg ? "an organization" : "a repository";
  if (!read.ok) throw refusalOf(url, { ...read, problem: `is not the URL of ${what}: ${read.problem}` });
  const { entry } = read;
  if (isOrg) return { kind, entry, contexts: ["all"] };
  const { contexts = ["repository"] } = props;
  if (contexts.length === 0)
    throw new RangeError("contexts is empty: name at least one, or leave it out for repository");
  const possible = contextsOf(entry.kind);
  for (const context of contexts) {
    if (typeof context === "object") {
      const trouble = branchProblem(context.branch, entry.kind);
      if (trouble !== null) throw refusalOf(context.branch, trouble);
    } else if (!possible.includes(context)) {
      const remedy = `name one of ${possible.join(", ")}`;
      throw refusalOf(context, { problem: "is none of the contexts of this host", remedy });
    }
  }
  return { kind, entry, contexts };
}

/** The statements, of which IAM refuses none. What a token will be is not known here. */
function checkedStatements({ statements = [] }: RoleSettings): readonly Statement[] {
  return statements.map((statement, i) => {
    const mistake = statementMistakes(statement).find(({ found }) => !Token.isUnresolved(found));
    if (mistake === undefined) return canonicalStatement(statement);
    const { path, found, problem, remedy } = mistake;
    throw refusalOf(found, { problem, remedy }, `${["statements", i, ...path].join(".")} `);
  });
}

/** Counts each token as an ARN of 200 characters, which few are longer than: what it will be is not known here. */
const tokenMeasure: Measure = (part) =>
  lengthOf(part) + 200 * (JSON.stringify(part).split("${TfToken[").length - 1);
