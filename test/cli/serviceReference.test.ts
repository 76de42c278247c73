import { loadServiceReference } from "../../src/cli/serviceReference";
import { readServiceReference } from "../support/serviceReference";

test("the loader gives what stands in the package's files, for services of every shape", async () => {
  const wanted = ["s3", "iam", "ec2", "sts", "secretsmanager", "kms", "apigateway", "account"];
  const loaded = await loadServiceReference(wanted);
  const read = readServiceReference(wanted);
  expect([...loaded.actions.keys()].sort()).toEqual([...wanted].sort());
  for (const service of wanted) {
    const [actual, expected] = [loaded.actions.get(service), read.actions.get(service)];
    expect(actual?.size).toBeGreaterThan(5);
    expect(new Map([...(actual ?? [])].sort())).toEqual(new Map([...(expected ?? [])].sort()));
  }
  expect(loaded.prefixes).toEqual(read.prefixes);
  expect(loaded.globalConditionKeys).toEqual(read.globalConditionKeys);
});

test("only the services in use are there, and prefixes that do not exist are passed over", async () => {
  const loaded = await loadServiceReference([
    "sqs",
    "constructor",
    "__proto__",
    "../iam",
    "",
    "s*",
    "nosuch",
  ]);
  expect([...loaded.actions.keys()]).toEqual(["sqs"]);
  expect(loaded.prefixes.size).toBeGreaterThan(400);
});

test("conditions that depend on the action are no global ones, and the parts of keys that vary are wildcards", async () => {
  const { globalConditionKeys, actions } = await loadServiceReference(["s3"]);
  expect(globalConditionKeys).toContain("aws:sourceip");
  expect(globalConditionKeys).toContain("aws:principaltag/*");
  for (const key of ["aws:requesttag/*", "aws:resourcetag/*", "aws:tagkeys"])
    expect(globalConditionKeys).not.toContain(key);
  expect(actions.get("s3")?.get("getobject")?.conditionKeys).toContain("s3:existingobjecttag/*");
});
