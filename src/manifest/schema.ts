import * as z from "zod";
import { accountSchema, installationSchema } from "./accountSchema";
import type { contextSchema, statementSchema } from "./entrySchema";
import { defaultsSchema, includedOrgSchema, includedRepoSchema, orgSchema, repoSchema } from "./entrySchema";
import { grantSchema } from "./grantSchema";
import { expects, name, optional, short } from "./scalars";

/*
 * The manifest language, one schema for each of its nouns. Descriptions reach editors by the JSON Schema and
 * readers by docs/manifest.md, which are generated from here. Names that refer to each other are checked by
 * resolve: a schema sees one value at a time.
 */

/** The whole manifest. */
export const manifestSchema = z.strictObject({
  version: z.literal(1, expects("1", "write version: 1")).describe("Version of this format"),
  accounts: z
    .record(name, accountSchema)
    .describe("AWS accounts that trust Gitpod, by name: one Terraform stack each, or as many as shards says"),
  installations: z
    .record(name, installationSchema)
    .describe("Gitpod installations and Ona organizations, by name"),
  scmHosts: optional(
    z.record(short(200), z.enum(["github", "gitlab", "bitbucket-server"])),
    "Self-hosted source control hosts: their kinds, by host name, port and path prefix",
  ),
  include: optional(z.array(short(500)).min(1).max(100), "Files that hold orgs and repos only"),
  grantSets: optional(z.record(name, z.array(grantSchema).min(1).max(500)), "Named lists of grants"),
  defaults: optional(
    defaultsSchema,
    "For every org and repo: any key of theirs but url, name, adopt, project",
  ),
  orgs: optional(z.array(orgSchema), "One role for any repository of an organization"),
  repos: optional(z.array(repoSchema), "One role for a repository"),
});

/** An included file. */
export const includedSchema = z.strictObject({
  orgs: z.array(includedOrgSchema).optional(),
  repos: z.array(includedRepoSchema).optional(),
});

/** The manifest's JSON Schema (draft 7) for editors: text of a file, always the same bytes. */
export function manifestJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(manifestSchema, { io: "input", target: "draft-7" });
  const schema = {
    $schema,
    title: "gitpod-aws-oidc manifest",
    description: "Which Gitpod workspaces may enter which AWS accounts, and what they may do there.",
    ...rest,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

export type Manifest = z.output<typeof manifestSchema>;
export type ManifestAccount = z.output<typeof accountSchema>;
export type ManifestInstallation = z.output<typeof installationSchema>;
export type ManifestDefaults = z.output<typeof defaultsSchema>;
export type ManifestOrg = z.output<typeof orgSchema>;
export type ManifestRepo = z.output<typeof repoSchema>;
export type ManifestGrant = z.output<typeof grantSchema>;
export type ManifestContext = z.output<typeof contextSchema>;
export type ManifestStatement = z.output<typeof statementSchema>;
