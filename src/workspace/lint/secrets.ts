/** What takes the place of a secret. */
const mask = "****";

/*
 * Each pattern begins with a word and goes on for a bounded length, or for one run of characters of which it can
 * begin in one place only: any text takes time that is linear in its length.
 */

/** What stands between a name and its value: `=`, `:`, `:=`, `=>` or blanks, and quotes, escaped or not. */
const between = String.raw`\\?["']?\s{0,9}(?::=|=>|[=:])?\s{0,9}\\?["']?`;

/** Keys of AWS users and sessions. */
const keyId = /(?<![A-Za-z0-9])((?:AKIA|ASIA)[A-Z0-9]{12,})/g;
const awsNamed = new RegExp(
  String.raw`(?:secret_?(?:access_?)?key|session_?token|security_?token|access_?key_?id)${between}([^\s"'$\\,;}]{8,})`,
  "gi",
);
const secretKeyNamed = new RegExp(
  String.raw`secret_?(?:access_?)?key${between}([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+])`,
  "dgi",
);

/** Words in the names of what nobody else may see. */
const secretWords =
  "passw(?:or)?d|passphrase|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?";
const secretName = new RegExp(secretWords, "i");
const value = String.raw`("(?:[^"\\]|\\.){0,4000}"?|'[^']{0,4000}'?|[^\s"',;&|}$][^\s"',;&|}]{0,4000})`;
const assigned = new RegExp(
  String.raw`(?:${secretWords})[\w.-]{0,40}\\?["']?\s{0,9}(?::=|=>|=|:(?!/))\s{0,9}\\?${value}`,
  "gi",
);
const flagged = new RegExp(String.raw`(?<!\w)-[\w-]{0,40}(?:${secretWords})[ \t]{1,9}${value}`, "gi");
const short =
  /\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump|mariadb-admin|sshpass)\b[^\n;&|]{0,200}? -p(['"]?[^\s"';&|$]{1,200})/g;
const userInfo = /(?<=:\/\/[^\s/:@"']{0,200}:)([^\s/@"'$]{1,400})(?=@)/g;
const bearer = /\b(?:bearer|basic)\s{1,9}([A-Za-z0-9+/=._~-]{8,4000})/gi;

/** Tokens that show by their first characters what they are. */
const tokenForms = [
  String.raw`gh[pousr]_\w{12,255}`,
  String.raw`github_pat_\w{12,255}`,
  String.raw`gl(?:pat|dt|rt|cbt)-[\w-]{12,255}`,
  String.raw`xox[a-z]-[\w-]{8,255}`,
  String.raw`(?:sk|rk|pk)[_-](?:live|test|proj|ant)[_-][\w-]{8,255}`,
  String.raw`AIza[\w-]{30,64}`,
  String.raw`(?:npm|hf|pul|dckr_pat|dop_v1|shpat)[_-]\w{20,255}`,
  String.raw`pypi-[\w-]{20,255}`,
  String.raw`SG\.[\w-]{16,64}\.[\w-]{16,128}`,
  String.raw`eyJ[\w-]{8,4000}\.[\w-]{4,4000}(?:\.[\w-]{0,4000})?`,
];
const tokens = new RegExp(String.raw`(?<![\w-])(${tokenForms.join("|")})`, "g");

/** All of them: what each has in its group is hidden. */
const shapes: readonly RegExp[] = [keyId, tokens, awsNamed, assigned, flagged, short, userInfo, bearer];

/** Shorter values are no secrets, and to hide them would hide half of every message. */
const shortest = 8;

/** Begins, or is, what people write where a program wants a key and the service behind it does not look at it. */
const dummyStart =
  /^(?:test|dummy|fake|mock|local|none|no-|not|example|sample|any|ignore|unused|placeholder|change-?me|your|my-?key|foo|bar|minio|s3rver|dynamodb|offline|<|\*|x+$|0+$)/i;
const dummies: ReadonlySet<string> = new Set(["key", "secret", "root", "admin", "id"]);
const dummyEnd = /(?:dummy|fake|placeholder|goes-?here)$/i;

/** A stretch of the file that must not be shown. */
export interface SecretRange {
  readonly start: number;
  readonly end: number;
}

/** Is this the value of a key that somebody could log in with? */
export function isKey(text: string): boolean {
  if (text === "" || /EXAMPLE(KEY)?$/.test(text)) return false;
  if (/^(?:AKIA|ASIA)[A-Z0-9]{16}$/.test(text) || isSecretKey(text)) return true;
  return !dummies.has(text.toLowerCase()) && !dummyStart.test(text) && !dummyEnd.test(text);
}

/** Has a text the shape of the secret half of an AWS key? */
export function isSecretKey(text: string): boolean {
  return /^[A-Za-z0-9/+]{40}$/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && /[a-z]/.test(text);
}

/** Does a variable of this name hold what nobody else may see? */
export function isSecretName(name: string): boolean {
  return secretName.test(name);
}

/** Key ids of AWS users in a text; those of AWS's own documentation are none. */
export function keyIds(text: string): readonly SecretRange[] {
  return [...text.matchAll(/(?<![A-Za-z0-9])AKIA[A-Z0-9]{16}(?![A-Za-z0-9])/g)]
    .filter(({ 0: found }) => isKey(found))
    .map(({ index, 0: found }) => ({ start: index, end: index + found.length }));
}

/** Secret keys in a text that stand beside their name and have the shape of one. */
export function secretKeys(text: string): readonly SecretRange[] {
  return [...text.matchAll(secretKeyNamed)].flatMap(({ indices, 1: found = "" }) => {
    const [start, end] = indices?.[1] ?? [0, 0];
    return isKey(found) && !/^[0-9a-f]{40}$/.test(found) ? [{ start, end }] : [];
  });
}

/** Makes a function that takes secrets out of whatever is to be shown: the known ones, and what looks like one. */
export function secretMask(known: Iterable<string>): (text: string) => string {
  const values = [...new Set(known)]
    .filter((text) => text.length >= shortest)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return (text) => withoutShapes(values.reduce((shown, secret) => shown.replaceAll(secret, mask), text));
}

function withoutShapes(text: string): string {
  return shapes
    .reduce((shown, pattern) => shown.replace(pattern, hideValue), text)
    .replace(/(?<![A-Za-z0-9/+])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])/g, (found) =>
      // Hashes of git and paths are no secrets.
      /^[0-9a-f]{40}$/.test(found) || found.includes("//") || !/[A-Z]/.test(found) || !/\d/.test(found)
        ? found
        : mask,
    );
}

function hideValue(whole: string, secret: string): string {
  const quoted = /^["']/.exec(secret)?.[0] ?? "";
  if (secret.slice(quoted.length).startsWith("$") || secret === mask) return whole;
  const closed = quoted !== "" && secret.length > 1 && secret.endsWith(quoted) ? quoted : "";
  return `${whole.slice(0, whole.length - secret.length)}${quoted}${mask}${closed}`;
}
