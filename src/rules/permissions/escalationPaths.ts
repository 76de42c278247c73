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
  /** For `iam:PassRole`: the service that takes the role, without its domain. */
  readonly passedTo: string | null;
}

/** A step by its actions and the ARNs on which it counts. */
function step(
  actions: readonly string[],
  resource: string,
  more: Partial<EscalationStep> = {},
): EscalationStep {
  return { actions, resource, harmlessWhenNamed: false, boundBy: [], namedBy: [], passedTo: null, ...more };
}

/** An action on IAM itself: the principal that it changes is all it takes. */
function iam(action: string, type: string, boundBy: readonly string[] = []): EscalationStep {
  return step([`iam:${action}`], `arn:*:iam::*:${type}/*`, { boundBy });
}

/** Attaches a policy that is made for it: only policies that are named are there before. */
function attach(action: string, type: string, boundBy: readonly string[] = []): EscalationStep {
  return { ...iam(action, type, boundBy), namedBy: ["iam:policyarn"] };
}

/** Passing a role to a service, given without its domain. */
function pass(service: string): EscalationStep {
  const bound = { harmlessWhenNamed: true, passedTo: service };
  return step(["iam:PassRole"], "arn:*:iam::*:role/*", bound);
}

/** Any one of these actions, on whatever resource of their service. */
function any(...actions: readonly string[]): EscalationStep {
  return step(actions, `arn:*:${actions[0]?.split(":")[0] ?? ""}:*:*:*`);
}

/** Takes over what runs already: on one named resource, that is what a deployment does. */
function takeOver(...actions: readonly string[]): EscalationStep {
  return { ...any(...actions), harmlessWhenNamed: true };
}

/** What counts is the instance, whatever else the action names beside it. */
function onInstances(action: string): EscalationStep {
  return step([action], "arn:*:ec2:*:*:instance/*", { harmlessWhenNamed: true });
}

/** A published way from some permissions to more. */
export interface EscalationPath {
  /** A short name for messages. */
  readonly name: string;
  /** All of them together. */
  readonly steps: readonly EscalationStep[];
  /** What it comes to: continues "this role could …". */
  readonly yields: string;
  readonly source: string;
}

const rhino = "https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/";
const pathfinding = "https://pathfinding.cloud/paths/";
const awsDocs = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html";
const identityCenter =
  "https://docs.aws.amazon.com/singlesignon/latest/userguide/iam-auth-access-overview.html";

const boundary = Object.freeze(["iam:permissionsboundary"]);
const attached = Object.freeze(["iam:permissionsboundary", "iam:policyarn"]);

type Row = readonly [name: string, yields: string, steps: readonly EscalationStep[]];

const everything = "give itself any permission";
const anotherUser = "act as another user";
const passedRole = "act with any role that it may pass";

