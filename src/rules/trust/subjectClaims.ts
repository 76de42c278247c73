import { quote } from "../../diagnostics";
import type { Admission } from "../../model/roleAccess";
import { hasDotGit, onaBearers, onaVersionOf, parseOnaSubject, subjectReach } from "../../subject";
import { isOnas } from "./foreignCallers";
import {
  admission,
  admitted,
  hostsFor,
  manyMark,
  marked,
  wildcardMark,
  type Form,
  type Reading,
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
export function judgeClaims(value: SubjectValue): readonly Reading[] | null {
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
        message: `${shown} has a wildcard before the repository: any claims that end like it match`,
      },
    ];
  const repository = pairs[repositoryAt]?.value;
  if (repository === undefined) {
    if (context === undefined && pairs.every((p) => p.key === "org_id")) return [wholeOrganization];
    return [];
  }
  return judgeRepository(value, repository, names);
}

/** What callers choose or change; null where there is nothing of the kind. */
function influenced(pairs: readonly Pair[]): string | null {
  if (pairs.some((p) => p.key === "scope"))
    return "has the claim scope, which whoever asks for the token chooses";
  const empty = pairs.find((p) => p.value === "");
  if (empty) return `has no value for ${empty.key}: a token without the claim matches, or none does`;
  const context = pairs.findIndex((p) => p.key === "context");
  if (context < 0 || !pairs.slice(context).some((p) => wildcardMark.test(p.value))) return null;
  return "has a wildcard in or after context, a URL that somebody types: dot segments and further claims fit into it";
}

/** The claim `repository` is the clone URL: the host's answer, not what somebody typed. */
function judgeRepository(value: SubjectValue, text: string, names: boolean): readonly Reading[] {
  const shown = quote(value.value);
  const mark = text.search(wildcardMark);
  const start = mark < 0 ? text : text.slice(0, mark);
  const at = { ...value, start };
  const admit = (kind: Admission["kind"], url: string): Reading =>
    admission(value, kind, url, names ? { openTo: null } : {});
  // A whole clone URL is complete, as if a slash followed it.
  const reach = subjectReach(
    mark < 0 ? `${start}/` : start,
    mark >= 0 && mark < text.length - 1,
    hostsFor(at),
  );
  switch (reach.kind) {
    case "no-url":
      return [{ rule: "T56", message: `${shown} has a repository that is not a clone URL` }];
    case "before-path":
      return [{ rule: "T53", message: `${shown} has a wildcard before the repository's path` }];
    case "host":
      return [{ rule: "T55", message: `${shown} admits every repository of the host` }];
    case "cut-name":
      return [
        { rule: "T52", message: `${shown} admits every repository that begins like ${quote(reach.name)}` },
      ];
    case "organization":
      return [admit("org", reach.url)];
    case "repository": {
      const { repository, group } = reach;
      if (mark >= 0 && group) return [admit("org", repository.url)];
      const gits = hasDotGit(repository.kind) && mark < 0 && !start.endsWith(".git");
      const message = `${shown} has a repository without .git, which every clone URL on this host has`;
      return [...(gits ? [{ rule: "T56", message }] : []), admit("repo", repository.url)];
    }
  }
}

/** What admits every repository of an organization of Gitpod's. */
const wholeOrganization: Admission = Object.freeze({
  ...{ kind: "org", url: null, hostKind: null, contexts: [], bare: false, openTo: null },
});

/** Fields that whoever creates an environment chooses, and that may hold colons. */
const chosenField = /(?:^|:)(creator_name|creator_email|creator_idp_claims|context_url|git\.remote_uri):/;

/** A subject of Ona, of its version 2 or 3; null for what is none. */
export function judgeOna(value: SubjectValue): readonly Reading[] | null {
  const version = onaVersionOf(value.start);
  const shown = quote(value.value);
  const say = (rule: string, message: string): readonly Reading[] => [
    { rule, message: `${shown} ${message}` },
  ];
  if (version === null)
    return isOnas(value.issuer)
      ? say("T70", "is no subject of Ona, which names an organization and a project")
      : null;
  const text = marked(value);
  const [, organization = "", rest = ""] = /^\w+:([^:/]*)[:/]?(.*)$/s.exec(text) ?? [];
  if (organization === "" || wildcardMark.test(organization))
    return say("T53", "has a wildcard before the project: other organizations match");
  if (/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i.exec(text)?.[0].match(/[A-F]/))
    return say("T70", "has an id in capitals: Ona's are in lower case, and IAM compares letter case");
  const project = admission(value, "repo", null, { isProject: true, openTo: null });
  const wild = rest.search(wildcardMark);
  if (wild < 0) {
    const whole = parseOnaSubject(value.start);
    if (whole === null) return say("T70", "is a form that no token of Ona has");
    return whole.bearer === "project" ? [project] : [];
  }
  const before = rest.slice(0, wild);
  const bearers = onaBearers[version];
  const among = Object.keys(bearers).filter((key) => `${key}:`.startsWith(before));
  if (among.length > 1)
    return say(
      "T69",
      "admits the whole organization: every project, and tokens of its users and service accounts",
    );
  if (among[0] !== undefined)
    return say("T69", `admits every ${bearers[among[0]] ?? "token"} of the organization, present and future`);
  const key = before.slice(0, before.indexOf(":"));
  if (!Object.hasOwn(bearers, key)) return say("T70", "is a form that no token of Ona has");
  if (!/[:/]$/.test(before)) return say("T52", `admits every name that begins like ${quote(before)}`);
  const [, field] = chosenField.exec(before) ?? [];
  if (field !== undefined)
    return say("T70", `has a wildcard after ${field}, whose value a user chooses: anything fits into it`);
  const bare = value.start.replace(/:$/, "");
  const isWhole = version === "v2" || !text.endsWith(`:${manyMark}`) || admitted(value, bare);
  return [
    ...(bearers[key] === "project" ? [project] : []),
    ...(isWhole
      ? []
      : [
          {
            rule: "T63",
            message: `${shown} does not admit ${quote(bare)}, which environments have unless the organization appends fields`,
            remedy: `add ${quote(bare)} beside it`,
          },
        ]),
  ];
}

const versionNumbers = Object.freeze({ v2: 2, v3: 3 });

/** Subjects of Classic count as version 1. */
function versionOf(start: string): 1 | 2 | 3 {
  const version = onaVersionOf(start);
  return version === null ? 1 : versionNumbers[version];
}

/** Subjects of several versions in one document: an issuer presents one of them. */
export function judgeMixture(values: readonly SubjectValue[]): readonly (readonly [SubjectValue, Form])[] {
  const [first] = values;
  if (first === undefined) return [];
  const other = values.find(
    (v) =>
      v.issuer.providerName === first.issuer.providerName && versionOf(v.start) !== versionOf(first.start),
  );
  if (other === undefined) return [];
  const versions = [versionOf(first.start), versionOf(other.start)];
  const message = `the document has subjects of version ${versions.join(" and ")}, and an issuer presents only one version`;
  // Whoever changes the version at Ona has both for a while.
  return [[other, { rule: "T63", message, ...(versions.includes(1) ? {} : { severity: "info" }) }]];
}
