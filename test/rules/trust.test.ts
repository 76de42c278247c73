import { rules } from "../../src/rules";
import { aboveInfo, fixtureNames, judge, readFixture } from "./trustFixture";

/** T68 is about a key of the manifest: what T50 and T51 are for a policy. */
const judged = rules.filter(
  ({ id, trust, admission, providers }) =>
    id === "T11" || (id !== "T68" && (trust ?? admission ?? providers)),
);
const names = fixtureNames("trust");

describe("every rule on trust policies and identity providers", () => {
  it("has a failing and a passing fixture, and no fixture is of another rule", () => {
    const expected = judged.flatMap(({ id }) => [`${id}.fail`, `${id}.pass`]);
    expect([...names]).toEqual([...expected].sort());
  });

  it.each(judged.map((rule) => [rule.id, rule] as const))(
    "%s: the failing one yields that id, and no other above info",
    (id, rule) => {
      const found = judge(readFixture("trust", `${id}.fail`));
      expect(aboveInfo(found)).toEqual(rule.severity === "info" ? [] : [id]);
      const own = found.filter((s) => s.rule === id);
      expect(own.length).toBeGreaterThan(0);
      expect(own.map((s) => s.severity)).toContain(rule.severity);
    },
  );

  it.each(judged.map((rule) => [rule.id] as const))(
    "%s: the passing one does not, and has nothing above info",
    (id) => {
      const found = judge(readFixture("trust", `${id}.pass`));
      expect(aboveInfo(found)).toEqual([]);
      expect(found.filter((s) => s.rule === id)).toEqual([]);
    },
  );

  it("every message names its statement or provider, begins small and has no final period", () => {
    for (const name of names) {
      for (const { message, remedy } of judge(readFixture("trust", name))) {
        expect(message).toMatch(/^(statement \d|identity provider|another identity|the |Statement|")/);
        expect(message).not.toMatch(/\.$/);
        expect(remedy.length).toBeGreaterThan(5);
      }
    }
  });
});

describe("trust policies that are right, and look suspicious", () => {
  const right = fixtureNames("right", "trust-");

  it("are at least twelve", () => {
    expect(right.length).toBeGreaterThanOrEqual(12);
  });

  it.each(right)("%s has nothing above info, and says why", (name) => {
    const fixture = readFixture("right", name);
    expect(fixture.why).toBeTruthy();
    expect(judge(fixture).filter((s) => s.severity !== "info")).toEqual([]);
  });
});
