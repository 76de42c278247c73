import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/*
 * The floor: the same output, stringified and written, and nothing else. The output of a synth in the folder of the
 * first argument is read before the clock starts, and written below the working directory.
 */

const source = process.argv[2];
if (source === undefined) throw new Error("usage: floor FOLDER");

const files = ["cdktf.out", "snippets"].flatMap((folder) =>
  readdirSync(join(source, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)),
);
const contents = files.map((file): readonly [string, unknown] => {
  const text = readFileSync(file, "utf8");
  return [file.slice(source.length + 1), file.endsWith(".tf.json") ? (JSON.parse(text) as unknown) : text];
});

const before = process.cpuUsage();
const start = performance.now();
for (const [file, content] of contents) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content, null, 2));
}
const { user, system } = process.cpuUsage(before);
console.log(JSON.stringify({ cpu: (user + system) / 1e6, wall: (performance.now() - start) / 1000 }));
