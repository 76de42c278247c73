/** A type of resource that an action takes. */
export interface ActionResource {
  readonly name: string;
  /** ARN template, e.g. `arn:${Partition}:s3:::${BucketName}`. */
  readonly arn: string;
  readonly required: boolean;
  /** Patterns in lower case, e.g. `aws:resourcetag/*`. */
  readonly conditionKeys: readonly string[];
}

/** What the Service Authorization Reference says of one action. */
export interface ActionFacts {
  /** With the service's prefix and in AWS's capitals, e.g. `s3:GetObject`. */
  readonly name: string;
  /** E.g. `Read`, `List`, `Write`, `Permissions management`, `Tagging`; an action may have several. */
  readonly accessLevels: readonly string[];
  /** Empty where the action takes no resource: its Resource must be `*`. */
  readonly resources: readonly ActionResource[];
  /** Patterns in lower case, e.g. `s3:prefix`, `aws:requesttag/*`. */
  readonly conditionKeys: readonly string[];
}

/**
 * The part of AWS's Service Authorization Reference that a check needs.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html
 */
export interface ServiceReference {
  /** The prefixes of all services, in lower case. */
  readonly prefixes: ReadonlySet<string>;
  /** By prefix, then by action without prefix, both in lower case; of the services in use only. */
  readonly actions: ReadonlyMap<string, ReadonlyMap<string, ActionFacts>>;
  /** Condition keys that every action knows, e.g. `aws:sourceip`, as patterns in lower case. */
  readonly globalConditionKeys: readonly string[];
}

/** A condition key of the reference as a pattern: what stands for a part of it becomes `*`, letters lower case. */
export function conditionKeyPattern(key: string): string {
  return key.replace(/\$\{[^}]*\}|<[^>]*>|(?<=\/)tag-key$/g, "*").toLowerCase();
}

/** What is enough where no document names an action. */
export const emptyReference: ServiceReference = Object.freeze({
  prefixes: new Set<string>(),
  actions: new Map<string, ReadonlyMap<string, ActionFacts>>(),
  globalConditionKeys: [],
});
