import { openLaboratory, placesOf, type Laboratory } from "../../scripts/mutantRun";
import { mutants } from "../../scripts/mutantTable";

describe("mutants of the code that decides who gets in", () => {
  it("are at least twenty-five, each of another name, and each changes text that is there once", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    const places = mutants.map((mutant) => [mutant.name, placesOf(mutant).length]);
    expect(places.filter(([, count]) => count !== 1)).toEqual([]);
    expect(mutants.filter(({ from, to }) => from === to)).toEqual([]);
  });

  // Each runs many tests again, a quarter of an hour in all: `npm run mutants` does the same.
  (process.env["MUTANTS"] === "1" ? describe : describe.skip)("in a copy of the tree", () => {
    let laboratory: Laboratory;
    beforeAll(() => {
      laboratory = openLaboratory();
    });
    afterAll(() => {
      laboratory.remove();
    });

    it("without any, all is fine", async () => {
      expect(await laboratory.outcome(null)).toBe("survived");
    }, 700_000);

    it.each(mutants)(
      "$room: $name: is killed",
      async (mutant) => {
        expect(await laboratory.outcome(mutant)).toBe("killed");
      },
      700_000,
    );
  });
});
