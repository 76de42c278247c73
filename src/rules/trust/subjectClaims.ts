import { quote } from "../../diagnostics";
import { claimsOf, hasDotGit, onaBearers, onaVersionOf, parseOnaSubject, subjectReach } from "../../subject";
import {
  admission,
  admitted,
  hostsFor,
  looseReach,
  manyMark,
  marked,
  say,
  wildcardMark,
  type Form,
  type Reading,
  type SubjectValue,
} from "./subjectValues";

/** A subject that is a list of claims; null for what is none. */
export function judgeClaims(value: SubjectValue): readonly Reading[] | null {
  const pairs = claimsOf(marked(value));
  if (pairs === null) return null;
  const wrong = influenced(pairs);
  if (wrong !== null) return say("T62", wrong);
  const at = pairs.findIndex(([key]) => key === "repository");
  const wild = pairs.findIndex(([, text]) => wildcardMark.test(text));
  if (wild >= 0 && (at < 0 || wild < at))
    return say("T53", "has a wildcard before the repository: any claims that end like it match");
  const [, repository] = pairs[at] ?? [];
  const isNamed = pairs.some(([key]) => key === "org_id");
  if (repository !== undefined) return judgeRepository(value, repository, isNamed);
  // Every repository of an organization of Gitpod's.
  return pairs.every(([key]) => key === "org_id") ? [admission(value, "org", null, { openTo: null })] : [];
}

/** What callers choose or change; null where there is nothing of the kind. */
function influenced(pairs: readonly (readonly [key: string, value: string])[]): string | null {
  if (pairs.some(([key]) => key === "scope"))
    return "has the claim scope, which whoever asks for the token chooses";
  const [empty] = pairs.find(([, text]) => text === "") ?? [];
  if (empty !== undefined)
    return `has no value for ${empty}: a token without the claim matches, or none does`;
  const context = pairs.findIndex(([key]) => key === "context");
  if (context < 0 || !pairs.slice(context).some(([, text]) => wildcardMark.test(text))) return null;
  return "has a wildcard in or after context, a URL that somebody types: dot segments and further claims fit into it";
}

/** The claim `repository` is the clone URL: the host's answer, not what somebody typed. */
function judgeRepository(value: SubjectValue, text: string, isNamed: boolean): readonly Reading[] {
  const mark = text.search(wildcardMark);
  // A whole clone URL is complete, as if a slash followed it.
  const start = mark < 0 ? `${text}/` : text.slice(0, mark);
  const reach = subjectReach(start, mark >= 0 && mark < text.length - 1, hostsFor({ ...value, start }));
  const loose = looseReach(reach);
  if (loose !== null) return loose;
  const open = isNamed ? { openTo: null } : {};
  if (reach.kind === "organization") return [admission(value, "org", reach.url, open)];
  if (reach.kind !== "repository") return [];
  const { repository, group } = reach;
  if (mark >= 0 && group) return [admission(value, "org", repository.url, open)];
  const lacksGit = hasDotGit(repository.kind) && mark < 0 && !text.endsWith(".git");
  const message = "has a repository without .git, which every clone URL on this host has";
  return [...(lacksGit ? say("T56", message) : []), admission(value, "repo", repository.url, open)];
}

/** Fields that whoever creates an environment chooses, and that may hold colons. */
const chosenField = /(?:^|:)(creator_name|creator_email|creator_idp_claims|context_url|git\.remote_uri):/;

/** A subject of Ona, of its version 2 or 3; null for what is none. */
export function judgeOna(value: SubjectValue): readonly Reading[] | null {
  const version = onaVersionOf(value.start);
  const noForm = say("T70", "is a form that no token of Ona has");
  if (version === null) return value.issuer.isOna ? noForm : null;
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
    if (whole === null) return noForm;
    return whole.bearer === "project" ? [project] : [];
  }
  const before = rest.slice(0, wild);
  const bearers = onaBearers[version];
  const among = Object.keys(bearers).filter((key) => `${key}:`.startsWith(before));
  if (among.length > 0)
    return say("T69", `admits every ${among.map((key) => bearers[key]).join(", ")} of the organization`);
  const key = before.slice(0, before.indexOf(":"));
  if (!Object.hasOwn(bearers, key)) return noForm;
  if (!/[:/]$/.test(before)) return say("T52", `admits every name that begins like ${quote(before)}`);
  const [, field] = chosenField.exec(before) ?? [];
  if (field !== undefined)
    return say("T70", `has a wildcard after ${field}, whose value a user chooses: anything fits into it`);
  const isWhole =
    version === "v2" || !text.endsWith(`:${manyMark}`) || admitted(value, value.start.replace(/:$/, ""));
  const bare =
    "refuses environments whose subject ends with the project's id, as all do unless the organization appends fields";
  return [...(bearers[key] === "project" ? [project] : []), ...(isWhole ? [] : say("T63", bare))];
}

/** Subjects of several versions in one document: an issuer presents one of them. */
export function judgeMixture([first, ...others]: readonly SubjectValue[]): readonly (readonly [
  SubjectValue,
  Form,
])[] {
  if (first === undefined) return [];
  const version = onaVersionOf(first.start);
  const other = others.find(
    ({ issuer, start }) =>
      issuer.providerName === first.issuer.providerName && onaVersionOf(start) !== version,
  );
  if (other === undefined) return [];
  const message =
    "is of another version than other subjects of the document, and an issuer presents only one";
  // Whoever changes the version at Ona has both for a while.
  const isMove = version !== null && onaVersionOf(other.start) !== null;
  return say("T63", message, isMove ? { severity: "info" } : {}).map((form) => [other, form]);
}
