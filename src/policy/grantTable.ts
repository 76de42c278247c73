import type { AccessLevel, GrantKind, GrantTarget } from "../model/grant";

/** Actions that share resources and condition. */
export interface GrantPart {
  readonly actions: readonly string[];
  /** See {@link fillTemplate}; `{arn}` is the row's own. */
  readonly resource: string;
  readonly condition?: readonly [operator: string, key: string, value: string];
  /** For names that hold a `*` only. */
  readonly wildcard?: true;
}

/** One kind of grant. */
interface Row {
  /** What a name names, with its article, for messages. */
  readonly noun: string;
  /** What a name may look like. Wildcards are judged apart. */
  readonly names: RegExp;
  /** The same in words, and an example. */
  readonly nameRule: string;
  /** Names that show what the kind takes; where it takes `*`, one with and one without. */
  readonly examples: readonly [string, ...string[]];
  /** May a name hold `*`? */
  readonly wildcard?: true;
  /** May the snippet export its value? */
  readonly exports?: true;
  /** Template of the resource's ARN; a field that is empty, such as the region of a role, is empty in every ARN. */
  readonly arn: string;
  /** By access level; the first, which is the least, is the default. */
  readonly access: Readonly<Partial<Record<AccessLevel, readonly GrantPart[]>>>;
  /** What each access level needs of the key that encrypts the resource, where the service uses it for its caller. */
  readonly encryption?: Readonly<Partial<Record<AccessLevel, readonly string[]>>>;
}

const packages = "arn:{partition}:codeartifact:{region}:{account}:package/{name}/*";

/** Actions of one service on a resource: `s3:GetObject PutObject`. */
function on(resource: string, ...words: readonly string[]): GrantPart {
  const [service = "", names = ""] = words.join(" ").split(":");
  return { actions: names.split(" ").map((name) => `${service}:${name}`), resource };
}

/** What a package manager needs to log in: a token of the domain, which STS vouches for. */
const codeartifactLogin: readonly GrantPart[] = [
  on("arn:{partition}:codeartifact:{region}:{account}:domain/{domain}", "codeartifact:GetAuthorizationToken"),
  {
    ...on("*", "sts:GetServiceBearerToken"),
    condition: ["StringEquals", "sts:AWSServiceName", "codeartifact.amazonaws.com"],
  },
];

/** What Docker needs to log in. The token is good for what other permissions allow, and nothing else. */
const ecrLogin: GrantPart = on("*", "ecr:GetAuthorizationToken");

