import { printable, quote, type Origin } from "../diagnostics";
import { atomsOf, joinAccess, type ExistingFile } from "../documents";
import { importRoles, type ImportedRole } from "../documents/importRoles";
import { manifestText } from "../documents/manifestText";
import type { ManifestFiles } from "../manifest";
import type { ExistingAccess } from "../model/existing";
import type { Partition } from "../model/partitions";
import { permissionPolicy, trustPolicy, type TrustSource } from "../policy";
import { readGiven } from "./checkExisting";
import { CommandError } from "./commandError";
import type { CommandIo, ExitCode } from "./io";
import { readProject } from "./project";

/** `import-role`: entries for existing roles. One that would not come out as its role is not printed. */
export function importRoleCommand(names: readonly string[], io: CommandIo): ExitCode {
  const { existing, missing } = readDeployed(names, io);
  const { roles, skipped } = importRoles(existing);
  const judged = roles.map((imported) => ({ ...imported, problem: problemOf(imported) }));
  const entries = judged.filter(({ problem }) => problem === null);
  const withoutEntry = [
    ...skipped,
    ...judged.flatMap(({ role, problem }) => (problem === null ? [] : [{ role, problem }])),
  ];
  io.stdout.write(manifestText(entries, withoutEntry));
  const remarks = [...missing, ...problemsTogether(entries)];
  for (const remark of remarks) io.stderr.write(`${printable(remark)}\n`);
  const whole = entries.every((role) => role.notes.length === 0 && role.account.regions.length > 0);
  return whole && withoutEntry.length === 0 && remarks.length === 0 ? 0 : 1;
}

/** What files show of roles that exist, together, and what they name and do not show. */
export function readDeployed(names: readonly string[], io: CommandIo) {
  if (names.filter((name) => name === "-").length > 1)
    throw new CommandError("standard input can be read once", "pass - once");
  const files = names.flatMap((name) => readGiven(name, null, io));
  refuseMistakes(files);
  const none: ExistingAccess = { roles: [], identityProviders: [] };
  const existing = files
    .map(({ access }) => access)
    .reduce((before, next) => joinAccess([before, next]), none);
  if (existing.roles.length === 0)
    throw new CommandError(
      `there is no role in ${names.map(quote).join(" and ")}`,
      "pass what aws iam get-role prints, with the role's policies, or aws iam get-account-authorization-details",
    );
  const missing = files.flatMap((file) =>
    file.missing.map(({ origin, message }) => `${placeOf(file, origin)}: ${message}`),
  );
  return { existing, files, missing };
}

/** What is not read as everybody reads it could be any role's. */
function refuseMistakes(files: readonly ExistingFile[]): void {
  for (const { mistakes, ...file } of files)
    for (const { origin, message, remedy } of mistakes)
      throw new CommandError(
        `${placeOf(file, origin)}: ${message}`,
        remedy ?? "pass the JSON as the AWS CLI prints it",
      );
}

function placeOf({ file, locate }: Pick<ExistingFile, "file" | "locate">, { path }: Origin): string {
  const { line, column } = locate(path);
  return `${file}:${line}:${column}`;
}

/** A region for the trial: any of the partition. The entry does not depend on it. */
const trialRegions: Readonly<Record<Partition, string>> = Object.freeze({
  aws: "us-east-1",
  "aws-cn": "cn-north-1",
  "aws-us-gov": "us-gov-west-1",
  "aws-eusc": "eusc-de-east-1",
});

function trial(roles: readonly ImportedRole[]) {
  const text = manifestText(roles, [], (partition) => trialRegions[partition]);
  const files: ManifestFiles = {
    read: () => ({ ok: true, bytes: Buffer.from(text, "utf8") }),
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
