/** A deliberate mistake in the code that decides who gets in: one piece of text replaced by another. */
export interface Mutant {
  /** What the mistake is. */
  readonly name: string;
  /** The folder that the code is in. */
  readonly room: string;
  /** Stands in the files of the room exactly once, whatever they are called. */
  readonly from: string;
  readonly to: string;
}

const mutantsOf = (
  room: string,
  rows: readonly (readonly [name: string, from: string, to: string])[],
): readonly Mutant[] => rows.map(([name, from, to]) => ({ name, room, from, to }));

const trust = mutantsOf("src/policy", [
  [
    "exact subjects are compared as patterns",
    "StringEquals: { [aud]: audience, [sub]: oneOrMany(exact.map(escapeVariables)) }",
    "StringEquals: { [aud]: audience }, StringLike: { [sub]: oneOrMany(exact.map(escapeVariables)) }",
  ],
  ["exact subjects beside patterns are not escaped", "...texts.map(escapePattern)", "...texts"],
  [
    "exact subjects beside patterns are patterns, too",
    "...texts.map(escapePattern)",
    "...texts.map((text) => `${escapePattern(text)}*`)",
  ],
  ["exact subjects are forgotten beside patterns", "[like(exact)]", "[like([])]"],
  [
    "the guard refuses exact subjects, too",
    "isUrl && exact.some(isGuarded) ? [equal(), like([])] : [like(exact)]",
    "[like(exact)]",
  ],
  [
    "only the first of several issuers is trusted",
    "sources.flatMap(statementsFor)",
    "statementsFor(sources[0])",
  ],
  ["aud is not demanded of exact subjects", "{ [aud]: audience, [sub]:", "{ [sub]:"],
  ["aud is not demanded of patterns", "StringEquals: { [aud]: audience },", ""],
  ["no guard against dot segments", "isUrl ? { StringNotLike: { [sub]: guardValues } } : {}", "{}"],
  ["the guard forgets dots as they are", '"*..*", ', ""],
  ["the guard forgets encoded dots in capitals", ', "*%2E*"', ""],
  ["the guard forgets tabs", ', "*\\t*"', ""],
  ["the guard forgets line feeds", ', "*\\n*"', ""],
  ["the guard forgets carriage returns", ', "*\\r*"', ""],
  ["a pattern ends inside of a name", "`${escapePattern(p)}*`", "`${escapePattern(p.slice(0, -1))}*`"],
  ["a pattern's text is not escaped", "`${escapePattern(p)}*`", "`${p}*`"],
  ["a question mark is not escaped", "text.replace(/[*?$]/g", "text.replace(/[*$]/g"],
  ["a dollar sign is not escaped in a pattern", "text.replace(/[*?$]/g", "text.replace(/[*?]/g"],
  ["a dollar sign is not escaped in an exact subject", 'text.replaceAll("$", "${$}")', "text"],
  ["a role never expires", "expires === null ?", 'expires !== "never" ?'],
  ["source addresses do not count", "sourceCidrs.length === 0 ?", "sourceCidrs.length < 9 ?"],
]);

const wildcard = mutantsOf("src/policy", [
  [
    "a pattern may end before the text",
    "while (n < narrow.length)",
    "while (n < narrow.length && w < wide.length)",
  ],
  ["a text may end before the pattern", 'wide.slice(w).every((token) => token === "many")', "true"],
  [
    "an escaped star is a wildcard",
    "      literal(value);",
    '      if (value === "*") tokens.push("many");\n      else literal(value);',
  ],
  [
    "a variable without a value is empty",
    "if (value === undefined) return null;",
    "if (value === undefined) continue;",
  ],
  [
    "letter case does not count",
    "wide.literal === narrow.literal",
    "wide.literal.toLowerCase() === narrow.literal.toLowerCase()",
  ],
]);

const evaluate = mutantsOf("src/policy", [
  ["a Deny is overlooked", "allowed: !denied && applies", "allowed: applies"],
  [
    "any identity provider will do",
    'if (!principalMatches(statement, request.federated)) return "principal";',
    "",
  ],
  ["any action will do", 'if (!actionMatches(statement, assumeAction)) return "action";', ""],
  ["the case of condition keys counts", "context.get(key.toLowerCase())", "context.get(key)"],
  [
    "a negated operator asks for one value only",
    "return negated ? actual.every(one) : actual.some(one);",
    "return actual.some(one);",
  ],
  ["a missing key satisfies ForAnyValue with a negation", "(negated && set === null)", "negated"],
  ["a missing key satisfies every operator", "return ifExists ||", "return true ||"],
]);

