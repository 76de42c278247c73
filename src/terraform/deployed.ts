import type { DeployedStack } from "../model/deployed";
import { identityProviderType } from "./identityProvider";
import { isObject, type JsonObject } from "./stableJson";

/** The roles and identity providers in the JSON of a `cdk.tf.json` or of a state; none where it is neither. */
export function deployedIn(name: string, json: unknown): DeployedStack {
  const file = isObject(json) ? json : {};
  const of = (type: string) => [...ofConfiguration(file, type), ...ofState(file, type)];
  return {
    name,
    roles: of("aws_iam_role").flatMap(({ name: role, path = "/" }) =>
      typeof role === "string" && typeof path === "string" ? [{ name: role, path }] : [],
    ),
    // A state has the issuer as IAM gives it back, without its scheme.
    providerNames: of(identityProviderType).flatMap(({ url }) =>
      typeof url === "string" ? [url.replace(/^https:\/\//, "")] : [],
    ),
  };
}

function ofConfiguration({ resource }: JsonObject, type: string): readonly JsonObject[] {
  const blocks = isObject(resource) ? resource[type] : undefined;
  return isObject(blocks) ? Object.values(blocks).filter(isObject) : [];
}

function ofState({ resources }: JsonObject, type: string): readonly JsonObject[] {
  const managed = (Array.isArray(resources) ? resources : [])
    .filter(isObject)
    .filter((resource) => resource["mode"] === "managed" && resource["type"] === type);
  const instances = managed.flatMap((resource) => resource["instances"]).filter(isObject);
  return instances.map((instance) => instance["attributes"]).filter(isObject);
}
