import { createHash } from "node:crypto";
import { escapeHidden } from "../diagnostics/quote";
import type { AccessModel, Snippet } from "../model/accessModel";
import type { Ownership } from "./ownership";

/** One snippet, as the index of a folder of snippets lists it. */
export interface CatalogueEntry {
  readonly url: string;
  readonly kind: "org" | "repo";
  readonly installation: string;
  /** Below the folder, `/` between. */
  readonly file: string;
  readonly task: string;
  readonly logins: readonly {
    readonly account: string;
    readonly roleArn: string;
    readonly profile: string;
    /** Names of the variables that it sets. */
    readonly exports: readonly string[];
  }[];
}

const generator = "gitpod-aws-oidc";

/** The snippets of a model as entries of an index, in the model's order. */
export function catalogueOf(model: AccessModel): readonly CatalogueEntry[] {
  return model.snippets.map(entryOf);
}

function entryOf({ url, kind, installation, file, task, logins }: Snippet): CatalogueEntry {
  return {
    ...{ url, kind, installation, file, task },
    logins: logins.map(({ account, roleArn, profile, exports }) => ({
      ...{ account, roleArn, profile },
      exports: exports.map((e) => e.variable),
    })),
  };
}

/** The index for programs: `{"generator", "sha256", "snippets": […]}`, the digest of the snippets' JSON among them. */
export function catalogueJson(entries: readonly CatalogueEntry[]): string {
  const index = { generator, sha256: digest(JSON.stringify(entries)), snippets: entries };
  return `${JSON.stringify(index, null, 2).split("\n").map(escapeHidden).join("\n")}\n`;
}

/** Whose an index is, as {@link catalogueJson} writes it. */
export function catalogueJsonOwnership(text: string): Ownership {
  try {
    const index = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    if (index?.["generator"] !== generator) return "foreign";
    return index["sha256"] === digest(JSON.stringify(index["snippets"])) ? "ours" : "edited";
  } catch {
    return "foreign";
  }
}

const firstLine = `<!doctype html><!-- Written by ${generator}. sha256 of what follows: `;
const header = new RegExp(`^${firstLine}([0-9a-f]{64}) -->\\n`);

/** The index for people: one page, which needs no network, with a field that finds a repository. */
export function cataloguePage(entries: readonly CatalogueEntry[]): string {
  const body = pageBody(entries);
  return `${firstLine}${digest(body)} -->\n${body}`;
}

/** Whose a page is, as {@link cataloguePage} writes it. */
export function cataloguePageOwnership(text: string): Ownership {
  const match = header.exec(text);
  if (match === null) return text.startsWith(firstLine) ? "edited" : "foreign";
  return match[1] === digest(text.slice(match[0].length)) ? "ours" : "edited";
}

/** The page may run this script and nothing else, whatever a manifest's text would want. */
const script = `const find = document.getElementById("find");
const rows = [...document.querySelectorAll("tbody tr")];
const show = () => {
  const words = find.value.toLowerCase().split(/\\s+/);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    if (!row.hidden) shown += 1;
  }
  document.getElementById("count").textContent = shown + " of " + rows.length;
};
find.addEventListener("input", show);
show();`;

function pageBody(entries: readonly CatalogueEntry[]): string {
  const hash = createHash("sha256").update(script, "utf8").digest("base64");
  return `<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'">
<title>Snippets for .gitpod.yml</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
input { font: inherit; padding: 0.4rem; width: 100%; box-sizing: border-box; }
table { border-collapse: collapse; width: 100%; margin-top: 1rem; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid #ccc; overflow-wrap: anywhere; }
</style>
</head>
<body>
<h1>Snippets for .gitpod.yml</h1>
<p>In a clone of your repository, with the manifest at hand, run <code>gitpod-aws-oidc snippet --into .gitpod.yml --await all</code>; without it, save the snippet as <code>.gitpod.yml</code>, or put its task first under <code>tasks</code> of the one that is there.</p>
<p><label for="find">Find your repository, or its organization:</label> <span id="count"></span></p>
<p><input id="find" type="search" autofocus placeholder="acme app"></p>
<table>
<thead><tr><th>repository</th><th>installation</th><th>logs in to</th><th>sets</th><th>snippet</th></tr></thead>
<tbody>
${entries.map(pageRow).join("\n")}
</tbody>
</table>
<script>${script}</script>
</body>
</html>
`;
}

function pageRow({ url, kind, installation, file, logins }: CatalogueEntry): string {
  const cells = [
    `<a href="${html(url)}" rel="noreferrer">${html(url)}</a>${kind === "org" ? "<br>any repository of it that has no entry of its own" : ""}`,
    html(installation),
    logins.map(({ account, profile }) => html(`${account}, profile ${profile}`)).join("<br>"),
    logins
      .flatMap((login) => login.exports)
      .map(html)
      .join("<br>"),
    `<a href="${html(encodeURI(file).replaceAll("#", "%23").replaceAll("?", "%3F"))}">${html(file)}</a>`,
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;
}

function html(text: string): string {
  return escapeHidden(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function digest(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}
