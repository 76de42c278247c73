import * as z from "zod";
import { isVisible } from "../diagnostics";
import { grantSchema, includedGrantSchema } from "./grantSchema";
import {
  date,
  duration,
  expects,
  flag,
  name,
  optional,
  policyArn,
  profile,
  rolePath,
  short,
  tags,
  text,
  uuid,
  visible,
} from "./scalars";

const isVisibleInLines = (s: string) => s.split("\n").every(isVisible);

const oneOrMany = (item: z.ZodString) => z.union([item, z.array(item).min(1).max(500)]);
const allowed = "text of the characters that IAM accepts: Latin-1, in one line";
const iamText = (remedy: string) => text(/^[\u0020-\u007e\u00a1-\u00ff]+$/, 2048, { allowed, remedy });
const actions = oneOrMany(iamText("name an action, e.g. s3:GetObject"));
const arns = oneOrMany(iamText("write the resource's ARN, or * where the action takes no resource"));
const conditionValue = text(/^[\u0020-\u007e\u00a1-\u00ff]*$/, 2048, {
  ...{ allowed, remedy: "take the other characters out" },
});

const conditionOperator = text(/^(ForAllValues:|ForAnyValue:)?[A-Za-z]+$/, 128, {
  allowed: "an operator of IAM, e.g. StringEquals or ForAnyValue:StringLike",
  remedy: "copy the operator from AWS's documentation",
});

const conditionKey = text(/^(?!__proto__$)[\u0020-\u007e\u00a1-\u00ff]+$/, 512, {
  allowed: "a condition key of the characters that IAM accepts: Latin-1, in one line",
  remedy: "copy the key from AWS's documentation",
});

const condition = z
  .record(conditionOperator, z.record(conditionKey, oneOrMany(conditionValue)))
  .refine(
    (c) => [c, ...Object.values(c)].every((block) => Object.keys(block).length > 0),
    expects("conditions that say something", "take the empty ones out: they would hold for everybody"),
  );

const sid = text(/^[A-Za-z0-9]+$/, 128, {
  allowed: "a Sid of letters and digits",
  remedy: "take the other characters out of the Sid",
});

/** A raw IAM statement of a role's permissions. */
export const statementSchema = z
  .strictObject({
    Sid: optional(sid, "Name of the statement"),
    Effect: z.enum(["Allow", "Deny"]).describe("Allow or Deny"),
    Action: optional(actions, "Actions, e.g. s3:GetObject"),
    NotAction: optional(actions, "All actions but these: for Deny"),
    Resource: optional(arns, "ARNs of the resources"),
    NotResource: optional(arns, "All resources but these: for Deny"),
    Condition: optional(
      condition,
      "Operators, each with condition keys and their values, in AWS's own words",
    ),
  })
  .refine(
    (s) => (s.Action === undefined) !== (s.NotAction === undefined),
    expects("a statement has either Action or NotAction", "write exactly one of Action and NotAction"),
  )
  .refine(
    (s) => (s.Resource === undefined) !== (s.NotResource === undefined),
    expects(
      "a statement has either Resource or NotResource",
      "write exactly one of Resource and NotResource",
    ),
  );

const contextWord = z.enum(["repository", "branches", "tags", "commits", "issues", "pull-requests", "all"]);
/** The words of `contexts`. */
export const contextWords = contextWord.options;

/** One item of `contexts`. */
export const contextSchema = z.union([
  contextWord,
  z.strictObject({
    branch: visible(250).describe("A branch, by its name in git, e.g. main or release/1.2"),
  }),
]);

const longestCommandLine = 3_900;

const command = short(4096).check(
  z.refine(
    isVisibleInLines,
    expects("a command without control characters", "use spaces for tabs, and retype the rest by hand"),
  ),
  z.refine(
    (s) => s.split("\n").every((line) => Buffer.byteLength(line) <= longestCommandLine),
    expects(
      `a command with lines of at most ${longestCommandLine} bytes, which is what a terminal takes`,
      "break the line, or call a script of the repository",
    ),
  ),
);

const taskName = text(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 64, {
  allowed: "a task name of letters, digits, _ and -, which begins with a letter or digit",
  remedy: "choose a simple name for the task, e.g. aws",
});

const otherTask = visible(64).regex(
  /^[^-]/,
  expects("the name of a task, which does not begin with -", "rename that task"),
);

const snippetSchema = z.strictObject({
  profile: optional(
    profile,
    "AWS profile that receives the credentials, by default default; in the entry's other accounts, their names",
  ),
  task: optional(taskName, "Name of the task and, on Gitpod Classic, of its marker; by default aws"),
  commands: optional(
    z.array(command).max(50),
    "Shell commands that run in the task after the logins and exports",
  ),
  renew: flag(
    "The AWS CLI and SDKs log in again by themselves, on Gitpod Classic for the 24 hours that its own token lives; by default false: a session lasts sessionDuration",
  ),
  after: optional(
    otherTask,
    "The task that installs the AWS CLI: the login waits for it, by gp sync-await or dependsOn",
  ),
});

