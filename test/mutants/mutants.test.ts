import { matchesOf, openLaboratory, type Laboratory } from "../../scripts/mutantRun";
import { mutants } from "../../scripts/mutantTable";
import { full } from "../proof/settings";

/** The mistake that would let the most strangers in; `FULL=1` and `npm run mutants` try all. */
const sample = ["exact subjects are compared as patterns"];

describe("mutants of the code that decides who gets in", () => {
  it("are at least twenty-five, each of another name, and each changes text that is there once", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect(mutants.filter((mutant) => matchesOf(mutant) !== 1 || mutant.from === mutant.to)).toEqual([]);
  });

  describe("in a copy of the tree", () => {
    let laboratory: Laboratory;
    beforeAll(() => {
      laboratory = openLaboratory();
    });
    afterAll(() => {
      laboratory.remove();
    });

    const tried = mutants.filter(({ name }) => full || sample.includes(name));

    it("has a sample that is in the table", () => {
      expect(tried.length).toBeGreaterThanOrEqual(sample.length);
    });

    it.each(tried)(
      "$file: $name: is killed",
      async (mutant) => {
        expect(await laboratory.outcome(mutant)).toBe("killed");
      },
      200_000,
    );

    // Otherwise the same tests have just passed in the tree itself.
    if (full) {
      it("is fine without any", async () => {
        expect(await laboratory.outcome(null)).toBe("survived");
      }, 200_000);
    }
  });
});