const operators = mutantsOf("src/policy", [
  ["a CIDR block without a length holds every address", "bits === undefined ? max", "bits === undefined ? 0"],
  ["the last moment is one too late", "(a, e) => a < e)", "(a, e) => a <= e)"],
  [
    "StringEquals overlooks case",
    '["StringEquals StringNotEquals", equals]',
    '["StringEquals StringNotEquals", equalsIgnoreCase]',
  ],
  ["StringNotLike is not negated", 'name.includes("Not")', "/^(Not|StringNotE|[^S].*Not)/.test(name)"],
  ["a star crosses the fields of an ARN", "patterns.length === 6 &&\n    fields.length === 6 &&", ""],
]);

const webIdentity = mutantsOf("src/policy", [
  [
    "any audience of the token will do",
    "claims.azp === undefined ? audiences.slice(0, 1) : [claims.azp]",
    "audiences",
  ],
  [
    "every key is the provider's, whoever it is",
    "`${providerName}:${claim}`.toLowerCase()",
    "`api.gitpod.io/idp:${claim}`",
  ],
]);

const canonical = mutantsOf("src/policy", [
  [
    "of several values the first is kept",
    "sorted.length === 1 && only !== undefined ? only : sorted",
    "only ?? sorted",
  ],
  ["of several statements the first is kept", "[...byText].sort(", "[...byText].slice(0, 1).sort("],
]);

const hosts = mutantsOf("src/subject", [
  ["branches begin without a slash", 'branches: ["{U}/tree/"]', 'branches: ["{U}/tree"]'],
  ["tags are pull requests", 'tags: ["{U}/releases/tag/"]', 'tags: ["{U}/pull/"]'],
  ["a merge request is a branch", '["{U}/-/tree/", "{U}/tree/"]', '["{U}/-/", "{U}/tree/"]'],
  [
    "a branch of Azure DevOps is any query",
    'onEither("?version=GB", "?path=/&version=GB", "?path=%2F&version=GB")',
    'onEither("?")',
  ],
  [
    "a path goes on behind a project's URL",
    '"{P}?", "{P}#", "{G}?", "{G}#"],\n  }),',
    '"{P}/", "{P}#"],\n  }),',
  ],
  ["a branch with a slash is opened by its first segment", '  slashedBranch: ["{U}/branch/{b}"],\n', ""],
  [".git goes on Azure DevOps", '["{U}", "{U}/", "{P}", "{G}"]', '["{U}", "{U}/", "{U}.git", "{P}", "{G}"]'],
  ["every repository of Azure DevOps has the short forms", "project === name ?", 'project !== "" ?'],
  [
    "an organization's clone URLs end inside of its name",
    'orgPrefixes: ["{U}/", "{S}/"]',
    'orgPrefixes: ["{U}/", "{S}"]',
  ],
  [
    "a user is the project of the same name",
    'family === "users" ? `~${owner}` : owner.toLowerCase()',
    "owner.toLowerCase()",
  ],
  ["a name may begin with a tilde", ' && !owner.startsWith("~")', ""],
]);

const subjects = mutantsOf("src/subject", [
  ["an id of Ona's is the beginning of another's", "v3.map((subject) => `${subject}:`)", "v3"],
  ["Ona's form without further fields is forgotten", "exact: [...v3].sort()", "exact: []"],
  ["a project of Ona's version 2 is cut short", "/prj:${project}/env:`", "/prj:${project}`"],
  ["a branch is the beginning of a subject", "exact.push(...branchForms(", "prefixes.push(...branchForms("],
  [
    "all leaves out the repository",
    'context === "repository" || context === "all"',
    'context === "repository"',
  ],
  ["the wider of two prefixes is dropped", "p.startsWith(other)", "other.startsWith(p)"],
]);

const claims = mutantsOf("src/subject", [
  ["an organization may end in what users choose", ' || list.keys.includes("context")', ""],
  [
    "an organization's claim need not come last",
    'list.keys.at(-1) !== "repository"',
    '!list.keys.includes("repository")',
  ],
  ["the tenant is left out", '(list.organizationId ?? "")', '""'],
  ["claims come in another order", "return list.keys\n    .map(", "return [...list.keys].sort()\n    .map("],
]);

