import type { PolicyDocument } from "../model/policyDocument";
import { isWithin, policyLength } from "../policy";
import { nothing, type Observation } from "./rule";

/** What a rule says of a policy over its quota. */
export function tooLongPolicy(what: string, policy: PolicyDocument, quota: number): readonly Observation[] {
  return isWithin(policy, quota) ? nothing : tooLong(what, policyLength(policy), quota);
}

/** What a rule says of a text over its quota. */
export function tooLong(what: string, length: number, quota: number): readonly Observation[] {
  return length <= quota
    ? nothing
    : [{ message: `${what} has ${length} characters without white space; the account allows ${quota}` }];
}

/** What a rule says of a list over its quota. */
export function tooMany(what: string, count: number, quota: number): readonly Observation[] {
  return count <= quota ? nothing : [{ message: `${count} ${what}; the account allows ${quota}` }];
}
