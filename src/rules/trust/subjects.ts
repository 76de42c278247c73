import { rulesOf, type Rule } from "../rule";

/** Rules about what a subject looks like: other ones than Gitpod presents admit nobody, or strangers. */
export const subjectRules: readonly Rule[] = rulesOf({
  T51: {
    severity: "warning",
    title: "everything below the repository, but not the repository itself",
    remedy: "add the URL to the list, bare, with .git and with a slash at its end",
  },
  T52: {
    severity: "error",
    title: "a wildcard inside a name",
    remedy: "end the name with a slash before the wildcard, or write it in full",
  },
  T53: {
    severity: "error",
    title: "a wildcard before the path of the repository",
    remedy: "write https://, host, owner and repository in full, and the wildcard after them",
  },
  T55: {
    severity: "error",
    title: "a whole host",
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
    remedy: "have Gitpod build sub from org_id and repository, and write both in full",
  },
  T63: {
    severity: "warning",
    title: "subjects of several versions, or of version 3 without the bare form",
    remedy:
      "list both forms, the one that ends with the id and the one with :*; ona (or gp) idp token --audience sts.amazonaws.com --decode shows sub",
  },
  T69: {
    severity: "warning",
    title: "a whole Ona organization",
    remedy: "name the projects: organization_id:ORGANIZATION:project_id:PROJECT, bare and with :*",
  },
  T70: {
    severity: "error",
    title: "an Ona subject that a user chooses part of, or that no token has",
    remedy: "copy sub from ona idp token --audience sts.amazonaws.com --decode",
  },
}).map((rule) => ({
  ...rule,
  // The reading of subjects has found what there is to say.
  trust: (_, { forms }) => forms.filter((form) => form.rule === rule.id),
}));
