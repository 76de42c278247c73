/*
 * What other programs may import: the constructs, for CDKTF apps that know no manifest, and the types of the model
 * that AccountStack takes.
 */
export * from "./constructs";
export type * from "./model/accessModel";
export type { OneOrMany, PolicyDocument, Statement } from "./model/policyDocument";
