import type { Statement } from "../../model/policyDocument";
import { isAtLarge, type ActionFacts } from "../../policy";
import type { JudgedRole } from "../judgedRole";
import { listed, type Observation, type Rule } from "../rule";
import { escalationPaths } from "./escalationPaths";
import { awsManaged } from "./managedPolicies";
import { allowedActions, eachStatement, isUnbounded, type Remark } from "./statements";

/**
 * Hand out credentials of somebody else, whatever they are called on.
 * @see https://github.com/salesforce/cloudsplaining
 */
export const credentialMakers: ReadonlySet<string> = new Set([
  "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
  "iam:CreateAccessKey",
  "iam:CreateLoginProfile",
  "iam:CreateServiceSpecificCredential",
  "iam:ResetServiceSpecificCredential",
  "iam:UpdateAccessKey",
  "iam:UpdateLoginProfile",
  "lightsail:DownloadDefaultKeyPair",
  "sts:AssumeRoot",
  "sts:GetFederationToken",
]);

/**
 * Show a password or token of the resource that they are called on: fine on one that is named. What only opens the
 * door to the caller's own permissions, such as `ecr:GetAuthorizationToken`, is none.
 */
export const credentialReaders: ReadonlySet<string> = new Set([
  "codepipeline:PollForJobs",
  "cognito-idp:DescribeUserPoolClient",
  "connect:GetFederationToken",
  "dsql:DbConnectAdmin",
  "ec2:GetPasswordData",
  "elasticache:Connect",
  "gamelift:GetComputeAuthToken",
  "lightsail:GetInstanceAccessDetails",
  "lightsail:GetRelationalDatabaseMasterUserPassword",
  "rds-db:connect",
  "redshift:GetClusterCredentials",
  "redshift:GetClusterCredentialsWithIAM",
  "redshift-serverless:GetCredentials",
]);

/** Read what people keep in AWS: at large, they take all of it away. */
export const dataReaders: ReadonlySet<string> = new Set([
  "athena:GetQueryResults",
  "codecommit:GitPull",
  "dynamodb:BatchGetItem",
  "dynamodb:ExportTableToPointInTime",
  "dynamodb:GetItem",
  "dynamodb:GetRecords",
  "dynamodb:PartiQLSelect",
  "dynamodb:Query",
  "dynamodb:Scan",
  "ebs:GetSnapshotBlock",
  "kinesis:GetRecords",
  "lambda:GetFunction",
  "logs:FilterLogEvents",
  "logs:GetLogEvents",
  "rds-data:ExecuteStatement",
  "s3:GetObject",
  "s3:GetObjectVersion",
  "s3express:CreateSession",
  "secretsmanager:GetSecretValue",
  "sqs:ReceiveMessage",
  "ssm:GetParameter",
  "ssm:GetParameterHistory",
  "ssm:GetParameters",
  "ssm:GetParametersByPath",
]);

/** Open a resource to others, though the Service Authorization Reference calls them plain writes. */
export const sharingActions: ReadonlySet<string> = new Set([
  "ec2:ModifyImageAttribute",
  "es:UpdateDomainConfig",
  "es:UpdateElasticsearchDomainConfig",
  "lambda:CreateFunctionUrlConfig",
  "lambda:UpdateFunctionUrlConfig",
  "logs:PutDestinationPolicy",
  "ram:AssociateResourceShare",
  "ram:CreateResourceShare",
  "ram:UpdateResourceShare",
  "rds:ModifyDBClusterSnapshotAttribute",
  "rds:ModifyDBSnapshotAttribute",
  "s3:PutReplicationConfiguration",
]);

