import { quote } from "../../diagnostics";
import type { JudgedRole, TrustView } from "../judgedRole";
import { rulesOf, type Rule } from "../rule";
import { judgeMixture, judgeSubject, subjectValues } from "./subjectValues";

/** Whom the subjects of a trust policy admit, read as Gitpod makes them, and what is odd about their form. */
export function readSubjects(view: TrustView): Pick<JudgedRole, "admissions" | "forms"> {
  const values = subjectValues(view);
  const readings = [
    ...values.flatMap((value) => judgeSubject(value).map((reading) => [value, reading] as const)),
    ...judgeMixture(values),
  ].map(([{ login, condition, value }, reading]) => {
    const [origin, where, shown] = [condition.origin, `${login.name}: `, quote(value)];
    return "rule" in reading
      ? { ...reading, message: `${where}${shown} ${reading.message}`, origin }
      : { ...reading, where, origin, by: () => shown, owners: [] };
  });
  return {
    forms: readings.filter((one) => "rule" in one),
    admissions: readings.flatMap((one) => ("rule" in one ? [] : [one])),
  };
}

/** Rules about what a subject looks like: other ones than Gitpod presents admit nobody, or strangers. */
export const subjectRules: readonly Rule[] = rulesOf({
  T51: {
    severity: "warning",
    title: "everything below the repository, but not the repository itself",
    why: "workspaces opened on the front page of the repository are denied",
    remedy: "add the URL to the list, bare, with .git and with a slash at its end",
  },
  T52: {
    severity: "error",
    title: "a wildcard inside a name",
    why: "other repositories or organizations match whose names begin the same, and anybody can register such a name",
    remedy: "end the name with a slash before the wildcard, or write it in full",
  },
  T53: {
    severity: "error",
    title: "a wildcard before the path of the repository",
    why: "somebody else can create a host, an organization or a longer path that matches",
    remedy: "write https://, host, owner and repository in full, and the wildcard after them",
  },
  T55: {
    severity: "error",
    title: "a whole host",
    why: "whoever has a repository there gets the role",
    remedy: "name the organization or, better, the repository",
  },
  T56: {
    severity: "warning",
    title: "a subject that no workspace presents, or only some do",
    why: "subjects are compared character by character: the other forms are denied",
    remedy:
      "write https://, the host in lower case, and the path as the host shows it; list the URL bare, with .git and with a slash at its end",
  },
  T59: {
    severity: "error",
    title: "a pattern without the guard against dot segments",
    why: "a URL that begins with the repository can open another one: anybody who may open workspaces gets in, without access to the repository",
    remedy: String.raw`add "StringNotLike" on the same key with "*..*", "*%2e*", "*%2E*", "*\t*", "*\n*" and "*\r*"`,
  },
  T60: {
    severity: "warning",
    title: "a pattern of paths on a host that keeps the branch in the query",
    why: "workspaces opened on a branch are denied",
    remedy: "add the forms of branches, with the question mark as ${?}",
  },
  T61: {
    severity: "error",
    title: "subjects that name no repository",
    why: "workspaces without a context, or from a snapshot, present the same subject whoever opened them",
    remedy: "name the repository: https://HOST/OWNER/REPOSITORY",
  },
  T62: {
    severity: "error",
    title: "claims in sub that callers choose, or that say nothing",
    why: "whoever asks for the token, or opens the workspace, then decides part of the subject",
    remedy: "have Gitpod build sub from org_id and repository, and write both in full",
  },
  T63: {
    severity: "warning",
    title: "subjects of several versions, or of version 3 without the bare form",
    why: "an issuer presents one version, and some workspaces have no further fields: those logins are denied",
    remedy:
      "list both forms, the one that ends with the id and the one with :*; ona (or gp) idp token --audience sts.amazonaws.com --decode shows sub",
  },
  T69: {
    severity: "warning",
    title: "a whole Ona organization",
    why: "the organization's users and service accounts have tokens too: whoever is in it gets the role",
    remedy: "name the projects: organization_id:ORGANIZATION:project_id:PROJECT, bare and with :*",
  },
  T70: {
    severity: "error",
    title: "an Ona subject that a user chooses part of, or that no token has",
    why: "a user's name or address may hold what the pattern ends with; a form that no token has admits nobody",
    remedy: "copy sub from ona idp token --audience sts.amazonaws.com --decode",
  },
}).map((rule) => ({
  ...rule,
  // The reading of subjects has found what there is to say.
  trust: (_, { forms }) => forms.filter((form) => form.rule === rule.id),
}));
