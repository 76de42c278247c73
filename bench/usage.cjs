// Preloaded into a process under test: writes what it used to the file that BENCH_USAGE names.
const { performance } = require("node:perf_hooks");
const process = require("node:process");
const { writeFileSync } = require("node:fs");
const begin = performance.now();
process.on("exit", () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  writeFileSync(
    process.env.BENCH_USAGE,
    JSON.stringify({
      cpu: (userCPUTime + systemCPUTime) / 1e6,
      wall: (performance.now() - begin) / 1000,
      megabytes: maxRSS / 1024,
    }),
  );
});