/** What a policy of AWS's allows on everything, in the words of the rules about statements. */
interface WidePolicy {
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
const widePolicies: ReadonlyMap<string, readonly WidePolicy[]> = new Map([
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

/** Rules about actions that matter whatever else the role may do. */
export const sensitiveActionRules: readonly Rule[] = Object.freeze<Rule[]>([
  {
    id: "G05",
    severity: "warning",
    waivable: true,
    raised: true,
    title: "credentials that outlive or exceed the role",
    why: "whoever has the role can take away somebody else's keys, passwords or tokens, which do not expire with the session",
    remedy: "leave the actions out, or name the resources",
    role: sensitive(
      "G05",
      (action, statement) =>
        credentialMakers.has(action.name) ||
        (credentialReaders.has(action.name) && isUnbounded(statement) && isAtLarge(statement, action)),
      (names) => `${names} ${plural(names, "gives", "give")} out credentials`,
    ),
  },
  {
    id: "G06",
    severity: "warning",
    waivable: true,
    raised: true,
    title: "unrestricted reads",
    why: "one workspace is enough to copy every secret, object or table of the account",
    remedy: "grant the secrets, buckets and tables by name",
    policyRemedy: "name the secrets, buckets and tables",
    role: sensitive(
      "G06",
      (action, statement) =>
        dataReaders.has(action.name) && isUnbounded(statement) && isAtLarge(statement, action),
      (names) =>
        `${names} ${plural(names, "reads", "read")} everything there is: the resource is not restricted`,
    ),
  },
  {
    id: "G07",
    severity: "warning",
    waivable: true,
    raised: true,
    title: "resource policies or sharing",
    why: "the role can open a resource to other accounts or to everybody, and it stays open when the role is gone",
    remedy: "leave the actions out: the stack that owns the resource decides who may reach it",
    role: sensitive(
      "G07",
      (action, statement) => changesSharing(action) && isUnbounded(statement),
      (names) => `${names} ${plural(names, "changes", "change")} who else may reach the resource`,
    ),
  },
]);

/**
 * Judges statements by the actions that count, and what AWS's own policies hold of the kind: behind a wide trust it is
 * open to whoever gets in.
 */
function sensitive(
  rule: WidePolicy["rule"],
  counts: (action: ActionFacts, statement: Statement) => boolean,
  message: (names: string) => string,
): NonNullable<Rule["role"]> {
  const written = eachStatement((statement, scope): readonly Remark[] => {
    const names = allowedActions(statement, scope)
      .filter((action) => counts(action, statement))
      .map((action) => action.name);
    return names.length === 0 ? [] : [{ path: ["Action"], message: message(listed(names)) }];
  });
  return (role) => [...written(role), ...(role.wideTrust.length === 0 ? [] : ofManaged(rule, role))];
}

function ofManaged(rule: WidePolicy["rule"], { access }: JudgedRole): readonly Observation[] {
  return access.managedPolicies.flatMap(({ arn, origin }) => {
    const name = awsManaged(arn);
    return (widePolicies.get(name) ?? [])
      .filter((wide) => wide.rule === rule)
      .map(({ what }) => ({ message: `the managed policy ${name} ${what}`, origin }));
  });
}

function plural(names: string, one: string, several: string): string {
  return names.includes(" and ") ? several : one;
}

/** What G04 says more about. */
const escalating: ReadonlySet<string> = new Set(
  escalationPaths.flatMap(({ steps: [first, ...others] }) =>
    others.length === 0 ? (first?.actions ?? []) : [],
  ),
);

/**
 * The reference files much under this level that only reads, or that is about other things: the name has to speak of
 * access, too.
 */
function changesSharing({ name, accessLevels }: ActionFacts): boolean {
  if (sharingActions.has(name)) return true;
  if (!accessLevels.includes("Permissions management") || escalating.has(name)) return false;
  const verb = name.slice(name.indexOf(":") + 1);
  return (
    /Polic|Permission|Acl|Grant|Shar|PublicAccess|Attribute|Ownership|Authorize|AccessPoint|Boundary/.test(
      verb,
    ) && !/^(Get|List|Describe|Validate|Retire)/.test(verb)
  );
}
