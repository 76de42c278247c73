import { below, quote } from "../../diagnostics";
import { dialects } from "../../subject";
import { listed, observed, rulesOf, type Rule } from "../rule";

/** Rules about whom a role admits, be it an entry of a manifest or a document that says so. */
export const reachRules: readonly Rule[] = rulesOf({
  T50: {
    severity: "info",
    title: "the bare repository only",
    remedy: "write contexts: [repository, { branch: main }], with the branches that people open",
    policyRemedy: "add the forms of branches, or of what else is needed, to sub",
    admission: ({ kind, bare }) =>
      kind === "repo" && bare
        ? "only workspaces opened on the repository itself are admitted, not those opened on a branch"
        : null,
  },
  T54: {
    severity: "warning",
    title: "a whole organization",
    remedy: "name the repositories instead",
    admission: ({ kind, url, contexts }) => {
      if (kind !== "org") return null;
      const what =
        url === null
          ? "every repository or project of the organization"
          : `any repository below ${quote(url)}`;
      const forks = contexts.includes("all") ? ", or open a pull request from a fork" : "";
      return `${what}, present and future, gets this role, and so does whoever may create one there${forks}`;
    },
  },
  T57: {
    severity: "warning",
    waivable: true,
    title: "anybody who may read the repository gets in",
    why: "where signup is open, strangers present the same subject unless it names the organization; for a whole organization this is an error",
    remedy: "use an installation of your own, unless the repository is private",
    admission: ({ kind, url, openTo, openFormerly = false }) => {
      if (openTo === null || url === null) return null;
      const still = openFormerly ? ", which formerIssuers still trusts" : "";
      const what = kind === "repo" ? "the repository" : "any repository of it";
      const message = `anybody can get a workspace at ${quote(openTo)}${still}, and sub does not name the organization: whoever may read ${what} gets this role, and everybody may read a public one`;
      if (kind === "repo") return message;
      const remedy = "name the repositories, unless every one of them is private";
      return { message, severity: "error", remedy };
    },
  },
  T58: {
    severity: "warning",
    title: "contexts that run a fork's code",
    why: "whoever may open a pull request writes the code that then runs with the role",
    remedy: "leave pull-requests, commits and all out of contexts",
    policyRemedy: "name the branches instead, as in https://github.com/OWNER/REPOSITORY/tree/main",
    admission: ({ kind, contexts, by }) => {
      const named = contexts.filter((c) => c === "all" || c === "commits" || c === "pull-requests");
      if (kind === "org" || named.length === 0) return null;
      const forks = (["commits", "pull-requests"] as const).filter((c) =>
        named.some((n) => n === c || n === "all"),
      );
      return `${by(named)} admits workspaces on ${forks.join(" and ").replace("-", " ")}, whose code can come from forks`;
    },
  },
  T64: {
    severity: "info",
    title: "an issuer of the old form",
    why: "since September 2023 new installations issue tokens as https://services.<host>/idp; if yours does, every login is denied",
    remedy: "copy iss from gp idp token --audience sts.amazonaws.com --decode, if it differs",
    manifest: ({ installations, accounts }) => {
      const used = new Set(accounts.flatMap(({ roles }) => roles.map((role) => role.installation)));
      return installations
        .filter(({ name }) => used.has(name))
        .flatMap(({ providerName, origin }) => observed(oldForm(providerName), origin));
    },
    trust: ({ logins }) =>
      logins.flatMap(({ issuers, name, origin }) =>
        issuers
          // Those declared with it may know that it is on its way out.
          .filter(
            ({ foreign, installations, providerName: own }) =>
              foreign === null &&
              installations.every((i) => i.formerIssuers.every((old) => old.providerName !== own)),
          )
          .flatMap(({ providerName }) =>
            observed(oldForm(providerName), below(origin, "Principal", "Federated"), `${name}: `),
          ),
      ),
  },
  T66: {
    severity: "info",
    title: "the subject goes by the owner's name",
    remedy: "nothing to do now: remove the role before the owner is renamed or the repository is moved",
    // One text for a manifest, however many entries it has.
    admission: ({ url, owners }) => {
      if (url === null) return null;
      return owners.length === 0
        ? `whoever takes over the name ${quote(url)} after a rename gets this role`
        : `whoever takes over the name of an owner after a rename gets its roles: ${listed(owners)}`;
    },
  },
  T67: {
    severity: "info",
    title: "the trust rests on an Ona project",
    remedy: "let only those edit the project, or push to its repository, who may have what the role grants",
    admission: ({ isProject = false }) =>
      isProject
        ? "whoever may edit the Ona project or its repository, or create environments in it, decides which code has this role"
        : null,
  },
  T68: {
    severity: "info",
    title: "contexts without the repository itself",
    remedy: "add repository to contexts",
    admission: ({ kind, url, contexts, where }) =>
      kind === "org" ||
      url === null ||
      where !== "" ||
      contexts.some((c) => c === "repository" || c === "all")
        ? null
        : "workspaces opened on the repository's own page are refused",
  },
  T71: {
    severity: "info",
    title: "a link made for it opens a fork's code",
    why: "on some hosts a link that looks like one to a branch, a tag or an issue can open a commit or pull request of a fork: whoever gets somebody to follow it writes the code that then runs with the role",
    remedy: "name the branches, and leave tags and issues out: {branch: …} never opens a fork's code",
    policyRemedy: "name the branches instead, as in https://github.com/OWNER/REPOSITORY/tree/main",
    admission: ({ kind, hostKind, contexts, by }) => {
      // Who admits commits has forks in everyday use, which T58 says.
      if (kind === "org" || hostKind === null || contexts.some((c) => c === "all" || c === "commits"))
        return null;
      const made = dialects[hostKind].forksByLink.filter((context) => contexts.includes(context));
      const opened = [
        ...(made.some((context) => context !== "issues") ? ["commit"] : []),
        ...(made.includes("issues") ? ["pull request"] : []),
      ];
      return made.length === 0
        ? null
        : `${by(made)} also admits a link made to open a ${opened.join(" or ")} of a fork`;
    },
  },
});

/** What is said of an issuer as Gitpod's installer wrote them until September 2023; null of others. */
function oldForm(providerName: string): string | null {
  const [, host] = /^api\.(.*)$/s.exec(providerName) ?? [];
  return host === undefined
    ? null
    : `the issuer is ${quote(`https://${providerName}`)}; newer installations use ${quote(`https://services.${host}`)}`;
}
