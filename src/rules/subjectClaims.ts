import { quote } from "../diagnostics";
import { subjectReach } from "../subject";
import { audience } from "./subjectUrls";
import {
  admitted,
  hostsFor,
  manyMark,
  marked,
  wildcardMark,
  type Audience,
  type GrammarFinding,
  type SubjectValue,
} from "./subjectValues";

/** A claim of a subject that is a list of claims. */
interface Pair {
  readonly key: string;
  /** Wildcards as marks. */
  readonly value: string;
}

const keys = "org_id|user_id|context|workspace_id|repository|email|scope";

/** The pairs of a list; null where the text is none. Values may hold colons: known keys tell where one begins. */
function pairsOf(text: string): readonly Pair[] | null {
  if (!new RegExp(`^(${keys}):`).test(text)) return null;
  return text.split(new RegExp(`(?:^|:)(?=(?:${keys}):)`)).flatMap((part) => {
    const at = part.indexOf(":");
    return at < 0 ? [] : [{ key: part.slice(0, at), value: part.slice(at + 1) }];
  });
}

/** A subject that is a list of claims; null for what is none. */
export function judgeClaims(value: SubjectValue): readonly GrammarFinding[] | null {
  const pairs = pairsOf(marked(value));
  if (pairs === null) return null;
  const shown = quote(value.value);
  const wrong = influenced(pairs);
  if (wrong !== null) return [{ rule: "T62", message: `${shown} ${wrong}` }];
  const repositoryAt = pairs.findIndex((p) => p.key === "repository");
  const wild = pairs.findIndex((p) => wildcardMark.test(p.value));
  const context = pairs.find((p) => p.key === "context");
  const names = pairs.some((p) => p.key === "org_id");
  if (wild >= 0 && (repositoryAt < 0 || wild < repositoryAt))
    return [
      {
        rule: "T53",
        message: `${shown} has a wildcard before the repository: whatever claims end like it match`,
      },
    ];
  const repository = pairs[repositoryAt]?.value;
  if (repository === undefined) {
    if (context === undefined && pairs.every((p) => p.key === "org_id"))
      return [
        { rule: "T54", message: `${shown} names no repository: every one of the organization gets the role` },
      ];
    return [];
  }
  return judgeRepository(value, repository, names);
}

/** What callers choose or change; null where there is nothing of the kind. */
function influenced(pairs: readonly Pair[]): string | null {
  if (pairs.some((p) => p.key === "scope")) return "holds scope, which whoever asks for the token chooses";
  const empty = pairs.find((p) => p.value === "");
  if (empty) return `has nothing behind ${empty.key}: a token without the claim matches, or none`;
  const context = pairs.findIndex((p) => p.key === "context");
  if (context < 0 || !pairs.slice(context).some((p) => wildcardMark.test(p.value))) return null;
  return "has a wildcard in context or behind it, which is a URL as somebody typed it: dot segments and further claims fit in";
}

/** The claim `repository` is the clone URL: the host's answer, not what somebody typed. */
function judgeRepository(value: SubjectValue, text: string, names: boolean): readonly GrammarFinding[] {
  const shown = quote(value.value);
  const mark = text.search(wildcardMark);
  const start = mark < 0 ? text : text.slice(0, mark);
  const at = { ...value, start };
  const who = (audienceOf: Audience): readonly GrammarFinding[] =>
    names
      ? audience({ ...at, issuer: { ...at.issuer, openSignup: false } }, audienceOf)
      : audience(at, audienceOf);
  // A whole clone URL is complete, as if a slash followed it.
  const reach = subjectReach(
    mark < 0 ? `${start}/` : start,
    mark >= 0 && mark < text.length - 1,
    hostsFor(at),
  );
  switch (reach.kind) {
    case "no-url":
      return [{ rule: "T56", message: `${shown} has a repository that is no clone URL` }];
    case "before-path":
      return [{ rule: "T53", message: `${shown} has a wildcard before the repository's path` }];
    case "host":
      return [{ rule: "T55", message: `${shown} lets in every repository of the host` }];
    case "cut-name":
      return [
        { rule: "T52", message: `${shown} lets in every repository that begins like ${quote(reach.name)}` },
      ];
    case "organization":
      return [wide(reach.url), ...who({ kind: "organization", url: reach.url })];
    case "repository": {
      const { repository, group } = reach;
      if (mark >= 0 && group)
        return [wide(repository.url), ...who({ kind: "organization", url: repository.url })];
      const gits = repository.kind !== "azure-devops" && mark < 0 && !start.endsWith(".git");
      return [
        ...(gits
          ? [
              {
                rule: "T56" as const,
                message: `${shown} has a repository without .git, as no clone URL on this host is`,
              },
            ]
          : []),
        ...who({ kind: "repository", repository }),
      ];
    }
  }
}

function wide(url: string): GrammarFinding {
  return {
    rule: "T54",
    message: `any repository below ${quote(url)}, present and future, gets this role, and so does whoever may create one there`,
  };
}

/** A subject of version 2 or 3, of Gitpod Flex and Ona; null for what is none. */
export function judgeVersion(value: SubjectValue): readonly GrammarFinding[] | null {
  const version = versionOf(value.start);
  if (version === 1) return null;
  const shown = quote(value.value);
  const text = marked(value);
  const [, organization = "", rest = ""] =
    (version === 2 ? /^org:([^/]*)\/?(.*)$/s : /^organization_id:([^:]*):?(.*)$/s).exec(text) ?? [];
  if (organization === "" || wildcardMark.test(organization))
    return [
      { rule: "T53", message: `${shown} has a wildcard before the project: other organizations match` },
    ];
  const wild = rest.search(wildcardMark);
  if (wild < 0) return rest === "" ? [everyProject(shown)] : [];
  const before = rest.slice(0, wild);
  if (before === "" || /^(prj|env|user|rnr|project_id|environment_id):$/.test(before))
    return [everyProject(shown)];
  if (!/[:/]$/.test(before))
    return [{ rule: "T52", message: `${shown} lets in every name that begins like ${quote(before)}` }];
  const bare = value.start.replace(/:$/, "");
  if (version === 2 || !text.endsWith(`:${manyMark}`) || admitted(value, bare)) return [];
  return [
    {
      rule: "T63",
      message: `${shown} does not let in ${quote(bare)}, the form without further fields`,
      remedy: `add ${quote(bare)} beside it`,
    },
  ];
}

function everyProject(shown: string): GrammarFinding {
  return { rule: "T54", message: `${shown} lets in every project of the organization, present and future` };
}

function versionOf(start: string): 1 | 2 | 3 {
  if (start.startsWith("org:")) return 2;
  return start.startsWith("organization_id:") ? 3 : 1;
}

/** Subjects of several versions in one document: an issuer presents one of them. */
export function judgeMixture(
  values: readonly SubjectValue[],
): readonly (readonly [SubjectValue, GrammarFinding])[] {
  const [first] = values;
  if (first === undefined) return [];
  const other = values.find(
    (v) =>
      v.issuer.providerName === first.issuer.providerName && versionOf(v.start) !== versionOf(first.start),
  );
  if (other === undefined) return [];
  const message = `subjects of version ${versionOf(first.start)} and ${versionOf(other.start)} stand in one document, and an issuer presents one version`;
  return [[other, { rule: "T63", message }]];
}