const url = mutantsOf("src/subject", [
  ["a host may begin like another", ' && whole[host.name.length] === "/"', ""],
  [
    "a host without its path prefix comes first",
    "b.name.length - a.name.length",
    "a.name.length - b.name.length",
  ],
  ["an organization may hold another host", "if (inner) {", "if (inner && false) {"],
  ["a URL need not be in its normal form", "if (url.href !== text)", "if (url.href === undefined)"],
  ["a URL may end in a dot segment", '  [/\\/\\.{1,2}(?:\\/|$)/, "a dot segment"],\n', ""],
  ["a name may end in .git", '  [/\\.git$/i, ".git at the end"],\n', ""],
]);

const changes = mutantsOf("src/access", [
  [
    "conditions do not count",
    "wide.tests.every((test) => narrow.tests.some((other) => implies(other, test)))",
    "true",
  ],
  ["any issuer is the same", "coversTerm(wide.principal, narrow.principal) &&", ""],
  ["any action is the same", "coversTerm(wide.action, narrow.action) &&", ""],
  ["any resource is the same", "coversTerm(wide.resource, narrow.resource) &&", ""],
  [
    "a part covers the whole",
    "coversPattern(wide.pattern, narrow.pattern)",
    "coversPattern(narrow.pattern, wide.pattern)",
  ],
  [
    "what cannot be compared is the same",
    "return wide.text === narrow.text && wide.wildcards === narrow.wildcards;",
    "return true;",
  ],
  [
    "NotAction is what it names",
    '[except(NotAction, "action")]',
    "many(NotAction).map((text) => term(text, true, text.toLowerCase()))",
  ],
  [
    "NotResource is what it names",
    '[except(NotResource, "resource")]',
    "many(NotResource).map((text) => term(text, true))",
  ],
  [
    "to refuse less is to refuse as much",
    "negated ? [wide.values, narrow.values]",
    "negated ? [narrow.values, wide.values]",
  ],
  ["any address is within any other", "(isBlock && isWithinCidrs(value, all))", "isBlock"],
  ["what a guard refuses does not count", "holds(wide, value) === true", "holds(wide, value) !== true"],
  ["the caller is always the same", ", ...callerTests]", "]"],
  ["a new role is no gain", "...added.flatMap(", "...added.slice(1).flatMap("],
  ["a role that goes is no loss", "...removed.flatMap(", "...removed.slice(1).flatMap("],
  ["a later end is no gain", "more.expires > base.expires", "more.expires < base.expires"],
  ["to end no more is no gain", "more.expires === null ||", ""],
  [
    "more addresses are no gain",
    "!isWithin(more.sourceCidrs, base.sourceCidrs)",
    "more.sourceCidrs.length === 0",
  ],
  ["any address is within some", "cidrs.length > 0 && cidrs.every(", "cidrs.every("],
  [
    "a boundary that goes is no gain",
    "base.permissionsBoundary !== null && base",
    "base.permissionsBoundary === null && base",
  ],
  [
    "a longer session is no gain",
    "more.sessionSeconds > base.sessionSeconds",
    "more.sessionSeconds < base.sessionSeconds",
  ],
  ["a Deny that goes reaches nothing", "statementsOf([...found, ...lifted])", "statementsOf(found)"],
  ["an attached policy is no gain", "...attached.map((arn) => managedPermission(arn).words),", ""],
  ["a policy that went denied nothing", "...detached.map((arn) =>", "...detached.slice(1).map((arn) =>"],
  [
    "roles that differ in their terms mean the same",
    "...[sessionSeconds, expires, sourceCidrs, callerIn(statements, role)],",
    "",
  ],
  [
    "roles that differ in their permissions mean the same",
    "[account.id, role.trustPolicy(), statements, managedPolicies,",
    "[account.id, role.trustPolicy(), managedPolicies,",
  ],
]);

/** The mutants that the tests of who gets in must notice, each of them. */
export const mutants: readonly Mutant[] = Object.freeze([
  ...trust,
  ...wildcard,
  ...evaluate,
  ...operators,
  ...webIdentity,
  ...canonical,
  ...hosts,
  ...subjects,
  ...claims,
  ...url,
  ...changes,
]);
