/** One prefix context, which Gitpod takes off before it remembers what a workspace was opened on. */
const prefixContexts: readonly RegExp[] = Object.freeze([
  /^referrer:[^/]*\//,
  /^imagebuild\//,
  /^open-prebuild\/[^/]+\//,
  // Variables: one good pair is enough, whatever stands beside it.
  /^(?:[^/]*,)?[\w-]+=[^/,=]+(?:,[^/]*)?\//,
]);

/**
 * The subject of a workspace that somebody opens by typing this, where the installation's subjects are context URLs.
 * Takes the whole address of the browser, too: what stands behind its `#` is what was typed.
 * @see https://github.com/gitpod-io/gitpod/blob/4f45d02eac/components/server/src/workspace/context-parser-service.ts
 */
export function subjectOfContextUrl(typed: string): string {
  let text = typed
    .trim()
    .replace(/^https:\/\/[^/#?]+\/(new\/?)?(\?[^#]*)?#/, "")
    .replace(/^[#/]+/, "");
  const prefix = prefixContexts.find((p) => p.test(text));
  if (prefix) text = text.replace(prefix, "");
  const ssh = /^git@([^:/]+):(.*)$/s.exec(text);
  if (ssh) return `https://${ssh[1] ?? ""}/${ssh[2] ?? ""}`;
  if (text === "") return "no-context";
  if (text.startsWith("snapshot/") || text === "no-context" || /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(text))
    return text;
  return /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?\//.test(text) ? `https://${text}` : text;
}
