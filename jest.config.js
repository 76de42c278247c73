/** @type {import("jest").Config} */
module.exports = {
  // The machine is there for the tests: the default leaves a core idle, which is half of two.
  maxWorkers: "100%",
  roots: ["<rootDir>/test"],
  testEnvironment: "node",
  transform: {
    "^.+\\.(t|j)s$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }],
  },
  // These are published as ES modules only.
  transformIgnorePatterns: ["/node_modules/(?!(jose|unbash)/)"],
  moduleNameMapper: {
    "^(\\.{1,2}/.*)\\.js$": "$1",
    // zod's messages in fifty languages, which nothing here asks for, and each test file would load.
    "^\\.\\./locales/index\\.cjs$": "<rootDir>/node_modules/zod/v4/locales/en.cjs",
  },
  // A busy machine is no failure: a test that hangs still ends.
  testTimeout: 900_000,
  // Nor is a worker that takes a second to end.
  workerGracefulExitTimeout: 10_000,
};
