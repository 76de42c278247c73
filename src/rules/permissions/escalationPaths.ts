import { rows, words } from "./tables";

/** One thing that somebody must be allowed to do. */
export interface EscalationStep {
  /** Any one of these will do. In AWS's capitals. */
  readonly actions: readonly string[];
  /** Pattern of the ARNs on which it counts. */
  readonly resource: string;
  /** On a resource that is named without a wildcard it yields no more than its author meant to give. */
  readonly harmlessWhenNamed: boolean;
  /** Condition keys that, with a value, keep it from yielding more than meant. In lower case. */
  readonly boundBy: readonly string[];
  /** Condition keys of policies that, with names and no patterns, keep it from those that are made up. In lower case. */
  readonly namedBy: readonly string[];
  /** For `iam:PassRole`: the service that takes the role, without its domain; null for any, and for other actions. */
  readonly passedTo: string | null;
}

/** A published way from some permissions to more. */
export interface EscalationPath {
  /** A short name for messages. */
  readonly name: string;
  /** All of them together. */
  readonly steps: readonly EscalationStep[];
  /** What it comes to: continues "this role could …". */
  readonly yields: string;
  /** The page that describes it. */
  readonly source: string;
}

const pages: Readonly<Record<string, string>> = Object.freeze({
  rhino: "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/",
  prowler:
    "https://github.com/prowler-cloud/prowler/blob/master/prowler/providers/aws/services/iam/lib/privilege_escalation.py",
  providers: "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html",
  sessions: "https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html",
  identityCenter: "https://docs.aws.amazon.com/singlesignon/latest/userguide/iam-auth-access-overview.html",
});

/** Changes IAM or Identity Center: source, name, what it yields and takes, IAM's type of resource, keys that bound it. */
const changes = `
iam-001   | a new version of a policy       | give itself any permission | iam:CreatePolicyVersion | policy |
rhino     | another version of a policy     | bring back permissions that were taken away | iam:SetDefaultPolicyVersion | policy |
iam-002   | an access key or password of another user | act as another user | iam:CreateAccessKey / iam:CreateLoginProfile / iam:UpdateLoginProfile | user |
iam-008   | a policy attached to a user     | give itself any permission | iam:AttachUserPolicy | user | iam:permissionsboundary iam:policyarn
iam-010   | a policy attached to a group    | give itself any permission | iam:AttachGroupPolicy | group | iam:policyarn
iam-009   | a policy attached to a role     | give itself any permission | iam:AttachRolePolicy | role | iam:permissionsboundary iam:policyarn
iam-007   | an inline policy of a user      | give itself any permission | iam:PutUserPolicy | user | iam:permissionsboundary
iam-011   | an inline policy of a group     | give itself any permission | iam:PutGroupPolicy | group |
iam-005   | an inline policy of a role      | give itself any permission | iam:PutRolePolicy | role | iam:permissionsboundary
iam-013   | membership of a group           | get what the group may do | iam:AddUserToGroup | group |
iam-012   | a changed trust policy          | let itself into other roles | iam:UpdateAssumeRolePolicy | role |
providers | other metadata of a SAML provider | log in as anybody | iam:UpdateSAMLProvider | saml-provider |
providers | another thumbprint of an identity provider | vouch for tokens of its own | iam:UpdateOpenIDConnectProviderThumbprint | oidc-provider |
providers | another audience of an identity provider | let tokens for other clients in | iam:AddClientIDToOpenIDConnectProvider | oidc-provider |
iam-023   | a role without its boundary     | do what a boundary keeps from another role | iam:DeleteRolePermissionsBoundary + sts:AssumeRole | role |
sso-001   | a permission set for somebody   | give anybody access to an account | sso:CreateAccountAssignment |
sso-002   | more in a permission set        | give more to whoever has the permission set | sso:AttachManagedPolicyToPermissionSet / sso:PutInlinePolicyToPermissionSet / sso:AttachCustomerManagedPolicyReferenceToPermissionSet |
identityCenter | membership of a group of Identity Center | get what the group may do | identitystore:CreateGroupMembership |
`;

/**
 * Passes a role to a service and starts something there that acts with it: source, name, the service without its domain
 * (`any`: not known), and what it takes beside `iam:PassRole`; `/` stands between what will do for each other.
 */
