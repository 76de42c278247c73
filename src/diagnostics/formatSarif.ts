import { createHash } from "node:crypto";
import { diagnosticCodes, type Diagnostic, type Finding, type Severity } from "./diagnostic";
import { code } from "./markdown";
import { visibleJson } from "./quote";
import { asFinding, type RuleDescription } from "./report";

/**
 * Results that GitHub takes of one run; the gravest come first, to be among them.
 * @see https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const mostResults = 25_000;

/**
 * Diagnostics and findings as a SARIF 2.1.0 log, as GitHub code scanning reads it. It knows no clock and no path but the
 * ones that were given; fingerprints stay where lines move.
 * @param version - the tool's own, e.g. `0.1.0`
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function formatSarif(
  diagnostics: readonly Diagnostic[],
  findings: readonly Finding[],
  rules: readonly RuleDescription[],
  version: string,
): string {
  const described = [...rules, ...diagnosticRules];
  const places = new Map(described.map((rule, i) => [rule.id, i]));
  const all = [...diagnostics.map(asFinding), ...findings];
  const order = Object.keys(severities);
  const shown = all
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity))
    .slice(0, mostResults);
  const text = `${all.length - shown.length} results of less weight are left out`;
  const notes = { toolExecutionNotifications: [{ level: "note", message: { text } }] };
  const fingerprint = fingerprinter();
  const log = {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: { name: "gitpod-aws-oidc", version, rules: described.map(ruleJson) } },
        columnKind: "utf16CodeUnits",
        invocations: [{ executionSuccessful: true, ...(shown.length < all.length ? notes : {}) }],
        results: shown.map((result) => resultJson(result, places.get(result.rule), fingerprint(result))),
      },
    ],
  };
  return visibleJson(log);
}

/** Diagnostics are results too: each code is a rule. */
const diagnosticRules: readonly RuleDescription[] = Object.freeze(
  Object.entries(diagnosticCodes).map(([id, title]) => ({
    ...({ id, severity: "error", title } as const),
    why: "nothing is written, because the manifest is not the manifest language",
    remedy: "see the message of each result",
  })),
);

/** What SARIF and GitHub call a severity; the latter's scale goes from 0 to 10: high, medium, low. */
const severities = Object.freeze({
  error: { level: "error", security: "8.0", precision: "high" },
  warning: { level: "warning", security: "5.0", precision: "high" },
  info: { level: "note", security: "2.0", precision: "medium" },
} as const satisfies Record<Severity, object>);

function ruleJson({ id, severity, title, why, remedy }: RuleDescription) {
  const { level, security, precision } = severities[severity];
  const reasons = why === undefined ? [] : [why];
  return {
    id,
    shortDescription: { text: messageString(sentence(title)) },
    fullDescription: { text: messageString([title, ...reasons].map(sentence).join(" ")) },
    help: {
      text: messageString([...reasons, `Remedy: ${remedy}`].map(sentence).join(" ")),
      markdown: messageString(
        [`**${id}**: ${code(title)}`, ...reasons.map(code), `**Remedy**: ${code(remedy)}`].join("\n\n"),
      ),
    },
    defaultConfiguration: { level },
    properties: { "security-severity": security, precision, tags: ["security", "aws", "iam", "oidc"] },
  };
}

function resultJson(result: Finding, ruleIndex: number | undefined, primaryLocationLineHash: string) {
  const { rule: ruleId, severity, message, remedy, file, line, column, accepted, reason } = result;
  // The `accept` of an entry stands in the source itself.
  const suppression = { kind: "inSource", status: "accepted", justification: reason && plain(reason) };
  return {
    ...{ ruleId, ruleIndex, level: severities[severity].level },
    message: { text: messageString(plain(`${message}. Remedy: ${remedy}.`)) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uri(file) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    partialFingerprints: { primaryLocationLineHash },
    ...(accepted ? { suppressions: [suppression] } : {}),
  };
}

/**
 * Text as a message string, in which `{0}` is a placeholder and a brace that is meant stands twice.
 * @see https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html section 3.11.5
 */
function messageString(text: string): string {
  return text.replace(/[{}]/g, "$&$&");
}

/** Text whose parts cannot be taken for an embedded link, `[text](target)`. */
function plain(text: string): string {
  return text.replaceAll("](", "] (");
}

/** A path as a URI: a relative path stays relative; `/` between segments, everything else percent-encoded. */
function uri(file: string): string {
  const segments = file.toWellFormed().replaceAll("\\", "/").split("/").map(encodeURIComponent);
  return segments[0] === "" ? `file://${segments.join("/")}` : segments.join("/");
}

/** Hashes of what a result says, and the how-manieth of those that say the same: lines and indices may move. */
function fingerprinter(): (result: Finding) => string {
  const seen = new Map<string, number>();
  return ({ rule, file, role, message }) => {
    const hash = createHash("sha256")
      .update(JSON.stringify([rule, file, role, message]))
      .digest("hex")
      .slice(0, 32);
    const number = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, number);
    return `${hash}:${number}`;
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? "" : "."}`;
}
