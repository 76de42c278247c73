// What each room of src/ may import of ours. Lint and test/architecture.test.ts both read this table.
export const rooms = Object.freeze({
  diagnostics: [],
  model: [],
  manifest: ["diagnostics"],
  subject: ["model"],
  policy: ["subject", "model"],
  resolve: ["manifest", "subject", "policy", "model", "diagnostics"],
  documents: ["diagnostics", "model", "policy", "subject", "workspace"],
  rules: ["model", "policy", "subject", "diagnostics"],
  workspace: ["manifest", "model", "policy", "subject", "diagnostics"],
  access: ["model", "policy", "subject", "documents", "rules", "diagnostics"],
  explain: ["documents", "model", "policy", "subject", "diagnostics"],
  terraform: ["model", "policy"],
  constructs: ["manifest", "model", "subject", "policy", "rules", "diagnostics", "terraform"],
});

/** The rooms, and the files beside them, that may import cdktf. */
export const cdktfRooms = Object.freeze(["src/constructs/**", "main.ts"]);