const passes = `
ec2-001        | an instance with a role      | ec2 | ec2:RunInstances / ec2:RequestSpotInstances / ec2:AssociateIamInstanceProfile / ec2:ReplaceIamInstanceProfileAssociation
prowler        | instances with a role in an Auto Scaling group | ec2 | autoscaling:CreateAutoScalingGroup / autoscaling:UpdateAutoScalingGroup + autoscaling:CreateLaunchConfiguration
lambda-001     | a function with a role       | lambda | lambda:CreateFunction + lambda:InvokeFunction / lambda:AddPermission / lambda:CreateEventSourceMapping / lambda:CreateFunctionUrlConfig
glue-001       | a Glue endpoint with a role  | glue | glue:CreateDevEndpoint
glue-003       | a Glue job with a role       | glue | glue:CreateJob / glue:UpdateJob + glue:StartJobRun / glue:CreateTrigger
glue-007       | a Glue session with a role   | glue | glue:CreateSession + glue:RunStatement
cloudformation-001 | a CloudFormation stack or stack set with a role | cloudformation | cloudformation:CreateStack / cloudformation:CreateStackSet / cloudformation:UpdateStackSet
datapipeline-001 | a data pipeline with a role | datapipeline | datapipeline:CreatePipeline + datapipeline:PutPipelineDefinition
sagemaker-001  | a notebook or job with a role | sagemaker | sagemaker:CreateNotebookInstance / sagemaker:CreateTrainingJob / sagemaker:CreateProcessingJob
ecs-008        | a container with a role      | ecs-tasks | ecs:RunTask / ecs:StartTask
ecs-003        | a service of containers with a role | ecs-tasks | ecs:RegisterTaskDefinition + ecs:CreateService / ecs:UpdateService
codebuild-001  | a build with a role          | codebuild | codebuild:CreateProject / codebuild:UpdateProject + codebuild:StartBuild / codebuild:StartBuildBatch
apprunner-001  | an App Runner service with a role | tasks.apprunner | apprunner:CreateService
stepfunctions-001 | a state machine with a role | states | states:CreateStateMachine + states:StartExecution
emr-001        | a cluster with a role        | elasticmapreduce | elasticmapreduce:RunJobFlow
emrserverless-001 | a job of EMR Serverless with a role | emr-serverless | emr-serverless:StartJobRun
scheduler-001  | a schedule with a role       | scheduler | scheduler:CreateSchedule
batch-001      | a batch job with a role      | ecs-tasks | batch:RegisterJobDefinition + batch:SubmitJob
ssm-003        | an automation with a role    | ssm | ssm:StartAutomationExecution
cognitoidentity-001 | an identity pool with a role | cognito-identity | cognito-identity:SetIdentityPoolRoles
braket-001     | a hybrid job with a role     | braket | braket:CreateJob
gamelift-001   | a fleet with a role          | gamelift | gamelift:CreateBuild + gamelift:CreateFleet
imagebuilder-001 | an image build with a role | any | imagebuilder:CreateInfrastructureConfiguration + imagebuilder:CreateImage
kinesisanalytics-001 | a stream application with a role | kinesisanalytics | kinesisanalytics:CreateApplication + kinesisanalytics:StartApplication
omics-001      | a workflow with a role       | omics | omics:CreateWorkflow + omics:StartRun
amplify-001    | an Amplify app with a role   | amplify | amplify:CreateApp + amplify:StartJob
bedrock-001    | a code interpreter with a role | bedrock-agentcore | bedrock-agentcore:CreateCodeInterpreter + bedrock-agentcore:InvokeCodeInterpreter
bedrock-003    | an agent with a role         | bedrock-agentcore | bedrock-agentcore:CreateAgentRuntime / bedrock-agentcore:CreateHarness + bedrock-agentcore:InvokeAgentRuntimeCommand / bedrock-agentcore:InvokeAgentRuntimeCommandShell
bedrock-006    | a browser with a role        | bedrock-agentcore | bedrock-agentcore:CreateBrowser + bedrock-agentcore:StartBrowserSession + bedrock-agentcore:ConnectBrowserAutomationStream
`;

/**
 * Takes over what runs already, with its role: on one that is named, that is what a deployment does. Source, name, whose
 * role it is, what it takes, and on what it counts, where the actions name other things beside it.
 */
