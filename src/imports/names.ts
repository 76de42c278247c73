import type { ImportedAccount, ImportedInstallation } from "./roles";

/** The name of an imported account: its id, which is all that is known of it. */
export function accountName({ id }: Pick<ImportedAccount, "id">): string {
  return `aws-${id}`;
}

/** A name for each installation, after its host, by its JSON; a second one of a name has a number behind it. */
export function installationNames(
  installations: readonly ImportedInstallation[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const key of [...new Set(installations.map((i) => JSON.stringify(i)))].sort()) {
    const { issuer } = JSON.parse(key) as ImportedInstallation;
    const taken = new Set(names.values());
    const base = nameOfHost(issuer);
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}-${n}`;
    names.set(key, name);
  }
  return names;
}

/** `acme` of `https://services.acme.gitpod.cloud/idp`. */
function nameOfHost(issuer: string): string {
  const [host = ""] = issuer.replace(/^https:\/\//, "").split("/");
  const [label = ""] = host.replace(/^(api|services)\./, "").split(".");
  const plain = label
    .toLowerCase()
    .replace(/[^a-z0-9-]/g, "")
    .replace(/^-+/, "")
    .slice(0, 24);
  return plain === "" || plain === "constructor" ? "gitpod" : plain;
}