const roleName = text(/^(?!__proto__$)[A-Za-z0-9+=,.@_-]{1,64}$/, 64, {
  allowed: "a role name of 1 to 64 letters, digits and +=,.@_-",
  remedy: "choose a name that IAM accepts",
});

const description = z
  .string()
  .max(1000)
  .regex(
    /^[\t\n\r\u0020-\u007e\u00a1-\u00ff]*$/,
    expects(
      "a description of the characters that IAM accepts: Latin-1, without typographic quotes or dashes",
      "replace the other characters, e.g. a typographic dash by -",
    ),
  );

const tooManyGrants = expects(
  "at most 500 grants",
  "grant paths that end in /*, where parameters and s3 objects have one in common; or attach a policy of your own by managedPolicies",
);

const grantsOf = <T extends z.ZodType>(item: T) =>
  optional(z.array(item).max(500, tooManyGrants), "What the role may do");

const shared = {
  installations: optional(
    z.array(name).min(1).max(100),
    "Names of the installations whose workspaces get a role, by default the only one",
  ),
  accounts: optional(
    z.array(name).min(1).max(1000),
    "Names of the accounts in which a role is made, by default the only one",
  ),
  grants: grantsOf(grantSchema),
  statements: optional(z.array(statementSchema).max(100), "Raw IAM statements, for what grants cannot say"),
  managedPolicies: optional(z.array(policyArn).max(25), "ARNs of managed policies to attach"),
  sessionDuration: optional(duration, "How long credentials last: 15m to 12h, by default 1h"),
  path: optional(rolePath, "IAM path of the role, by default the account's"),
  description: optional(description, "Description of the role, by default Gitpod workspaces of <url>"),
  tags: optional(tags, "Tags of the role; merged with those of defaults and of the account"),
  permissionsBoundary: optional(
    policyArn,
    "Permissions boundary of the role: where the account has one, no other; by default the account's",
  ),
  expires: optional(date, "The first day without access, from 00:00 UTC; by default there is none"),
  sourceCidrs: optional(
    z.array(short(64)).min(1).max(100),
    "Addresses from which a login is allowed, by default any address",
  ),
  exclusive: flag("Terraform removes policies attached to the role by hand; by default as the account says"),
  snippet: optional(snippetSchema, "How the task looks"),
};

const reason = z
  .string()
  .max(500)
  .refine(isVisibleInLines, expects("a reason without control characters", "retype the reason by hand"));

const acceptSchema = z.strictObject({
  rule: visible(32).describe("Id of the rule, as the finding shows it, e.g. T57"),
  reason: reason.describe("Why this is all right here"),
  until: optional(date, "The last day on which it is"),
  about: optional(visible(200), "Part of the finding's message, where the entry has several of the rule"),
});

const accept = optional(
  z.array(acceptSchema).max(50),
  "Findings that are all right, each with a reason; in defaults warnings and info of all entries, but for T54, T58 and rules of permissions",
);

const own = {
  url: short(500).describe("https URL of the organization or repository, as the browser shows it"),
  name: optional(roleName, "The role's name, by default <installation>-<path of the URL>"),
  adopt: flag("The role exists already: import it into Terraform's state; by default false"),
};

const contexts = optional(
  z.array(contextSchema).min(1).max(50),
  "Which workspaces, by what they were opened on; by default [repository], the repository's own URL",
);

const projectId = uuid("copy the id from the address of the project's page, or from ona project list");
const project = optional(
  z.union([projectId, z.array(projectId).min(1).max(20)]),
  "The Ona project whose environments get the role, or a list of them: needed on installations of kind ona",
);

/** An entry of `orgs`: one role for any repository of an organization. */
export const orgSchema = z.strictObject({ ...own, accept, ...shared });
/** An entry of `repos`: one role for one repository. */
export const repoSchema = z.strictObject({ ...own, project, accept, ...shared, contexts });
/** `defaults`: any key of an entry but url, name, adopt and project. */
export const defaultsSchema = z.strictObject({ ...shared, contexts, accept });

/** What gives or takes over rights that nothing else checks belongs to the main manifest. */
const reserved = {
  ...({ statements: true, managedPolicies: true, permissionsBoundary: true } as const),
  ...({ name: true, path: true, adopt: true } as const),
};
const included = { grants: grantsOf(includedGrantSchema) };
/** Entries of an included file, which are other teams'. */
export const includedOrgSchema = orgSchema.omit(reserved).extend(included);
export const includedRepoSchema = repoSchema.omit(reserved).extend(included);