/**
 * What each kind of grant allows. Read never includes write. Every action exists in the Service Authorization
 * Reference, on the type of resource that the template names.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
const rows = frozen({
  secret: {
    noun: "a secret",
    names: /^[A-Za-z0-9/_+=.@-]{1,512}$/,
    nameRule: "letters, digits and /_+=.@-, e.g. database_connection_string",
    examples: ["db"],
    exports: true,
    arn: "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-??????",
    access: { read: [on("{arn}", "secretsmanager:DescribeSecret GetSecretValue")] },
    encryption: { read: ["kms:Decrypt"] },
  },
  parameter: {
    noun: "a parameter",
    names: /^[A-Za-z0-9/_.*-]{1,1011}$/,
    nameRule: "letters, digits and /_.-, e.g. /shared/dev/url or /shared/dev/*",
    examples: ["/shared/dev/url", "/shared/dev/*"],
    wildcard: true,
    exports: true,
    arn: "arn:{partition}:ssm:{region}:{account}:parameter/{name}",
    access: {
      read: [
        on("{arn}", "ssm:GetParameter GetParameters"),
        { ...on("{arn}", "ssm:GetParametersByPath"), wildcard: true },
      ],
    },
    encryption: { read: ["kms:Decrypt"] },
  },
  s3: {
    noun: "an object of a bucket",
    names: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[\w!.*'()/=@+:,;& -]{1,900}$/,
    nameRule: "bucket/key, where the key may hold *, e.g. acme-assets/fixtures/*",
    examples: ["acme-assets/logo.png", "acme-assets/fixtures/*"],
    wildcard: true,
    arn: "arn:{partition}:s3:::{name}",
    access: {
      read: [
        on("{arn}", "s3:GetObject"),
        {
          ...on("arn:{partition}:s3:::{bucket}", "s3:ListBucket"),
          condition: ["StringLike", "s3:prefix", "{key}"],
          wildcard: true,
        },
      ],
      write: [on("{arn}", "s3:AbortMultipartUpload DeleteObject ListMultipartUploadParts PutObject")],
    },
    // A multipart upload decrypts its own parts.
    encryption: { read: ["kms:Decrypt"], write: ["kms:Decrypt", "kms:GenerateDataKey"] },
  },
  ecr: {
    noun: "an image repository",
    names: /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*(\/[a-z0-9]+([._-][a-z0-9]+)*)*$/,
    nameRule: "the name of a repository in lower case, with / where it has one, e.g. team/app",
    examples: ["team/app"],
    arn: "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    access: {
      pull: [ecrLogin, on("{arn}", "ecr:BatchCheckLayerAvailability BatchGetImage GetDownloadUrlForLayer")],
      // Docker looks for the manifest and the layers that are there already before it uploads.
      push: [
        ecrLogin,
        on(
          "{arn}",
          "ecr:BatchCheckLayerAvailability BatchGetImage",
          "CompleteLayerUpload InitiateLayerUpload PutImage UploadLayerPart",
        ),
      ],
    },
  },
  codeartifact: {
    noun: "a package repository",
    names: /^[a-z][a-z0-9-]{0,48}[a-z0-9]\/[A-Za-z0-9][A-Za-z0-9._-]{1,99}$/,
    nameRule: "domain/repository, e.g. acme/npm-store",
    examples: ["acme/npm-store"],
    arn: "arn:{partition}:codeartifact:{region}:{account}:repository/{name}",
    access: {
      read: [
        ...codeartifactLogin,
        on("{arn}", "codeartifact:GetRepositoryEndpoint ListPackages ReadFromRepository"),
        on(
          packages,
          "codeartifact:DescribePackageVersion GetPackageVersionAsset GetPackageVersionReadme",
          "ListPackageVersionAssets ListPackageVersionDependencies ListPackageVersions",
        ),
      ],
      publish: [
        ...codeartifactLogin,
        on("{arn}", "codeartifact:GetRepositoryEndpoint"),
        on(packages, "codeartifact:PublishPackageVersion PutPackageMetadata"),
      ],
    },
  },
  dynamodb: {
    noun: "a table",
    names: /^[A-Za-z0-9_.-]{3,255}$/,
    nameRule: "the name of a table: letters, digits and _.-, e.g. orders",
    examples: ["orders"],
    arn: "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    access: {
      read: [
        on("{arn}", "dynamodb:BatchGetItem ConditionCheckItem DescribeTable GetItem Query Scan"),
        on("{arn}/index/*", "dynamodb:Query Scan"),
      ],
      write: [on("{arn}", "dynamodb:BatchWriteItem DeleteItem PutItem UpdateItem")],
    },
  },
  sqs: {
    noun: "a queue",
    names: /^([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$/,
    nameRule: "the name of a queue: letters, digits, _ and -, e.g. jobs or jobs.fifo",
    examples: ["jobs"],
    arn: "arn:{partition}:sqs:{region}:{account}:{name}",
    access: {
      send: [on("{arn}", "sqs:GetQueueUrl SendMessage")],
      receive: [
        on(
          "{arn}",
          "sqs:ChangeMessageVisibility DeleteMessage GetQueueAttributes",
          "GetQueueUrl ReceiveMessage",
        ),
      ],
    },
    encryption: { send: ["kms:Decrypt", "kms:GenerateDataKey"], receive: ["kms:Decrypt"] },
  },
  sns: {
    noun: "a topic",
    names: /^([A-Za-z0-9_-]{1,256}|[A-Za-z0-9_-]{1,251}\.fifo)$/,
    nameRule: "the name of a topic: letters, digits, _ and -, e.g. builds",
    examples: ["builds"],
    arn: "arn:{partition}:sns:{region}:{account}:{name}",
    access: { publish: [on("{arn}", "sns:Publish")] },
  },
  kms: {
    noun: "a key",
    // A UUID, or the id of a multi-Region key.
    names: /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})$/,
    nameRule: "the id of a key, e.g. 1234abcd-12ab-34cd-56ef-1234567890ab",
    examples: ["1234abcd-12ab-34cd-56ef-1234567890ab"],
    arn: "arn:{partition}:kms:{region}:{account}:key/{name}",
    access: {
      decrypt: [on("{arn}", "kms:Decrypt")],
      encrypt: [on("{arn}", "kms:Encrypt GenerateDataKey")],
    },
  },
  lambda: {
    noun: "a function",
    names: /^[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_-]{1,128})?$/,
    nameRule: "the name of a function, with :alias or :version where only that is called, e.g. resize:live",
    examples: ["resize"],
    arn: "arn:{partition}:lambda:{region}:{account}:function:{name}",
    access: { invoke: [on("{arn}", "lambda:InvokeFunction")] },
  },
  logs: {
    noun: "a log group",
    names: /^[A-Za-z0-9_/.#-]{1,512}$/,
    nameRule: "the name of a log group: letters, digits and _/.#-, e.g. /aws/lambda/resize",
    examples: ["/aws/lambda/resize"],
    arn: "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    // Policies name a log group by its ARN with :* at the end, and a colon ends the name of a group.
    access: {
      read: [
        on("{arn}:log-stream:*", "logs:GetLogEvents"),
        on(
          "{arn}:*",
          "logs:DescribeLogStreams FilterLogEvents GetLogGroupFields GetLogRecord GetQueryResults StartQuery",
        ),
      ],
    },
  },
  eks: {
    noun: "a cluster",
    names: /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/,
    nameRule: "the name of a cluster: letters, digits, _ and -, e.g. dev",
    examples: ["dev"],
    arn: "arn:{partition}:eks:{region}:{account}:cluster/{name}",
    access: { describe: [on("{arn}", "eks:DescribeCluster")] },
  },
  role: {
    noun: "a role",
    names: /^(?=.{1,576}$)([A-Za-z0-9+=,.@_-]+\/)*[A-Za-z0-9+=,.@_-]{1,64}$/,
    nameRule: "the name of a role, behind its path where it has one, e.g. deploy or ci/deploy",
    examples: ["ci/deploy"],
    arn: "arn:{partition}:iam::{account}:role/{name}",
    access: { assume: [on("{arn}", "sts:AssumeRole")] },
  },
} satisfies Record<GrantKind, Row>);

export const grantTable: Readonly<Record<GrantKind, Row>> = rows;

/** The kinds, in the order of the table. */
export const grantKinds: readonly GrantKind[] = Object.freeze(Object.keys(grantTable) as GrantKind[]);

