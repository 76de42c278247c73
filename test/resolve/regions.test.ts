import { partitionOf } from "../../src/model/partitions";
import { regions } from "../../src/model/regions";
import { meantRegion } from "../../src/resolve/regions";
import { manifest, project } from "../support/project";

test("every region is of a partition that we know, and stands in the list once", () => {
  expect(regions.filter((region) => partitionOf(region) === null)).toEqual([]);
  expect(new Set(regions).size).toBe(regions.length);
  for (const partition of ["aws", "aws-cn", "aws-us-gov", "aws-eusc"])
    expect(regions.map(partitionOf)).toContain(partition);
});

test("no region is a misspelling of another", () => {
  expect(regions.map(meantRegion).filter((meant) => meant !== undefined)).toEqual([]);
});

/** What becomes of a region when one letter of its point of the compass is left out. */
const slips = (region: string): readonly string[] => {
  const point = region.split("-").at(-2) ?? "";
  return Array.from(point, (_, i) =>
    region.replace(`-${point}-`, `-${point.slice(0, i)}${point.slice(i + 1)}-`),
  );
};

test.each(regions)("%s without a letter of its point of the compass is refused, and named", (region) => {
  for (const slip of slips(region)) {
    // us-est-1 is as near to the east as to the west.
    const meant = regions.filter((other) => slips(other).includes(slip));
    expect([slip, meant]).toEqual([slip, expect.arrayContaining([meantRegion(slip)])]);
  }
});

test.each([
  ["eu-cental-1", "eu-central-1"],
  ["ue-west-1", "eu-west-1"],
  ["eu-cnetral-1", "eu-central-1"],
  ["eu-central-1a", "eu-central-1"],
  ["useast1", "us-east-1"],
  ["us-goc-west-1", "us-gov-west-1"],
  ["us-western-1", "us-west-1"],
])("%s is refused: %s", (slip, meant) => {
  expect(meantRegion(slip)).toBe(meant);
});

test.each([
  "eu-west-4",
  "us-east-3",
  "sa-west-1",
  "ca-east-1",
  "nz-north-1",
  "eusc-fr-west-1",
  "th-central-1",
  "nl-west-1",
])("%s may be a region one day", (region) => {
  expect(meantRegion(region)).toBeUndefined();
});

test("a misspelt region is one diagnostic at its place, wherever a manifest has regions", () => {
  const told = (text: string) => {
    const loaded = project(text);
    return loaded.ok
      ? []
      : loaded.diagnostics.map(({ code, message, remedy }) => `${code} ${message}: ${remedy}`);
  };
  const said = ['M04 AWS has no region "eu-cental-1": did you mean eu-central-1?'];
  const none = "repos: [{ url: https://github.com/acme/app, grants: [{ sqs: a, account: dev }] }]";
  expect(told(manifest(none).replace("eu-central-1", "eu-cental-1"))).toEqual(said);
  expect(told(manifest(none, "backend: { s3: { bucket: acme, region: eu-cental-1 } }"))).toEqual(said);
  expect(told(manifest(none).replace("sqs: a,", "sqs: a, region: eu-cental-1,"))).toEqual(said);
});

test("a region that our list does not have is a warning, once wherever it is written, with the nearest of its area", () => {
  const grants =
    "grants: [{ sqs: a, account: dev, region: nz-north-1 }, { sqs: b, account: dev, region: eu-west-1 }]";
  const text = `${manifest("repos: [{ url: https://github.com/acme/a }, { url: https://github.com/acme/b }]")}
defaults: { ${grants} }`;
  const loaded = project(text.replace("eu-central-1", "eu-central-3"));
  const found = loaded.ok ? loaded.findings.filter(({ rule }) => rule === "N01") : [];
  expect(found.map(({ severity, path, remedy }) => [severity, path, remedy])).toEqual([
    ["warning", "accounts.dev.region", expect.stringMatching(/^did you mean eu-central-1\? /)],
    [
      "warning",
      "defaults.grants[0].region",
      expect.stringContaining("compare it with the regions that AWS lists"),
    ],
  ]);
});
