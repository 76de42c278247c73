import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const root = join(__dirname, "..");

/** Every TypeScript file of src/ and main.ts, with the modules that it imports: ours as paths, others by name. */
function importGraph(): ReadonlyMap<string, readonly string[]> {
  const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join("src", file));
  const files = new Set([...sources, "main.ts"]);
  const graph = new Map<string, readonly string[]>();
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    const found = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, name = ""]) => {
      if (!name.startsWith(".")) return name;
      const path = relative(root, join(root, dirname(file), name.replace(/\.js$/, "")));
      return files.has(`${path}.ts`) ? `${path}.ts` : join(path, "index.ts");
    });
    graph.set(file, found);
  }
  return graph;
}

const graph = importGraph();
const ours = (names: readonly string[]) => names.filter((name) => graph.has(name));
const roomOf = (file: string) => /^src\/([a-z]+)\//.exec(file)?.[1];

describe("the rooms", () => {
  it("import no cycle", () => {
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      expect([file, path.includes(file) ? [...path.slice(path.indexOf(file)), file] : "no cycle"]).toEqual([
        file,
        "no cycle",
      ]);
      if (done.has(file)) return;
      for (const next of ours(graph.get(file) ?? [])) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
    expect(done.size).toBeGreaterThan(50);
  });

  it("import what the table of lint allows, and nothing else of ours", () => {
    // The table is an ES module; what it holds is data, so its text is enough.
    const table = readFileSync(join(root, "eslint.rooms.mjs"), "utf8");
    for (const [file, imports] of graph) {
      const room = roomOf(file);
      if (room === undefined || room === "cli") continue;
      const [, allowed = ""] = new RegExp(`\\b${room}: \\[([^\\]]*)\\]`).exec(table) ?? [];
      for (const other of ours(imports)) {
        const to = roomOf(other);
        if (to === room) continue;
        expect([file, other, allowed.includes(`"${to ?? "the top"}"`)]).toEqual([file, other, true]);
      }
    }
  });

  it("are entered by their index, where it exports a file", () => {
    const doors = [...graph.keys()].filter((file) => /^src\/[a-z]+\/index\.ts$/.test(file));
    const exported = doors.flatMap((door) =>
      [...readFileSync(join(root, door), "utf8").matchAll(/^export (?!type)[^;]*? from "\.\/(\w+)";$/gm)].map(
        ([, name = ""]) => join(dirname(door), `${name}.ts`),
      ),
    );
    expect(exported.length).toBeGreaterThan(40);
    for (const [file, imports] of graph) {
      const past = imports.filter((other) => exported.includes(other) && roomOf(other) !== roomOf(file));
      expect([file, past]).toEqual([file, []]);
    }
  });

  it("know cdktf in constructs and main.ts only, and never the provider's barrel", () => {
    for (const [file, imports] of graph) {
      const cdktf = imports.filter((name) => /^(cdktf|constructs|@cdktf\/.*)$/.test(name));
      if (!/^(src\/constructs\/.*|main\.ts)$/.test(file)) expect([file, cdktf]).toEqual([file, []]);
      expect(cdktf).not.toContain("@cdktf/provider-aws");
    }
  });

  it("of the core touch no disk, environment, clock or network", () => {
    for (const [file, imports] of graph) {
      const room = roomOf(file);
      if (room === undefined || room === "cli") continue;
      const outside = imports.filter((name) => /^node:(fs|http|https|child_process|os|process)/.test(name));
      expect([file, outside]).toEqual([file, []]);
      expect([
        file,
        /\bprocess\.|\bDate\.now|new Date\(\)|\bfetch\(/.exec(readFileSync(join(root, file), "utf8"))?.[0],
      ]).toEqual([file, undefined]);
    }
  });
});

test("main.ts has at most 20 lines", () => {
  expect(readFileSync(join(root, "main.ts"), "utf8").split("\n").length).toBeLessThanOrEqual(21);
});
