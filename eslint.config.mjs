import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { rooms } from "./eslint.rooms.mjs";

const barrel = {
  name: "@cdktf/provider-aws",
  message: "import @cdktf/provider-aws/lib/<resource>: the barrel loads 2,212 modules",
};
const cdktf = {
  regex: "^(cdktf|constructs|@cdktf/.*)$",
  message: "cdktf is known to src/constructs and main.ts only",
};
const disk = {
  regex: "^node:(fs|fs/promises|http|https|child_process|os|process)$",
  message: "only src/cli touches disk, environment, clock or network",
};

const roomRules = Object.entries(rooms).map(([room, allowed]) => {
  const others = [...Object.keys(rooms), "cli"].filter((r) => r !== room && !allowed.includes(r));
  const wrongRoom = {
    regex: `^\\.\\./(${others.join("|")})(/|$)|^\\.\\./index$`,
    message: `src/${room} may import ${allowed.join(", ") || "nothing of ours"}`,
  };
  const patterns = room === "constructs" ? [wrongRoom, disk] : [wrongRoom, disk, cdktf];
  return {
    files: [`src/${room}/**/*.ts`],
    rules: {
      "no-restricted-imports": ["error", { paths: [barrel], patterns }],
      "no-restricted-globals": ["error", { name: "process", message: disk.message }],
      "no-restricted-properties": ["error", { object: "Date", property: "now", message: disk.message }],
    },
  };
});

export default tseslint.config(
  { ignores: ["dist/", "cdktf.out/", "coverage/", "node_modules/"] },
  js.configs.recommended,
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "no-restricted-imports": ["error", { paths: [barrel] }],
    },
  },
  {
    files: ["src/cli/**/*.ts", "src/index.ts"],
    rules: { "no-restricted-imports": ["error", { paths: [barrel], patterns: [cdktf] }] },
  },
  ...roomRules,
  {
    files: ["templates/access/*.js"],
    languageOptions: {
      sourceType: "script",
      globals: Object.fromEntries(
        [...["document", "location", "Node", "matchMedia", "addEventListener", "scrollTo", "FormData"]].map(
          (name) => [name, "readonly"],
        ),
      ),
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    languageOptions: {
      globals: { module: "writable", require: "readonly", process: "readonly", console: "readonly" },
    },
  },
);
