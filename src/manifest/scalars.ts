import * as z from "zod";
import { isVisible } from "../diagnostics";

/**
 * What a scalar must look like, and how to get there. Both reach the user: the first line of a schema's message
 * says what is allowed, the second is the remedy.
 */
export function expects(allowed: string, remedy: string): string {
  return `${allowed}\n${remedy}`;
}

/**
 * A key that may be left out. Each step of a chain as `.optional().describe()` copies the schema: here, and in the
 * functions below, one copy takes all of them, since a command that starts builds every schema first.
 * @param what - its description, for editors and docs/manifest.md
 */
export function optional<T extends z.ZodType>(schema: T, what: string) {
  const key = z.optional(schema);
  z.globalRegistry.add(key, { description: what });
  return key;
}

const truth = z.boolean();

/** A setting of true or false. */
export const flag = (what: string) => optional(truth, what);

/** Text of bounded length that is not empty. */
export const short = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));

/** A string of bounded length that matches a pattern. Bounds keep hostile lengths away from every later stage. */
export function text(
  pattern: RegExp,
  max: number,
  rule: { readonly allowed: string; readonly remedy: string },
) {
  const error = expects(rule.allowed, rule.remedy);
  return z.string(error).check(z.maxLength(max, error), z.regex(pattern, error));
}

/**
 * Text of one line, of which a person sees every character.
 * @param whenNoText - what {@link expects} gives, for a value that is no text
 */
export function visible(max: number, whenNoText?: string) {
  const error = expects("text without invisible characters", "retype the text by hand");
  return z.string({ error: whenNoText }).check(z.minLength(1), z.maxLength(max), z.refine(isVisible, error));
}

/** Names of accounts, installations and grant sets. */
// cdktf takes a stack called constructor for one that is there already.
export const name = text(/^(?!constructor$)[a-z0-9][a-z0-9-]{0,31}$/, 32, {
  allowed:
    "a name of 1 to 32 characters of a-z, 0-9 and -, which does not begin with - and is not constructor",
  remedy: "choose a short lower-case name, e.g. dev or team-a",
});

/** An AWS account id. */
export const accountId = text(/^[0-9]{12}$/, 12, {
  allowed: "12 digits in quotes",
  remedy: 'write the id of the AWS account with quotes and leading zeros, e.g. "012345678901"',
});

/** The id that an organization or project has. @param where - where to copy it from */
export function uuid(where: string) {
  return text(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 36, {
    allowed: "a UUID in lower case",
    remedy: where,
  });
}

/** ARN of a managed policy: of the account or AWS's own. */
export const policyArn = text(
  /^arn:aws(-cn|-us-gov|-eusc)?:iam::([0-9]{12}|aws):policy\/[\w+=,.@/-]{1,512}$/,
  600,
  {
    allowed: "the ARN of a managed policy, e.g. arn:aws:iam::aws:policy/ReadOnlyAccess",
    remedy: "copy the ARN from the policy's page in the IAM console",
  },
);

/** ARN of a role. */
export const roleArn = text(/^arn:aws(-cn|-us-gov|-eusc)?:iam::[0-9]{12}:role\/[\w+=,.@/-]{1,576}$/, 640, {
  allowed: "the ARN of a role, e.g. arn:aws:iam::123456789012:role/deploy",
  remedy: "copy the ARN from the role's page in the IAM console",
});

/** A session length as text; see {@link durationSeconds}. */
export const duration = text(/^(?=.)([0-9]{1,2}h)?([0-9]{1,3}m)?([0-9]{1,5}s)?$/, 12, {
  allowed: "a duration such as 15m, 1h or 1h30m",
  remedy: "write hours, minutes or seconds: 1h, 90m, 900s",
});

/** Seconds of a duration that matched {@link duration}: `1h30m` is 5400. */
export function durationSeconds(s: string): number {
  const [, h = 0, m = 0, sec = 0] = /^(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?$/.exec(s) ?? [];
  return Number(h) * 3600 + Number(m) * 60 + Number(sec);
}

const dateError = expects("a date that exists, as YYYY-MM-DD", "write year-month-day, e.g. 2027-03-31");

/** A calendar date, `YYYY-MM-DD`. */
export const date = z.string().check(z.maxLength(10, dateError), z.refine(isCalendarDate, dateError));

/** True for a day that exists, written `YYYY-MM-DD`. */
export function isCalendarDate(s: string): boolean {
  return z.regexes.date.test(s);
}

/** True for visible text in Unicode normal form C, into which Terraform would bring it. */
export function isNormal(s: string): boolean {
  return isVisible(s) && s.normalize("NFC") === s;
}

const tagPart = (part: "key" | "value", pattern: RegExp, max: number, rule: Parameters<typeof text>[2]) =>
  text(pattern, max, rule).refine(
    isNormal,
    expects(`a tag ${part} without invisible or decomposed characters`, `retype the ${part} by hand`),
  );

/** IAM tags of a role or identity provider; at most 50 after merging, which resolve checks. */
export const tags = z.record(
  tagPart("key", /^(?!aws:)(?!__proto__$)[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/iu, 128, {
    allowed: "a tag key of 1 to 128 letters, digits, spaces and _.:/=+-@, which does not begin with aws:",
    remedy: "choose another key for the tag",
  }),
  tagPart("value", /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u, 256, {
    allowed:
      "a tag value of at most 256 letters, digits, spaces and _.:/=+-@, in quotes if it looks like a number",
    remedy: "take the other characters out: AWS refuses them",
  }),
);

/** A profile of the AWS configuration. */
export const profile = text(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/, 64, {
  allowed: "a profile name of letters, digits, _, . and -, which does not begin with . or -",
  remedy: "choose a simple profile name, e.g. default or dev",
});

/**
 * The IAM path of a role. Some are AWS's own: `CreateRole` refuses them.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/using-service-linked-roles.html
 */
export const rolePath = text(/^\/([A-Za-z0-9+=,.@_-]+\/)*$/, 512, {
  allowed: "an IAM path that begins and ends with /",
  remedy: "write the path with a slash at both ends, e.g. /gitpod/",
}).refine(
  (path) => !/^\/aws-(service-role|reserved)\//i.test(path),
  expects(
    "a path that AWS does not keep for itself, as it does /aws-service-role/ and /aws-reserved/",
    "choose another path, e.g. /gitpod/",
  ),
);
