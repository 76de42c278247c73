/** AWS's policies that hold everything, or the keys to it. */
export const administratorPolicies: readonly string[] = Object.freeze([
  "AdministratorAccess",
  "IAMFullAccess",
  "PowerUserAccess",
]);

/** What a policy of AWS's allows on everything, in the words of the rules about statements. */
export interface WidePolicy {
  readonly rule: "G05" | "G06" | "G07";
  /** Continues "the managed policy X …". */
  readonly what: string;
}

const reads = (what: string): WidePolicy => ({ rule: "G06", what: `reads every ${what}` });
const opens = (what: string): WidePolicy => ({ rule: "G07", what: `opens any ${what} to others` });

/**
 * AWS's policies that people attach for one thing, and that hold all of its kind. By name with path.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const widePolicies: ReadonlyMap<string, readonly WidePolicy[]> = new Map([
  ["ReadOnlyAccess", [reads("object and table of the account")]],
  ["SecretsManagerReadWrite", [reads("secret"), opens("secret")]],
  ["AmazonS3ReadOnlyAccess", [reads("object of every bucket")]],
  ["AmazonS3FullAccess", [reads("object of every bucket"), opens("bucket")]],
  ["AmazonDynamoDBReadOnlyAccess", [reads("table")]],
  ["AmazonDynamoDBFullAccess", [reads("table")]],
  ["AmazonSSMReadOnlyAccess", [reads("parameter")]],
  ["AmazonSSMFullAccess", [reads("parameter")]],
  [
    "job-function/SystemAdministrator",
    [
      { rule: "G05", what: "gives out the passwords of instances" },
      reads("object of every bucket"),
      opens("bucket"),
    ],
  ],
  ["job-function/DatabaseAdministrator", [reads("table and object")]],
  ["job-function/DataScientist", [reads("table and object")]],
]);
