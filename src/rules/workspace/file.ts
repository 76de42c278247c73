import { rulesOf, type PlacedObservation, type Rule } from "../rule";

/** The file as a whole. */
export const fileRules: readonly Rule[] = rulesOf({
  S11: {
    severity: "error",
    title: "static AWS keys",
    why: "everybody who may read the repository has them, for as long as nobody revokes them; in the environment they outrank every profile",
    remedy: "revoke the key in IAM, remove it from file and history, and log in with gp idp login aws",
    gitpodYml: ({ facts }) =>
      facts.staticKeys.map(({ what, place }) => ({ message: `a static AWS key: ${what}`, place })),
  },
  S13: {
    severity: "error",
    title: "not valid for Gitpod or Ona",
    why: "the workspace does not start with this file, or not with what it means",
    remedy: "write it as the reference of .gitpod.yml, or of automations.yaml, has it",
    gitpodYml: ({ facts, shown }) => {
      const unexpanded = facts.settings.flatMap(({ name, value }): readonly PlacedObservation[] => {
        const [variable] = /\$(?:\{\w+\}|\w+)/.exec(value.text) ?? [];
        if (variable === undefined || !/^(?:AWS|IDP_AWS)_/.test(name)) return [];
        const message = `Gitpod does not expand ${shown(variable)}: ${shown(name)} has this very text for its value`;
        const remedy =
          "remove the line: variables of the user's and the project's settings are there without it";
        return [{ message, severity: "warning", remedy, place: value.place }];
      });
      const refused = facts.problems.map(({ text, place }) => ({
        message: `${facts.format === "gitpod.yml" ? "Gitpod" : "Ona"} refuses this: ${text}`,
        place,
      }));
      return [...refused, ...unexpanded];
    },
  },
  S14: {
    severity: "warning",
    title: "merged tasks that are out of date, or were edited",
    why: "workspaces log in as an older manifest said, or as somebody changed it without the manifest",
    remedy: "run npx gitpod-aws-oidc snippet --into FILE again",
    gitpodYml: ({ facts: { ours }, current }) => {
      if (ours === null) return [];
      const { place, lastLine, digest } = ours;
      const which = `the tasks from here to line ${lastLine}, which are of gitpod-aws-oidc,`;
      const said = (what: string, remedy?: string) => [{ message: `${which} ${what}`, place, remedy }];
      if (digest === null)
        return said(
          "were edited by hand: the next merge refuses them",
          "move the change to a task of your own or to the manifest, and put the tasks back as they were",
        );
      if (current === null || current.has(digest)) return [];
      if (current.size > 0) return said("are not what the manifest makes now");
      return said(
        "are for a repository that the manifest does not have",
        "remove them with npx gitpod-aws-oidc snippet --into FILE --remove, or add an entry",
      );
    },
  },
});
