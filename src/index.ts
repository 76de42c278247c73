/*
 * What other programs may import: the constructs, for CDKTF apps that know no manifest, and what a synth makes of a
 * manifest's file, for those that do.
 */
export * from "./constructs";
export type * from "./model/accessModel";
export type { OneOrMany, PolicyDocument, Statement } from "./model/policyDocument";
export { loadManifest, ManifestError, type LoadedManifest } from "./loadManifest";
export type { StackFindings, StackSource } from "./terraform/stack";
export { stacksOf, type Stack } from "./model/shards";