const published: readonly Row[] = [
  ["a new version of a policy", everything, [iam("CreatePolicyVersion", "policy")]],
  [
    "another version of a policy",
    "bring back permissions that were taken away",
    [iam("SetDefaultPolicyVersion", "policy")],
  ],
  ["an access key of another user", anotherUser, [iam("CreateAccessKey", "user")]],
  ["a new password of another user", anotherUser, [iam("CreateLoginProfile", "user")]],
  ["a changed password of another user", anotherUser, [iam("UpdateLoginProfile", "user")]],
  ["a policy attached to a user", everything, [iam("AttachUserPolicy", "user", attached)]],
  ["a policy attached to a group", everything, [iam("AttachGroupPolicy", "group", ["iam:policyarn"])]],
  ["a policy attached to a role", everything, [iam("AttachRolePolicy", "role", attached)]],
  [
    "a new policy attached to a user",
    everything,
    [iam("CreatePolicy", "policy"), attach("AttachUserPolicy", "user", boundary)],
  ],
  [
    "a new policy attached to a group",
    everything,
    [iam("CreatePolicy", "policy"), attach("AttachGroupPolicy", "group")],
  ],
  [
    "a new policy attached to a role",
    everything,
    [iam("CreatePolicy", "policy"), attach("AttachRolePolicy", "role", boundary)],
  ],
  ["an inline policy of a user", everything, [iam("PutUserPolicy", "user", boundary)]],
  ["an inline policy of a group", everything, [iam("PutGroupPolicy", "group")]],
  ["an inline policy of a role", everything, [iam("PutRolePolicy", "role", boundary)]],
  ["membership of a group", "get what the group may do", [iam("AddUserToGroup", "group")]],
  ["a changed trust policy", "let itself into other roles", [iam("UpdateAssumeRolePolicy", "role")]],
  ["an instance with a role", passedRole, [pass("ec2"), any("ec2:RunInstances")]],
  [
    "a function with a role",
    passedRole,
    [
      pass("lambda"),
      any("lambda:CreateFunction"),
      any(
        "lambda:InvokeFunction",
        "lambda:AddPermission",
        "lambda:CreateEventSourceMapping",
        "lambda:CreateFunctionUrlConfig",
      ),
    ],
  ],
  ["new code of a function", "act with the role of the function", [takeOver("lambda:UpdateFunctionCode")]],
  [
    "a layer of a function",
    "act with the role of the function",
    [takeOver("lambda:UpdateFunctionConfiguration")],
  ],
  ["a Glue endpoint with a role", passedRole, [pass("glue"), any("glue:CreateDevEndpoint")]],
  [
    "an SSH key of a Glue endpoint",
    "act with the role of the endpoint",
    [takeOver("glue:UpdateDevEndpoint")],
  ],
  [
    "a CloudFormation stack with a role",
    passedRole,
    [pass("cloudformation"), any("cloudformation:CreateStack")],
  ],
  [
    "a data pipeline with a role",
    passedRole,
    [pass("datapipeline"), any("datapipeline:CreatePipeline"), any("datapipeline:PutPipelineDefinition")],
  ],
];

