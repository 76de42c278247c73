import { quote } from "../../diagnostics";
import { partitions } from "../../model/partitions";
import type { Statement } from "../../model/policyDocument";
import { comparisonsOf, matchesPattern, namesEvery, textOnly } from "../../policy";
import { rulesOf, type Observation, type Rule } from "../rule";
import { rows, words } from "./tables";

/** AWS's policies that hold everything, or the keys to it. */
const administratorPolicies = words("AdministratorAccess IAMFullAccess PowerUserAccess");

/**
 * AWS's policies that hold all of a kind, by name with path. Each sentence was held against the policy's statements, as
 * moto 5.2.1 has them (last change 2026-05-01).
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
const widePolicies: ReadonlyMap<string, string> = new Map(
  rows(`
AdministratorAccess-AWSElasticBeanstalk | passes any role to Elastic Beanstalk and EC2
AdministratorAccess-Amplify             | creates roles with any policy, and passes any role
AmazonBedrockFullAccess                 | does everything in Bedrock
AmazonCognitoPowerUser                  | changes every user pool and identity pool
AmazonDynamoDBFullAccess                | reads, writes and deletes every table
AmazonDynamoDBReadOnlyAccess            | reads every table
AmazonEC2ContainerRegistryFullAccess    | replaces and deletes every image, and opens any repository to others
AmazonEC2FullAccess                     | changes every instance and network, and opens any image or snapshot to others
AmazonECS_FullAccess                    | runs any container, and passes any role to its tasks
AmazonElasticMapReduceFullAccess        | passes any role, and reads and writes every bucket
AmazonKinesisFullAccess                 | reads and writes every stream
AmazonRDSFullAccess                     | changes and deletes every database, and opens any snapshot to others
AmazonRoute53FullAccess                 | changes every DNS record and domain
AmazonS3FullAccess                      | reads, writes and deletes every object, and opens any bucket to others
AmazonS3ReadOnlyAccess                  | reads every object of every bucket
AmazonSNSFullAccess                     | publishes to every topic, and opens any topic to others
AmazonSQSFullAccess                     | reads and writes every queue, and opens any queue to others
AmazonSSMFullAccess                     | reads every parameter, and runs commands on every managed instance
AmazonSSMManagedInstanceCore            | reads every parameter
AmazonSSMReadOnlyAccess                 | reads every parameter
AmazonSageMakerFullAccess               | passes any role to SageMaker, and runs code there
AWSCloudFormationFullAccess             | changes every stack, with the permissions of the stack's own role
AWSCodeBuildAdminAccess                 | runs code with the role of every build project
AWSCodePipeline_FullAccess              | passes any role to CodePipeline
AWSLambda_FullAccess                    | replaces the code of every function, and passes any role to Lambda
AWSOrganizationsFullAccess              | changes the organization, its accounts and its policies
AWSStepFunctionsFullAccess              | changes and runs every state machine with its own role
CloudWatchFullAccess                    | reads and deletes every log, and publishes to every topic
CloudWatchLogsFullAccess                | reads and deletes every log
ReadOnlyAccess                          | reads every object and table of the account
SecretsManagerReadWrite                 | reads and changes every secret, and opens any secret to others
job-function/DataScientist              | reads every table and object, and passes any role to SageMaker
job-function/DatabaseAdministrator      | reads, writes and deletes every table, and reads every object
job-function/SystemAdministrator        | gives out the passwords of instances, reads every object, and opens any bucket to others
`).map(([name = "", allows = ""]) => [name, allows]),
);

/** The name with path of a managed policy of AWS's; empty for other ARNs. */
function awsManaged(arn: string): string {
  return /^arn:[^:]*:iam::aws:policy\/(.*)$/s.exec(arn)?.[1] ?? "";
}

function isForAdministrators(arn: string): boolean {
  return administratorPolicies.includes(awsManaged(arn));
}

/** What one of AWS's wide policies allows; null for others, which nobody has read here. */
export function widePolicyWords(arn: string): string | null {
  return isForAdministrators(arn) ? "is for administrators" : (widePolicies.get(awsManaged(arn)) ?? null);
}

/** Does a condition on a key (in lower case) keep to policies that are none for administrators, nor any of an account? */
export function keepsFromAdministrators({ Condition }: Statement, key: string): boolean {
  const isWide = (value: string): boolean =>
    namesEvery(value, "arn:${Partition}:iam::${Account}:policy/${PolicyName}") ||
    administratorPolicies.some((name) =>
      partitions.some((p) => matchesPattern(value, `arn:${p}:iam::aws:policy/${name}`, textOnly)),
    );
  return comparisonsOf(Condition, key).some(({ values }) => values.length > 0 && !values.some(isWide));
}

/** Rules about attached policies and permissions boundaries as such. */
export const managedPolicyRules: readonly Rule[] = rulesOf({
  G10: {
    severity: "error",
    waivable: true,
    title: "a managed policy for administrators",
    why: "it allows everything, or everything but IAM, or IAM itself, which is the key to the rest",
    remedy: "attach a policy for what the workspace does, or use grants",
    policyRemedy: "attach a policy for what the workspace does",
    role: ({ access }) =>
      access.managedPolicies
        .filter(({ arn }) => isForAdministrators(arn))
        .map(({ arn, origin }) => ({ message: `the managed policy is ${quote(arn)}`, origin })),
  },
  G14: {
    severity: "error",
    title: "no permissions boundary where the account wants one",
    why: "nothing but its own policies limits what the role may do",
    remedy: "write permissionsBoundary on the account, under defaults, or on the entry",
    role: ({ access: { boundaryWantedBy: account, permissionsBoundary } }) =>
      account === null || permissionsBoundary !== null
        ? []
        : [{ message: `account ${account} requires a permissions boundary, and this role has none` }],
  },
  G20: {
    severity: "warning",
    title: "a managed policy whose text was not read",
    why: "it allows more than its name says, or nobody has looked: no other rule sees what it holds",
    remedy: "use grants for what the workspace needs, or attach a policy of your own that names it",
    policyRemedy: "attach a policy that names what the workspace needs",
    role: ({ access: { managedPolicies, permissionsBoundary } }) => [
      ...managedPolicies
        .filter(({ arn }) => !isForAdministrators(arn))
        .map(({ arn, origin }) => {
          const what = widePolicies.get(awsManaged(arn));
          return what === undefined
            ? { ...unread(quote(arn), "all of it goes to whoever gets the role"), origin }
            : { message: `the managed policy ${awsManaged(arn)} ${what}`, origin };
        }),
      ...unreadBoundary(permissionsBoundary ?? ""),
    ],
  },
});

/** A boundary grants nothing: only one that bounds next to nothing is worth a warning. */
function unreadBoundary(arn: string): readonly Observation[] {
  if (awsManaged(arn) === "") return [];
  if (!isForAdministrators(arn))
    return [unread(`the permissions boundary ${quote(arn)}`, "it is the most that the role can ever do")];
  const message = `the permissions boundary ${awsManaged(arn)} leaves an administrator's permissions open`;
  return [{ message, remedy: "write a boundary that allows what the roles of the account are for" }];
}

function unread(what: string, why: string): Observation {
  return { severity: "info", message: `what ${what} allows was not read`, remedy: `read it: ${why}` };
}
