import type { Statement } from "../../model/policyDocument";
import { isAtLarge, type ActionFacts } from "../../policy";
import { listed, type Rule } from "../rule";
import { escalationPaths } from "./escalationPaths";
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
      (action, statement) => changesSharing(action) && isUnbounded(statement),
      (names) => `${names} ${plural(names, "changes", "change")} who else may reach the resource`,
    ),
  },
]);

/** Judges statements by the actions that count. */
function sensitive(
  counts: (action: ActionFacts, statement: Statement) => boolean,
  message: (names: string) => string,
): NonNullable<Rule["role"]> {
  return eachStatement((statement, scope): readonly Remark[] => {
    const names = allowedActions(statement, scope)
      .filter((action) => counts(action, statement))
      .map((action) => action.name);
    return names.length === 0 ? [] : [{ path: ["Action"], message: message(listed(names)) }];
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
