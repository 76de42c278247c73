import type { Partition } from "./partitions";

/** What grants can name: a row of the grant table each. */
export type GrantKind =
  | "secret"
  | "parameter"
  | "s3"
  | "ecr"
  | "codeartifact"
  | "dynamodb"
  | "sqs"
  | "sns"
  | "kms"
  | "lambda"
  | "logs"
  | "eks"
  | "role";

/** How much of a resource a grant gives: each kind's row of the grant table has some of these. */
export type AccessLevel =
  | ("read" | "write" | "pull" | "push" | "publish" | "send")
  | ("receive" | "decrypt" | "encrypt" | "invoke" | "describe" | "assume");

/** Where a role is: what it names without an ARN is there too. */
export interface Place {
  readonly partition: Partition;
  readonly region: string;
  readonly account: string;
}

/** What a grant names, in the words of ARN templates. A field that the kind's ARNs do not have may be empty. */
export interface GrantTarget extends Place {
  /** Name, path or key, as the row's `names` admits it. */
  readonly name: string;
}

/** The key that encrypts what a grant names. */
export interface EncryptionKey {
  readonly arn: string;
  readonly partition: Partition;
  /** Where the service that uses it is: the key's own region. */
  readonly region: string;
}

/** A grant with everything filled in. */
export interface ResolvedGrant {
  readonly kind: GrantKind;
  readonly access: AccessLevel;
  readonly target: GrantTarget;
  /** The resource's ARN where the manifest gives one: it is used as it is, in place of the row's template. */
  readonly arn: string | null;
  /** Null where no key is named. */
  readonly kmsKey: EncryptionKey | null;
}