const laterPublished: readonly Row[] = [
  [
    "a Glue job with a role",
    passedRole,
    [pass("glue"), any("glue:CreateJob", "glue:UpdateJob"), any("glue:StartJobRun", "glue:CreateTrigger")],
  ],
  [
    "a CloudFormation stack set with a role",
    passedRole,
    [pass("cloudformation"), any("cloudformation:CreateStackSet", "cloudformation:UpdateStackSet")],
  ],
  [
    "a CloudFormation stack that has a role",
    "act with the role of the stack",
    [takeOver("cloudformation:UpdateStack")],
  ],
  [
    "a change set of a CloudFormation stack",
    "act with the role of the stack",
    [takeOver("cloudformation:CreateChangeSet"), takeOver("cloudformation:ExecuteChangeSet")],
  ],
  [
    "a notebook with a role",
    passedRole,
    [
      pass("sagemaker"),
      any("sagemaker:CreateNotebookInstance"),
      any("sagemaker:CreatePresignedNotebookInstanceUrl"),
    ],
  ],
  [
    "the notebook of somebody else",
    "act with the role of the notebook",
    [takeOver("sagemaker:CreatePresignedNotebookInstanceUrl")],
  ],
  [
    "a training or processing job with a role",
    passedRole,
    [pass("sagemaker"), any("sagemaker:CreateTrainingJob", "sagemaker:CreateProcessingJob")],
  ],
  ["a shell on instances", "act with the roles of the instances", [onInstances("ssm:SendCommand")]],
  ["a session on instances", "act with the roles of the instances", [onInstances("ssm:StartSession")]],
  [
    "an SSH key of instances",
    "act with the roles of the instances",
    [onInstances("ec2-instance-connect:SendSSHPublicKey")],
  ],
  [
    "a container with a role",
    passedRole,
    [
      pass("ecs-tasks"),
      any("ecs:RegisterTaskDefinition"),
      any("ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService"),
    ],
  ],
  ["a command in a container", "act with the role of the task", [takeOver("ecs:ExecuteCommand")]],
  [
    "a build with a role",
    passedRole,
    [
      pass("codebuild"),
      any("codebuild:CreateProject"),
      any("codebuild:StartBuild", "codebuild:StartBuildBatch"),
    ],
  ],
  [
    "a build of another project",
    "act with the role of the project",
    [takeOver("codebuild:StartBuild", "codebuild:StartBuildBatch")],
  ],
  [
    "another role of an instance",
    passedRole,
    [pass("ec2"), any("ec2:AssociateIamInstanceProfile", "ec2:ReplaceIamInstanceProfileAssociation")],
  ],
  [
    "an App Runner service with a role",
    passedRole,
    [pass("tasks.apprunner"), any("apprunner:CreateService")],
  ],
  [
    "a state machine with a role",
    passedRole,
    [pass("states"), any("states:CreateStateMachine"), any("states:StartExecution")],
  ],
  ["a cluster with a role", passedRole, [pass("elasticmapreduce"), any("elasticmapreduce:RunJobFlow")]],
  ["a schedule with a role", passedRole, [pass("scheduler"), any("scheduler:CreateSchedule")]],
  ["a spot instance with a role", passedRole, [pass("ec2"), any("ec2:RequestSpotInstances")]],
  [
    "user data of an instance",
    "act with the role of the instance",
    [onInstances("ec2:ModifyInstanceAttribute"), onInstances("ec2:StartInstances")],
  ],
  [
    "another version of a launch template",
    "act with the role of the instances",
    [takeOver("ec2:CreateLaunchTemplateVersion"), takeOver("ec2:ModifyLaunchTemplate")],
  ],
  [
    "a batch job with a role",
    passedRole,
    [pass("ecs-tasks"), any("batch:RegisterJobDefinition"), any("batch:SubmitJob")],
  ],
  [
    "a build project with another role",
    passedRole,
    [
      pass("codebuild"),
      any("codebuild:UpdateProject"),
      any("codebuild:StartBuild", "codebuild:StartBuildBatch"),
    ],
  ],
  ["an automation with a role", passedRole, [pass("ssm"), any("ssm:StartAutomationExecution")]],
  [
    "a shell on managed machines",
    "act with the roles of the machines",
    [
      step(["ssm:StartSession", "ssm:SendCommand"], "arn:*:ssm:*:*:managed-instance/*", {
        harmlessWhenNamed: true,
      }),
    ],
  ],
  [
    "a session in a container",
    "act with the role of the task",
    [step(["ssm:StartSession"], "arn:*:ecs:*:*:task/*", { harmlessWhenNamed: true })],
  ],
  [
    "an App Runner service that has a role",
    "act with the role of the service",
    [takeOver("apprunner:UpdateService")],
  ],
  [
    "an identity pool with a role",
    passedRole,
    [pass("cognito-identity"), any("cognito-identity:SetIdentityPoolRoles")],
  ],
];

/** By the documentation of what is changed: whoever decides who gets in, gets in. */
const providers: readonly Row[] = [
  ["other metadata of a SAML provider", "log in as anybody", [iam("UpdateSAMLProvider", "saml-provider")]],
  [
    "another thumbprint of an identity provider",
    "vouch for tokens of its own",
    [iam("UpdateOpenIDConnectProviderThumbprint", "oidc-provider")],
  ],
  [
    "another audience of an identity provider",
    "let tokens for other clients in",
    [iam("AddClientIDToOpenIDConnectProvider", "oidc-provider")],
  ],
];

const assignments: readonly Row[] = [
  [
    "a permission set for somebody",
    "give anybody access to an account",
    [any("sso:CreateAccountAssignment")],
  ],
  [
    "membership of a group of Identity Center",
    "get what the group may do",
    [any("identitystore:CreateGroupMembership")],
  ],
];

function rows(list: readonly Row[], source: string): readonly EscalationPath[] {
  return list.map(([name, yields, steps]) => Object.freeze({ name, yields, steps, source }));
}

/**
 * Published ways from some permissions to more. Whoever may pass a role to a service, or change what runs there, acts
 * with that role.
 * @see https://rhinosecuritylabs.com/aws/aws-privilege-escalation-methods-mitigation/
 * @see https://pathfinding.cloud/paths/
 */
export const escalationPaths: readonly EscalationPath[] = Object.freeze([
  ...rows(published, rhino),
  ...rows(laterPublished, pathfinding),
  ...rows(providers, awsDocs),
  ...rows(assignments, identityCenter),
]);
