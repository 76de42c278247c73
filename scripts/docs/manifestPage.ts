import type * as z from "zod";
import { accountSchema, installationSchema } from "../../src/manifest/accountSchema";
import { contextSchema, orgSchema, repoSchema, statementSchema } from "../../src/manifest/entrySchema";
import { grantSchema } from "../../src/manifest/grantSchema";
import { name } from "../../src/manifest/scalars";
import { manifestSchema } from "../../src/manifest/schema";
import { roleName } from "../../src/model/names";
import { quotaTable } from "../../src/model/quotas";
import { forbiddenBeginnings, forbiddenNames } from "../../src/resolve/env";
import { contextSection, grantSection } from "./accessSections";
import { block, code, codes, page, sentence, table } from "./markdown";
import { demands, keyRows, textRule, type KeyRow, type Sections } from "./schemaRows";

/** The parts of the manifest that have a section of the page, by schema. */
export const sections: Sections = new Map<z.core.$ZodType, string>([
  [accountSchema, "[an account](#accounts)"],
  [installationSchema, "[an installation](#installations)"],
  [orgSchema, "[an entry](#orgs-and-repos)"],
  [repoSchema, "[an entry](#orgs-and-repos)"],
  [manifestSchema.shape.defaults, "[keys of an entry](#orgs-and-repos)"],
  [contextSchema, "[a context](#contexts)"],
  [grantSchema, "[a grant](#grants)"],
  [statementSchema, "[a statement](#statements)"],
  [name, "[a name](#the-file)"],
]);

/** docs/manifest.md: every key of the manifest. */
export function manifestPage(): string {
  return page(
    "# The manifest",
    `One YAML file says which workspaces get into which AWS accounts, and what they may do there. [The example](../manifest.yaml)
is one. What it may hold is stricter than YAML: unknown and duplicate keys, wrong types and names that refer to nothing are
[diagnostics](diagnostics.md), and then nothing is written.`,
    "For completion and errors while you type, begin the file with",
    block("yaml", "# yaml-language-server: $schema=./schema/manifest.schema.json"),
    `where ${code("npx gitpod-aws-oidc schema > schema/manifest.schema.json")} has put that file. In the tables below a key without a default may be left out, and
then says nothing; in the columns ${code("a.b")} is ${code("b")} in the map ${code("a")}, and ${code("a[].b")} is ${code("b")} of each item of ${code("a")}.`,
    "## The file",
    keyTable(manifestSchema),
    `Accounts, installations and grant sets are called as you like, and entries refer to them by these names. Allowed:
${textRule(name)}.`,
    "## Accounts",
    "By name, under `accounts`. How state, roles and identity providers are deployed is said in [deploying](deploying.md).",
    keyTable(accountSchema),
    "A quota is raised here only after AWS has raised it for the account; more than AWS ever grants is refused:",
    table(
      ["quota", "default", "AWS raises it to"],
      Object.entries(quotaTable).map(([name, { default: usual, max }]) => [
        code(name),
        String(usual),
        String(max),
      ]),
    ),
    "Sources: [IAM quotas](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html). Lengths count characters without white space.",
    "## Installations",
    `By name, under ${code("installations")}. The issuer must equal the ${code("iss")} of the installation's tokens to the letter: newer installations
say ${code("https://services.<host>/idp")}, and need ${code("issuer")}.`,
    keyTable(installationSchema),
    "## Orgs and repos",
    `An entry of ${code("repos")} makes one role for a repository, an entry of ${code("orgs")} one for any repository of an organization: in
each of its accounts, for each of its installations. The keys are the same, but for ${code("contexts")}, which only repositories have.`,
    keyTable(repoSchema),
    ...entryRules(),
    ...contextSection(),
    "## Grants",
    keyTable(grantSchema),
    ...grantSection(),
    "## Environment variables",
    `A grant with ${code("env")} has the [snippet](snippet.md) set this variable to the value: ${code("[A-Z_][A-Z0-9_]*")}, each once in a snippet.
Refused is what would run or break something: ${codes([...forbiddenNames])}, and whatever begins with ${codes(forbiddenBeginnings)}.`,
    "## Statements",
    `IAM statements in AWS's own words, for what no grant can say. They are added to the role as they are; nobody narrows them
for you, so name resources.`,
    keyTable(statementSchema),
    ...includeSection(),
  );
}

function entryRules(): readonly string[] {
  return [
    `**Merging.** ${code("tags")} and ${code("snippet")} merge by key: entry over ${code("defaults")}, tags also over the account's. Of all other keys the
entry's replaces the one of ${code("defaults")}.`,
    `**URLs.** ${code("https")}, and as the browser shows them: no ${code(".git")} or slash at the end, no query, fragment, wildcard,
upper-case host or dot segment; what the path of an organization and of a repository looks like depends on the host, see
[contexts](#contexts). Upper and lower case differ, as in tokens. A host of your own is declared under ${code("scmHosts")}, as ${code("git.acme.com: gitlab")},
with its port and path prefix where it has them.`,
    `**Claim keys.** Gitpod's staff can configure an organization so that ${code("sub")} is a list of claims. With ${code("subject: [org_id, repository]")} and
${code("organizationId")} on the installation a repository is admitted exactly, whatever it was opened on, and strangers' organizations
and forks never are; ${code("contexts")} then say nothing and are refused.`,
    `**Role names** depend on the entry alone: ${code(roleName("gitpod", "acme/app"))} for ${code("https://github.com/acme/app")} on the
installation ${code("gitpod")}. What IAM does not take becomes ${code("-")}, what is longer than 64 characters is cut, and then 8 hex digits
of a SHA-256 follow. Changing the installation's name or the URL [renames the role](deploying.md#renaming-an-entry).`,
    `**Sessions.** ${code("sessionDuration")} is what the snippet asks for; the role's own maximum is this, and at least 1h.`,
    `**Expiry.** From 00:00 UTC of ${code("expires")} on nobody logs in, and sessions that still run may do nothing more.`,
    `**Addresses.** ${code("sourceCidrs")} limits the login, not what follows it.`,
  ];
}

function includeSection(): readonly string[] {
  return [
    "## Includes",
    `${code("include: [teams/*.yaml]")} takes in files that hold ${code("orgs")} and ${code("repos")} only, for other teams to keep. Patterns are relative to the
manifest, must match something, and must stay inside its folder, also through symbolic links; a glob passes over names that begin with a dot (N02). In an included file ${codes(["statements", "managedPolicies", "permissionsBoundary", "name", "path", "adopt"])},
grants of ${code("role")}, and accepting an error, ${codes(["T54", "T57", "T58"])} are refused: they belong to the owners of the manifest. ${code("defaults")} and
${code("grantSets")} of the manifest apply. What its defaults and accounts say of ${codes(["sourceCidrs", "expires", "sessionDuration", "exclusive"])} and a tag
can be narrowed there, never widened or replaced.`,
  ];
}

function keyTable(schema: z.ZodType): string {
  const rows = keyRows(schema, sections);
  const rules = demands(schema);
  const last = rules.length === 0 ? "" : `\n${rules.map((rule) => `- ${sentence(rule)}`).join("\n")}\n`;
  return table(["key", "what it is", "allowed", "default"], rows.map(cells)) + last;
}

function cells({ key, meaning, allowed, byDefault, required }: KeyRow): readonly string[] {
  const usual = /^\S+$/.test(byDefault) ? code(byDefault) : byDefault.replaceAll("<", "\\<");
  return [code(key), meaning.replaceAll("<", "\\<"), allowed, required ? "**required**" : usual];
}
