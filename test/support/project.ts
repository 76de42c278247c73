import { loadProject, placedIn, type ReadProject } from "../../src/cli/project";
import type { Finding } from "../../src/diagnostics";
import type { ManifestFiles } from "../../src/manifest";
import type { AccessModel, Role, RoleDocuments } from "../../src/model/accessModel";
import type { CheckOptions } from "../../src/rules";

/** A manifest's files from a map instead of the disk. Include patterns are file names. */
export function memoryFiles(files: Readonly<Record<string, string>>): ManifestFiles {
  return {
    read: (file) => {
      const text = Object.hasOwn(files, file) ? files[file] : undefined;
      return text === undefined
        ? { ok: false, reason: "missing" }
        : { ok: true, bytes: Buffer.from(text, "utf8") };
    },
    expand: (_, pattern) =>
      Object.hasOwn(files, pattern) ? [{ file: pattern, identity: pattern, status: "ok" }] : [],
    identity: (file) => file,
  };
}

/** A manifest, read and judged, each finding with its place. */
export type Project =
  | (Extract<ReadProject, { readonly ok: true }> & { readonly findings: readonly Finding[] })
  | Extract<ReadProject, { readonly ok: false }>;

/** A project from the text of its manifest, judged. */
export function project(
  text: string,
  options: Omit<CheckOptions, "reference"> = {},
  included: Readonly<Record<string, string>> = {},
): Project {
  const read = loadProject("manifest.yaml", memoryFiles({ ...included, "manifest.yaml": text }), options);
  return read.ok ? { ...read, findings: placedIn(read.findings, read.locator) } : read;
}

const made = ({ trustPolicy, permissionPolicy, policies, grantWeights }: RoleDocuments): RoleDocuments => {
  return { trustPolicy, permissionPolicy, policies, grantWeights };
};

/** The model of a manifest that must be right; its policies are made, so that models can be compared. */
export function modelOf(text: string, included: Readonly<Record<string, string>> = {}): AccessModel {
  const loaded = project(text, {}, included);
  if (!loaded.ok)
    throw new Error(loaded.diagnostics.map((d) => `${d.line}:${d.column} ${d.code} ${d.message}`).join("\n"));
  const accounts = loaded.model.accounts.map((account) => {
    return { ...account, roles: account.roles.map((role) => ({ ...role, made: made(role.made) })) };
  });
  return { ...loaded.model, accounts };
}

/** The only role of a manifest, or the one of this name. */
export function roleOf(text: string, name?: string): Role {
  const roles = modelOf(text).accounts.flatMap((a) => a.roles);
  const found = name === undefined ? roles : roles.filter((r) => r.name === name);
  const [role] = found;
  if (!role || found.length !== 1)
    throw new Error(`expected one role, found ${found.map((r) => r.name).join(", ")}`);
  return role;
}

/** `CODE line:column` of every diagnostic. */
export function codesOf(text: string): readonly string[] {
  const loaded = project(text);
  return loaded.ok ? [] : loaded.diagnostics.map((d) => `${d.code} ${d.line}:${d.column}`);
}

/** A manifest with one account, one installation on a host of its own, and what else is given. */
export function manifest(rest: string, account = "", installation = "host: acme.gitpod.cloud"): string {
  const indent = (s: string) =>
    s
      .split("\n")
      .map((line) => `    ${line}\n`)
      .join("");
  return `version: 1
accounts:
  dev:
    id: "123456789012"
    region: eu-central-1
${account === "" ? "" : indent(account)}installations:
  acme:
${indent(installation)}${rest}
`;
}
