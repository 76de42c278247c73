/*
 * What other programs may import: the constructs, for CDKTF apps that know no manifest, the types of the model that
 * AccountStack takes, and the stacks that an account with shards is.
 */
export * from "./constructs";
export type * from "./model/accessModel";
export type { OneOrMany, PolicyDocument, Statement } from "./model/policyDocument";
export type { StackFindings } from "./terraform/stack";
export { stacksOf, type Stack } from "./model/shards";
