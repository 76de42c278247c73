import { printable } from "../diagnostics";
import { atomsOf } from "../documents";
import { importRoles, type ImportedRole } from "../documents/importRoles";
import { manifestText } from "../documents/manifestText";
import type { ManifestFiles } from "../manifest";
import type { Partition } from "../model/partitions";
import { permissionPolicy, trustPolicy, type TrustSource } from "../policy";
import { readDeployed } from "./checkExisting";
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
    if (JSON.stringify(role?.made.trustPolicy) !== JSON.stringify(expected))
      return "its trust policy would be another";
    const wanted = permissionPolicy({ grants: [], statements, expires: moment })?.Statement ?? [];
    return atomsOf(role?.made.permissionPolicy?.Statement ?? []) === atomsOf(wanted)
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