const takeovers = `
lambda-003     | new code or another layer of a function | the function | lambda:UpdateFunctionCode / lambda:UpdateFunctionConfiguration |
glue-002       | an SSH key of a Glue endpoint | the endpoint | glue:UpdateDevEndpoint |
cloudformation-002 | a CloudFormation stack that has a role | the stack | cloudformation:UpdateStack |
cloudformation-005 | a change set of a CloudFormation stack | the stack | cloudformation:CreateChangeSet + cloudformation:ExecuteChangeSet |
sagemaker-004  | the notebook of somebody else | the notebook | sagemaker:CreatePresignedNotebookInstanceUrl |
sagemaker-005  | a start script of a notebook | the notebook | sagemaker:CreateNotebookInstanceLifecycleConfig + sagemaker:UpdateNotebookInstance |
ecs-006        | a command in a container     | the task | ecs:ExecuteCommand |
codebuild-002  | a build of another project   | the project | codebuild:StartBuild / codebuild:StartBuildBatch |
apprunner-002  | an App Runner service that has a role | the service | apprunner:UpdateService |
stepfunctions-002 | a changed state machine   | the state machine | states:UpdateStateMachine + states:StartExecution |
batch-002      | another command of a batch job | the job | batch:SubmitJob |
codedeploy-001 | a deployment of other code   | the instances | codedeploy:CreateDeployment + codedeploy:RegisterApplicationRevision |
ec2-004        | another version of a launch template | the instances | ec2:CreateLaunchTemplateVersion + ec2:ModifyLaunchTemplate |
bedrock-002    | code in a code interpreter   | the code interpreter | bedrock-agentcore:StartCodeInterpreterSession + bedrock-agentcore:InvokeCodeInterpreter |
bedrock-004    | a command in an agent        | the agent | bedrock-agentcore:InvokeAgentRuntimeCommand / bedrock-agentcore:InvokeAgentRuntimeCommandShell |
bedrock-007    | a session of a browser       | the browser | bedrock-agentcore:StartBrowserSession + bedrock-agentcore:ConnectBrowserAutomationStream |
ssm-002        | a shell on instances         | the instances | ssm:SendCommand / ssm:StartSession / ec2-instance-connect:SendSSHPublicKey | arn:*:ec2:*:*:instance/*
ec2-002        | user data of an instance     | the instance | ec2:ModifyInstanceAttribute + ec2:StartInstances | arn:*:ec2:*:*:instance/*
sessions       | a shell on managed machines  | the machines | ssm:StartSession / ssm:SendCommand | arn:*:ssm:*:*:managed-instance/*
sessions       | a session in a container     | the task | ssm:StartSession | arn:*:ecs:*:*:task/*
`;

function path(
  source: string,
  name: string,
  yields: string,
  steps: readonly EscalationStep[],
): EscalationPath {
  return { name, yields, steps, source: pages[source] ?? `https://pathfinding.cloud/paths/${source}` };
}

/** `a / b + c`: one of the first two, and the third; on whatever resource of their service unless one is given. */
function steps(text: string, more: Partial<EscalationStep> = {}): readonly EscalationStep[] {
  return text.split(" + ").map((alternatives) => ({
    ...{ actions: alternatives.split(" / "), resource: `arn:*:${alternatives.split(":")[0] ?? ""}:*:*:*` },
    ...{ harmlessWhenNamed: false, boundBy: [], namedBy: [], passedTo: null, ...more },
  }));
}

/** The same on resources of IAM. */
function onIam(text: string, type: string, more: Partial<EscalationStep> = {}): readonly EscalationStep[] {
  return steps(text, { resource: `arn:*:iam::*:${type}/*`, ...more });
}

/** Makes a policy and attaches it: of those that are there before, a condition may name some. */
const made = ["User", "Group", "Role"].map((principal) => {
  const type = principal.toLowerCase();
  const boundBy = type === "group" ? [] : ["iam:permissionsboundary"];
  return path("rhino", `a new policy attached to a ${type}`, "give itself any permission", [
    ...onIam("iam:CreatePolicy", "policy"),
    ...onIam(`iam:Attach${principal}Policy`, type, { boundBy, namedBy: ["iam:policyarn"] }),
  ]);
});

/**
 * Published ways from some permissions to more. Whoever may pass a role to a service, or change what runs there, acts
 * with that role. As of November 2026. `test/rules/fixtures/published/` says what of the published lists is left out, and why.
 * @see https://pathfinding.cloud/paths/
 * @see https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
 */
export const escalationPaths: readonly EscalationPath[] = Object.freeze([
  ...rows(changes).map(([source = "", name = "", yields = "", change = "", type = "", keys = ""]) => {
    const boundBy = words(keys);
    return path(source, name, yields, type === "" ? steps(change) : onIam(change, type, { boundBy }));
  }),
  ...made,
  ...rows(passes).map(([source = "", name = "", service = "", start = ""]) => {
    const passedTo = service === "any" ? null : service;
    const role = onIam("iam:PassRole", "role", { harmlessWhenNamed: true, passedTo });
    return path(source, name, "act with any role that it may pass", [...role, ...steps(start)]);
  }),
  ...rows(takeovers).map(([source = "", name = "", whose = "", change = "", resource = ""]) => {
    const on = { harmlessWhenNamed: true, ...(resource === "" ? {} : { resource }) };
    return path(source, name, `act with the role of ${whose}`, steps(change, on));
  }),
]);
