import { printable, quote } from "../diagnostics";
import {
  atomsOf,
  importRoles,
  joinAccess,
  manifestText,
  placeTrust,
  type ExistingFile,
  type ImportedRole,
  type SkippedRole,
} from "../documents";
import type { ManifestFiles } from "../manifest";
import type { ExistingAccess } from "../model/existing";
import type { Partition } from "../model/partitions";
import { permissionPolicy, trustPolicy, type TrustSource } from "../policy";
import { readGiven } from "./checkExisting";
import { CommandError } from "./commandError";
import type { CommandIo, ExitCode } from "./io";
import { readProject } from "./project";

/**
 * `import-role`: entries for existing roles, on stdout. Each is parsed and resolved again before it is printed: one that
 * would not come out as the role that it stands for is not.
 */
export function importRoleCommand(names: readonly string[], io: CommandIo): ExitCode {
  if (names.filter((name) => name === "-").length > 1)
    throw new CommandError("standard input can be read once", "pass - once");
  const files = names.flatMap((name) => readGiven(name, "permission", io));
  refuseMistakes(files);
  const access = files
    .map((file) => placeTrust(file.access))
    .reduce<ExistingAccess>((before, next) => joinAccess([before, next]), {
      roles: [],
      identityProviders: [],
    });
  if (access.roles.length === 0)
    throw new CommandError(
      `there is no role in ${names.map(quote).join(" and ")}`,
      "pass what aws iam get-role prints, with the role's policies, or aws iam get-account-authorization-details",
    );
  const { roles, skipped } = importRoles(access);
  const entries: ImportedRole[] = [];
  const withoutEntry: SkippedRole[] = [...skipped];
  for (const role of roles) {
    const problem = problemOf(role);
    if (problem === null) entries.push(role);
    else withoutEntry.push({ role: role.role, problem });
  }
  io.stdout.write(manifestText(entries, withoutEntry));
  const remarks = [...files.flatMap(missingOf), ...problemsTogether(entries)];
  for (const remark of remarks) io.stderr.write(`${printable(remark)}\n`);
  const whole = entries.every((role) => role.notes.length === 0 && role.account.region !== null);
  return whole && withoutEntry.length === 0 && remarks.length === 0 ? 0 : 1;
}

/** What is not read as everybody reads it could be any role's. */
function refuseMistakes(files: readonly ExistingFile[]): void {
  for (const { file, mistakes, locate } of files) {
    const [first] = mistakes;
    if (first === undefined) continue;
    const { line, column } = locate(first.origin.path);
    throw new CommandError(
      `${quote(file)}, line ${line}, column ${column}: ${first.message}`,
      first.remedy ?? "pass the JSON as the AWS CLI prints it",
    );
  }
}

function missingOf({ file, missing, locate }: ExistingFile): readonly string[] {
  return missing.map(({ origin, message }) => {
    const { line, column } = locate(origin.path);
    return `${file}:${line}:${column}: ${message}`;
  });
}

/** A region for the trial: any of the partition. The entry does not depend on it. */
const trialRegions: Readonly<Record<Partition, string>> = Object.freeze({
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
  "aws-eusc": "eusc-de-east-1",
});

function trial(roles: readonly ImportedRole[]) {
  const bytes = Buffer.from(
    manifestText(roles, [], (partition) => trialRegions[partition]),
    "utf8",
  );
  const files: ManifestFiles = {
    read: () => ({ ok: true, bytes }),
    expand: () => [],
    identity: (file) => file,
  };
  return readProject("imported.yaml", files);
}

/** Why an entry would not be its role; null where it is. */
function problemOf(imported: ImportedRole): string | null {
  const { trust, statements } = imported;
  try {
    const project = trial([imported]);
    if (!project.ok) {
      const [first] = project.diagnostics;
      return `a manifest cannot hold it: ${first?.message ?? ""}`;
    }
    const [role] = project.model.accounts.flatMap((a) => a.roles);
    const { expires } = trust.terms;
    const moment = expires === null ? null : `${expires}T00:00:00Z`;
    const sourceOf = ({ terms, entry }: Pick<typeof trust, "terms" | "entry">): TrustSource => ({
      ...{ identityProviderArn: terms.federated, issuer: `https://${terms.providerName}` },
      ...{ audience: terms.audience, sourceCidrs: terms.sourceCidrs },
      ...{ subjects: entry.subjects, expires: moment },
    });
    const expected = trustPolicy(sourceOf(trust), ...trust.formers.map(sourceOf));
    if (JSON.stringify(role?.trustPolicy) !== JSON.stringify(expected))
      return "its trust policy would be another";
    const wanted = permissionPolicy({ grants: [], statements, expires: moment })?.Statement ?? [];
    return atomsOf(role?.permissionPolicy?.Statement ?? []) === atomsOf(wanted)
      ? null
      : "its permissions would be others";
  } catch (error) {
    // What YAML cannot hold: NUL, and half of a surrogate pair.
    if (error instanceof RangeError) return `a manifest cannot hold it: ${error.message}`;
    throw error;
  }
}

/** What entries that are right by themselves have against each other. */
function problemsTogether(roles: readonly ImportedRole[]): readonly string[] {
  if (roles.length === 0) return [];
  const project = trial(roles);
  return project.ok
    ? []
    : project.diagnostics.map((d) => `the entries contradict each other: ${d.message}; ${d.remedy}`);
}
