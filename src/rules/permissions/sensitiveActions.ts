import type { ActionFacts } from "../../policy";
import { listed, rulesOf, type Rule } from "../rule";
import { eachStatement, type JudgedStatement } from "./statements";
import { words } from "./tables";

/**
 * Hand out credentials of somebody else. `test/rules/fixtures/published/credentials.yaml` says what is left out, and why.
 * @see https://github.com/salesforce/cloudsplaining/blob/master/cloudsplaining/shared/constants.py
 */
export const credentialMakers = words(`
  appsync:CreateApiKey chime:CreateApiKey cognito-identity:GetOpenIdTokenForDeveloperIdentity
  iam:CreateAccessKey iam:CreateLoginProfile iam:CreateServiceSpecificCredential
  iam:ResetServiceSpecificCredential iam:UpdateAccessKey iam:UpdateLoginProfile
  lightsail:DownloadDefaultKeyPair license-manager:GetAccessToken sts:AssumeRoot sts:GetFederationToken
`);

/** Show a password or token of what they are called on: fine on one that is named, or where it opens the caller's own. */
export const credentialReaders = words(`
  airflow:CreateCliToken airflow:CreateWebLoginToken cloud9:CreateEnvironmentToken codepipeline:PollForJobs
  cognito-idp:DescribeUserPoolClient connect:GetFederationToken dsql:DbConnectAdmin ec2:GetPasswordData
  elasticache:Connect emr-containers:GetManagedEndpointSessionCredentials
  finspace-api:GetProgrammaticAccessCredentials gamelift:GetComputeAccess gamelift:GetComputeAuthToken
  gamelift:GetInstanceAccess gamelift:RequestUploadCredentials grafana:CreateWorkspaceApiKey
  grafana:CreateWorkspaceServiceAccountToken lightsail:CreateBucketAccessKey
  lightsail:GetInstanceAccessDetails lightsail:GetRelationalDatabaseMasterUserPassword
  mediapackage:RotateChannelCredentials mediapackage:RotateIngestEndpointCredentials rds-db:connect
  redshift:GetClusterCredentials redshift:GetClusterCredentialsWithIAM redshift-serverless:GetCredentials
`);

/** Read what people keep in AWS: at large, they take all of it away. */
export const dataReaders = words(`
  athena:GetQueryResults codecommit:GitPull dynamodb:BatchGetItem dynamodb:ExportTableToPointInTime
  dynamodb:GetItem dynamodb:GetRecords dynamodb:PartiQLSelect dynamodb:Query dynamodb:Scan
  ebs:GetSnapshotBlock kinesis:GetRecords lambda:GetFunction logs:FilterLogEvents logs:GetLogEvents
  rds-data:ExecuteStatement s3:GetObject s3:GetObjectVersion s3express:CreateSession
  secretsmanager:GetSecretValue sqs:ReceiveMessage ssm:GetParameter ssm:GetParameterHistory
  ssm:GetParameters ssm:GetParametersByPath
`);

/** Open a resource to others, though the Service Authorization Reference calls them plain writes. */
export const sharingActions = words(`
  ec2:ModifyImageAttribute es:UpdateDomainConfig es:UpdateElasticsearchDomainConfig
  lambda:CreateFunctionUrlConfig lambda:UpdateFunctionUrlConfig logs:PutDestinationPolicy
  ram:AssociateResourceShare ram:CreateResourceShare ram:UpdateResourceShare
  rds:ModifyDBClusterSnapshotAttribute rds:ModifyDBSnapshotAttribute s3:PutReplicationConfiguration
`);

/** Rules about actions that matter whatever else the role may do. */
export const sensitiveActionRules: readonly Rule[] = rulesOf({
  G05: {
    severity: "warning",
    title: "credentials that outlive or exceed the role",
    why: "whoever has the role can take away somebody else's keys, passwords or tokens, which do not expire with the session",
    remedy: "leave the actions out, or name the resources",
    role: sensitive(
      ["gives out", "give out"],
      "credentials",
      (action, judged) =>
        credentialMakers.includes(action.name) ||
        (credentialReaders.includes(action.name) && isOpen(action, judged)),
    ),
  },
  G06: {
    severity: "warning",
    title: "unrestricted reads",
    why: "one workspace is enough to copy every secret, object or table of the account",
    remedy: "grant the secrets, buckets and tables by name",
    policyRemedy: "name the secrets, buckets and tables",
    role: sensitive(
      ["reads", "read"],
      "everything there is: the resource is not restricted",
      (action, judged) => dataReaders.includes(action.name) && isOpen(action, judged),
    ),
  },
  G07: {
    severity: "warning",
    title: "resource policies or sharing",
    why: "the role can open a resource to other accounts or to everybody, and it stays open when the role is gone",
    remedy: "leave the actions out: the stack that owns the resource decides who may reach it",
    role: sensitive(
      ["changes", "change"],
      "who else may reach the resource",
      ({ name, accessLevels }, { bound }) => {
        // Who somebody is and may be is G04's.
        const isOfIdentity = /^(iam|sso|identitystore):/.test(name);
        const isOfAccess = accessLevels.includes("Permissions management") && accessNames.test(name);
        return bound !== "some" && (sharingActions.includes(name) || (isOfAccess && !isOfIdentity));
      },
    ),
  },
  // The walker applies it.
  G11: {
    severity: "error",
    title: "wide permissions behind a wide trust",
    why: "what G02, G05 to G08 and G20 warn of is open to whoever T54, T57, T58 or T69 lets in: such a finding is then an error, under its own id",
    remedy: "narrow the trust or the permissions",
  },
});

/** Judges statements by the actions that count, and says what they do. */
function sensitive(
  [one, several]: readonly [one: string, several: string],
  what: string,
  counts: (action: ActionFacts, judged: JudgedStatement) => boolean,
): NonNullable<Rule["role"]> {
  return eachStatement((judged) => {
    const names = judged.allowed.filter((action) => counts(action, judged)).map(({ name }) => name);
    const message = `${listed(names)} ${names.length === 1 ? one : several} ${what}`;
    return names.length === 0 ? [] : [{ message }];
  });
}

/** Is an action allowed on resources of any name, with no condition that says which? */
function isOpen(action: ActionFacts, { bound, isAtLarge }: JudgedStatement): boolean {
  return bound !== "some" && isAtLarge(action);
}

/** The reference files much under its level that only reads, or is about other things: the name speaks of access, too. */
const accessNames =
  /:(?!Get|List|Describe|Validate|Retire).*(Polic|Permission|Acl|Grant|Shar|PublicAccess|Attribute|Ownership|Authorize|AccessPoint)/;
