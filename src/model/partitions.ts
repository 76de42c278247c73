/** An AWS partition: the second field of its ARNs. */
export type Partition = "aws" | "aws-cn" | "aws-us-gov" | "aws-eusc";

const prefixes: readonly (readonly [prefix: string, Partition])[] = Object.freeze([
  ["cn-", "aws-cn"],
  ["us-gov-", "aws-us-gov"],
  ["eusc-", "aws-eusc"],
]);

/** The partition that a region belongs to; null for regions of partitions that we do not know (`us-iso-…`). */
export function partitionOf(region: string): Partition | null {
  if (!/^[a-z]{2,4}(-[a-z]{2,10}){1,2}-\d{1,2}$/.test(region) || /^[a-z]+-iso/.test(region)) return null;
  return prefixes.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "aws";
}

/** The partitions that we know. */
export const partitions: readonly Partition[] = Object.freeze(["aws", "aws-cn", "aws-us-gov", "aws-eusc"]);

/**
 * The ends of host names by which AWS may call its services in a partition. Outside of the first and GovCloud the
 * documentation shows both AWS's own end and the partition's, depending on the service.
 */
export const dnsSuffixes: Readonly<Record<Partition, readonly string[]>> = Object.freeze({
  aws: ["amazonaws.com"],
  "aws-us-gov": ["amazonaws.com"],
  "aws-cn": ["amazonaws.com", "amazonaws.com.cn"],
  "aws-eusc": ["amazonaws.com", "amazonaws.eu"],
});
