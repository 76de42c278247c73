import type { AccessModel, Context, Installation } from "../model/accessModel";

/** Text as a YAML scalar: plain where no parser could take it for something else. */
export function yamlScalar(text: string): string {
  const plain = /^[A-Za-z][\w./-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain || /^https:\/\/[\w./~-]+$/.test(text) ? text : JSON.stringify(text);
}

/** `contexts: [repository, { branch: main }]` */
export function contextsLine(contexts: readonly Context[]): string {
  const items = contexts.map((c) => (typeof c === "object" ? `{ branch: ${yamlScalar(c.branch)} }` : c));
  return `contexts: [${items.join(", ")}]`;
}

/** An item of `repos` that resolves: with the names that a manifest of several installations or accounts demands. */
export function repoLine(
  url: string,
  contexts: readonly Context[],
  model: AccessModel,
  installation: Installation,
  account: string,
): string {
  const keys = [
    `url: ${yamlScalar(url)}`,
    ...(model.installations.length > 1 ? [`installations: [${installation.name}]`] : []),
    ...(model.accounts.length > 1 ? [`accounts: [${account}]`] : []),
    ...(contexts.every((c) => c === "repository") ? [] : [contextsLine(contexts)]),
  ];
  return keys.length === 1 ? `- ${keys.join("")}` : `- { ${keys.join(", ")} }`;
}
