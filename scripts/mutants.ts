import { openLaboratory, placesOf, type Laboratory, type Outcome } from "./mutantRun";
import { mutants, type Mutant } from "./mutantTable";

/*
 * Tries every mutant of the code that decides who gets in, two at a time, each in a copy of the tree: `npm run mutants`.
 * Exit status 1 where one survives, or where its text is no longer in the code.
 */

const parallel = 2;

async function work(laboratory: Laboratory, queue: Mutant[], outcomes: Map<Mutant, Outcome>): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const outcome = await laboratory.outcome(mutant);
    outcomes.set(mutant, outcome);
    process.stdout.write(`${outcome.padEnd(9)} ${mutant.room}: ${mutant.name}\n`);
  }
}

async function main(): Promise<void> {
  for (const mutant of mutants.filter((m) => placesOf(m).length !== 1)) {
    process.stdout.write(`stale     ${mutant.room}: ${mutant.name}: its text must be there once\n`);
    process.exitCode = 1;
  }
  const laboratories = Array.from({ length: parallel }, () => openLaboratory());
  try {
    const [first] = laboratories;
    if ((await first?.outcome(null)) !== "survived") throw new Error("the tests fail without any mutant");
    const queue = [...mutants];
    const outcomes = new Map<Mutant, Outcome>();
    await Promise.all(laboratories.map((laboratory) => work(laboratory, queue, outcomes)));
    const killed = [...outcomes.values()].filter((outcome) => outcome === "killed").length;
    process.stdout.write(`${killed} of ${mutants.length} mutants killed\n`);
    if (killed < mutants.length) process.exitCode = 1;
  } finally {
    for (const laboratory of laboratories) laboratory.remove();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 2;
});
