import { contextsLine } from "../../src/explain/remedy";
import type { Context } from "../../src/model/accessModel";
import { applyRemedy } from "../support/applyRemedy";
import { forms, ownHosts, repositories } from "../support/forms";
import { attempt, onlyRole } from "../support/login";
import { manifest } from "../support/project";

const hostLines = Object.entries(ownHosts).map(([name, kind]) => `  "${name}": ${kind}`);

function repo(url: string, contexts: readonly Context[]): string {
  return manifest(
    `repos:\n  - url: ${url}\n    ${contextsLine(contexts)}\nscmHosts:\n${hostLines.join("\n")}`,
  );
}

/** Of each repository the first form of every kind of context. */
const distinct = forms.filter(
  ([name, , context], i) =>
    forms.findIndex(([n, , c]) => n === name && JSON.stringify(c) === JSON.stringify(context)) === i,
);

describe("a workspace that is opened on a form of URL that Gitpod reads", () => {
  it.each(distinct)("of %s: %s", (name, form, context) => {
    const url = repositories[name];
    const subject = form.startsWith("https://") ? form : `${url}${form}`;
    const narrow = repo(url, ["repository"]);
    const { verdict, remedy } = onlyRole(narrow, attempt(subject));
    expect(verdict.admitted).toBe(context === "repository");
    // The sibling's role refuses it, whatever its contexts are.
    const sibling = onlyRole(repo(`${url}x`, ["all"]), attempt(subject));
    expect(sibling.verdict.admitted).toBe(false);
    const advice = remedy();
    if (advice === null || advice.includes("no context admits")) return;
    expect(onlyRole(applyRemedy(narrow, advice), attempt(subject)).verdict.admitted).toBe(true);
  });

  it("is always one that some context admits", () => {
    const hopeless = forms.filter(([name, form]) => {
      const subject = form.startsWith("https://") ? form : `${repositories[name]}${form}`;
      const { remedy } = onlyRole(repo(repositories[name], ["repository"]), attempt(subject));
      return remedy()?.includes("no context admits");
    });
    expect(hopeless).toEqual([]);
  });
});
