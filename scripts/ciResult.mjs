// Prints `N passed, N failed`, and the number of skipped ones if any, from the JSON that jest wrote. A suite that did
// not even run counts as a failed test, and so does a missing file: jest did not come to its end.
import { readFileSync } from "node:fs";

function read(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 1 };
  }
}

const result = read(process.argv[2]);
const failed = result.numFailedTests + result.numRuntimeErrorTestSuites;
const skipped = (result.numPendingTests ?? 0) + (result.numTodoTests ?? 0);
console.log(`${result.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
