/** What a grant names, in the words of ARN templates. */
export interface GrantTarget {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
  /** Name, path or key, as the row's `names` admits it. */
  readonly name: string;
}

/** Actions that share resources and condition. `{…}` in the templates stand for fields of {@link GrantTarget}. */
export interface GrantPart {
  readonly actions: readonly string[];
  readonly resource: string;
  readonly condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** For names that hold a `*`, or those that hold none, only. @default - for all names */
  readonly when?: "wildcard" | "exact";
}

/** One kind of grant. */
export interface GrantRow {
  /** What a name may look like. Wildcards are judged apart. */
  readonly names: RegExp;
  /** The same in words, and an example. */
  readonly nameRule: string;
  /** May a name hold `*`? */
  readonly wildcard: boolean;
  /** May the snippet export its value? */
  readonly exports: boolean;
  /** Service field of its ARNs. */
  readonly service: string;
  /** What stands before the name in the resource field of its ARNs. */
  readonly resourcePrefix: string;
  /** By access level, the least first: that is the default. */
  readonly access: Readonly<Partial<Record<"read" | "write", readonly GrantPart[]>>>;
}

export type GrantKind = "secret" | "parameter" | "s3";
export type AccessLevel = "read" | "write";

const secretResource = "arn:{partition}:secretsmanager:{region}:{account}:secret:{name}-??????";
const parameterResource = "arn:{partition}:ssm:{region}:{account}:parameter/{name}";
const objectResource = "arn:{partition}:s3:::{bucket}/{key}";
const bucketResource = "arn:{partition}:s3:::{bucket}";

/**
 * What each kind of grant allows. Read never includes write. Every action exists in the Service Authorization
 * Reference, on the type of resource that the template names.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export const grantTable: Readonly<Record<GrantKind, GrantRow>> = Object.freeze({
  secret: {
    names: /^[A-Za-z0-9/_+=.@-]{1,512}$/,
    nameRule: "letters, digits and /_+=.@-, e.g. database_connection_string",
    wildcard: false,
    exports: true,
    service: "secretsmanager",
    resourcePrefix: "secret:",
    access: {
      read: [
        {
          actions: ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"],
          resource: secretResource,
        },
      ],
    },
  },
  parameter: {
    names: /^[A-Za-z0-9/_.*-]{1,1011}$/,
    nameRule: "letters, digits and /_.-, e.g. /shared/dev/url or /shared/dev/*",
    wildcard: true,
    exports: true,
    service: "ssm",
    resourcePrefix: "parameter/",
    access: {
      read: [
        { actions: ["ssm:GetParameter", "ssm:GetParameters"], resource: parameterResource },
        { actions: ["ssm:GetParametersByPath"], resource: parameterResource, when: "wildcard" },
      ],
    },
  },
  s3: {
    names: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\/[\w!.*'()/=@+:,;& -]{1,900}$/,
    nameRule: "bucket/key, where the key may hold *, e.g. acme-assets/fixtures/*",
    wildcard: true,
    exports: false,
    service: "s3",
    resourcePrefix: "",
    access: {
      read: [
        { actions: ["s3:GetObject"], resource: objectResource },
        {
          actions: ["s3:ListBucket"],
          resource: bucketResource,
          condition: { StringLike: { "s3:prefix": "{key}" } },
          when: "wildcard",
        },
      ],
      write: [
        {
          actions: [
            "s3:AbortMultipartUpload",
            "s3:DeleteObject",
            "s3:ListMultipartUploadParts",
            "s3:PutObject",
          ],
          resource: objectResource,
        },
      ],
    },
  },
} as const satisfies Record<GrantKind, GrantRow>);

/** A template with its `{…}` filled in. `{bucket}` and `{key}` are the two parts of an S3 name. */
export function fillTemplate(template: string, target: GrantTarget): string {
  const slash = target.name.indexOf("/");
  const fields: Readonly<Record<string, string>> = {
    partition: target.partition,
    region: target.region,
    account: target.account,
    name: target.name,
    bucket: target.name.slice(0, slash),
    key: target.name.slice(slash + 1),
  };
  return template.replace(/\{([a-z]+)\}/g, (_, field: string) => {
    const value = fields[field];
    if (value === undefined) throw new Error(`template ${template} names an unknown field ${field}`);
    return value;
  });
}
