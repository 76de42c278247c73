import type { Rule } from "../../src/rules";
import { rules } from "../../src/rules";
import type { RuleFixture } from "../../test/support/ruleFixtures";
import { block, code, page, sentence, table } from "./markdown";

/**
 * docs/rules.md: what findings mean, and what to do about each.
 * @param fixtures - what to show with each rule: an input, and what is said of it
 */
export async function rulesPage(fixtures: readonly RuleFixture[]): Promise<string> {
  const shown = await Promise.all(
    fixtures.map(async ({ rule, language, input, said }) => ({
      rule,
      blocks: [block(language, input), block("text", await said)],
    })),
  );
  return page(
    "# Rules",
    `What ${code("gitpod-aws-oidc check")} and every synth look for in a manifest that is valid, and ${code("check --trust-policy")} and
${code("--permission-policy")} in what exists already. A finding has the id of its rule, a place and a remedy. Ids never change their meaning.`,
    `- **error**: the synth writes nothing, exit status 1.
- **warning**: reported; ${code("check --strict")} fails.
- **info**: reported by ${code("check")}, counted by a synth.`,
    "## Accepting a finding",
    "An entry that has a good reason says so. `check` then shows the finding as accepted, and a synth only counts it:",
    block(
      "yaml",
      `accept:
  - { rule: T57, reason: the repository is private, until: 2027-03-31 }`,
    ),
    `Warnings and info about a role can be accepted; so can the error of ${waivable().map(code).join(", ")}, in the main manifest
only. Other errors cannot, and neither can findings about an account as a whole. A waiver accepts one finding of its rule, however many
roles have it; where an entry has several, ${code("about")}, a part of the text of one, says which, and without it none is accepted (W07). So what
you accept for one installation or statement does not cover the next. From the day after ${code("until")} on, ${code("check")} reports
the waiver (W04). Dates are for ${code("check")} alone: a synth gives the same bytes on every day.`,
    `${code("defaults")} can accept warnings and info for all entries of the main manifest, which may add to it: one finding of the rule, wherever
it is, notes on the manifest as such (N) included. Errors, T54, T58 and rules of permissions (G) are for each entry to accept (W05).`,
    "## All rules",
    table(
      ["rule", "severity", "about", "can be accepted"],
      rules.map((rule) => [
        `[${rule.id}](#${anchor(heading(rule))})`,
        rule.severity,
        rule.title,
        acceptable(rule),
      ]),
    ),
    ...rules.flatMap((rule) => [
      `### ${heading(rule)}`,
      ...(rule.why === undefined ? [] : [sentence(rule.why)]),
      `Remedy: ${sentence(rule.remedy)}`,
      ...(rule.policyRemedy === undefined ? [] : [`In a policy: ${rule.policyRemedy}.`]),
      ...shown.filter((fixture) => fixture.rule === rule.id).flatMap(({ blocks }) => blocks),
    ]),
  );
}

function waivable(): readonly string[] {
  return rules.filter((rule) => rule.waivable).map((rule) => rule.id);
}

function acceptable(rule: Rule): string {
  if (rule.severity === "error" && !rule.waivable) return "no";
  if (rule.manifest !== undefined) return "under `defaults`";
  return rule.admission === undefined && rule.role === undefined ? "no" : "yes";
}

function heading(rule: Rule): string {
  return `${rule.id}: ${rule.title}`;
}

/** GitHub's anchor of a heading. */
function anchor(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
