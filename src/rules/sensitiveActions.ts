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

/** What changes a role: its permissions, its trust, its boundary. */
export const roleEdits: readonly string[] = Object.freeze([
  "iam:AttachRolePolicy",
  "iam:DeleteRolePermissionsBoundary",
  "iam:DeleteRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PutRolePermissionsBoundary",
  "iam:PutRolePolicy",
  "iam:UpdateAssumeRolePolicy",
  "iam:UpdateRole",
]);

/** What changes a managed policy, such as a boundary. */
export const policyEdits: readonly string[] = Object.freeze([
  "iam:CreatePolicyVersion",
  "iam:DeletePolicyVersion",
  "iam:SetDefaultPolicyVersion",
]);

/** What changes an OpenID Connect identity provider. */
export const providerEdits: readonly string[] = Object.freeze([
  "iam:AddClientIDToOpenIDConnectProvider",
  "iam:DeleteOpenIDConnectProvider",
  "iam:RemoveClientIDFromOpenIDConnectProvider",
  "iam:UpdateOpenIDConnectProviderThumbprint",
]);
