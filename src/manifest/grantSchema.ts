import * as z from "zod";
import { expects, name, optional, short, visible } from "./scalars";

const nameOrArn = visible(1024);
const resource = (what: string) => optional(nameOrArn, what);

/** What grants can name: the key of an item is its kind, the value the resource's name or ARN. */
const resources = {
  secret: resource("A Secrets Manager secret: its name, or its ARN"),
  parameter: resource("A Parameter Store parameter: its name, a path that ends in /*, or an ARN"),
  s3: resource("Objects of a bucket: bucket/key, where the key may hold *"),
  ecr: resource("A repository of container images: its name, or its ARN"),
  codeartifact: resource("A CodeArtifact repository and its packages: domain/repository, or its ARN"),
  dynamodb: resource("A DynamoDB table and its indexes: the table's name, or its ARN"),
  sqs: resource("An SQS queue: its name, or its ARN"),
  sns: resource("An SNS topic: its name, or its ARN"),
  kms: resource("A KMS key: its id, or its ARN; not an alias"),
  lambda: resource("A Lambda function: its name, with :alias where only that is called, or an ARN"),
  logs: resource("A CloudWatch log group: its name, or its ARN"),
  eks: resource("An EKS cluster: its name, or its ARN"),
  role: resource("An IAM role to assume: its name behind its path, or its ARN"),
};

/** The keys of a grant that name its kind and its resource: each grant has exactly one of them. */
export const grantKeys: readonly (keyof typeof resources | "set")[] = Object.freeze([
  ...(Object.keys(resources) as (keyof typeof resources)[]),
  "set",
]);

/** What `access` may say; which of it a kind of grant has, its row of the grant table says. */
export const accessWords = Object.freeze([
  ...(["read", "write", "pull", "push", "publish", "send"] as const),
  ...(["receive", "decrypt", "encrypt", "invoke", "describe", "assume"] as const),
] as const);

const access = visible(
  32,
  expects("one word", "write an item for each access, e.g. one with access: read, one with access: write"),
);
const place = short(32);
const keyOrField = visible(256);

const grantObject = z.strictObject({
  ...resources,
  set: optional(name, "The name of a grant set: its grants stand here"),
  // Editors offer all words; resolve judges, and names those of the kind.
  access: optional(
    access.meta({ enum: accessWords }),
    "What may be done, by default the least that the kind of grant has",
  ),
  env: optional(
    short(128),
    "Environment variable that the snippet sets to the value of the secret or parameter",
  ),
  key: optional(keyOrField, "With env: one field of a JSON secret, instead of all of it"),
  kmsKey: optional(keyOrField, "The customer's own KMS key, by id or ARN, that encrypts the resource"),
  account: optional(place, "Account of the resource: a name, or 12 digits in quotes; by default the role's"),
  region: optional(
    place,
    "Region of the resource; by default that of its account where that is declared, else of the role's",
  ),
});

const isOne = {
  error: ({ input }: { readonly input: unknown }) =>
    expects(`a grant has exactly one of ${grantKeys.join(", ")}`, grantRemedy(input)),
};

/** One item of `grants`. */
export const grantSchema = grantObject.refine(namesOne, isOne);
/** One item of `grants` in an included file: other teams let nobody assume roles. */
export const includedGrantSchema = grantObject.omit({ role: true }).refine(namesOne, isOne);

const namingKeys: ReadonlySet<string> = new Set(grantKeys);

function namesOne(grant: Readonly<Record<string, unknown>>): boolean {
  let count = 0;
  for (const key in grant) if (grant[key] !== undefined && namingKeys.has(key)) count += 1;
  return count === 1;
}

/** What to do about a grant that names no resource, or several. */
function grantRemedy(grant: unknown): string {
  const written = Object.keys(grant ?? {});
  if (written.some((key) => namingKeys.has(key)))
    return "name one resource per item; write a second item for a second resource";
  return written.includes("kmsKey")
    ? "write kmsKey beside the resource that the key encrypts, e.g. a secret; to grant the key by itself, write kms"
    : "name the resource, e.g. secret: database_connection_string";
}