export function isGrantKind(word: string): word is GrantKind {
  return Object.hasOwn(grantTable, word);
}

/** The access levels of a kind, the default first. */
export function accessLevels(kind: GrantKind): readonly AccessLevel[] {
  return Object.keys(grantTable[kind].access) as AccessLevel[];
}

/** The ARN of what a grant names. */
export function resourceArn(kind: GrantKind, target: GrantTarget): string {
  return fillTemplate(grantTable[kind].arn, target);
}

/** Fills in the `{…}` of a template: `{bucket}` and `{domain}` stand before the first slash of a name, `{key}` behind. */
export function fillTemplate(template: string, target: GrantTarget, arn?: string): string {
  const { name } = target;
  const fieldOf = (field: string): string | undefined => {
    if (field === "arn") return arn;
    if (field === "bucket" || field === "domain") return name.slice(0, name.indexOf("/"));
    return field === "key" ? name.slice(name.indexOf("/") + 1) : target[field as keyof GrantTarget];
  };
  return template.replace(/\{([a-z]+)\}/g, (_, field: string) => {
    const value = fieldOf(field);
    if (value === undefined) throw new Error(`template ${template} names an unknown field ${field}`);
    return value;
  });
}

function frozen<T extends object>(value: T): T {
  for (const inner of Object.values(value) as unknown[]) {
    if (typeof inner === "object" && inner !== null && !(inner instanceof RegExp)) frozen(inner);
  }
  return Object.freeze(value);
}
