/** @type {import("jest").Config} */
module.exports = {
  roots: ["<rootDir>/test"],
  testEnvironment: "node",
  transform: {
    "^.+\\.(t|j)s$": ["@swc/jest", { jsc: { target: "es2023", parser: { syntax: "typescript" } } }],
  },
  // jose is published as an ES module only.
  transformIgnorePatterns: ["/node_modules/(?!jose/)"],
  moduleNameMapper: { "^(\\.{1,2}/.*)\\.js$": "$1" },
  testTimeout: 20000,
};
