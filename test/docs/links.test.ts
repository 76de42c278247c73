import { existsSync } from "node:fs";
import { join } from "node:path";
import { anchors, links, pages, read, top } from "./markdown";

test.each(pages())("links of %s lead somewhere", (page) => {
  const dead = links(page).filter(
    ({ file, anchor }) =>
      !existsSync(join(top, file)) || (anchor !== undefined && !anchors(file).includes(anchor)),
  );
  expect(dead).toEqual([]);
});

test("every page can be reached from the README", () => {
  const reached = new Set(["README.md"]);
  for (const page of reached) for (const { file } of links(page)) if (file.endsWith(".md")) reached.add(file);
  expect(pages().filter((page) => !reached.has(page))).toEqual([]);
});

test("files of the project that pages name exist", () => {
  const named = pages().flatMap((page) =>
    [...read(page).matchAll(/`((?:\.ci|bench|docs|examples|scripts|src|test)\/[\w./-]+)`/g)].map(
      ([, file = ""]) => file,
    ),
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((file) => !existsSync(join(top, file)))).toEqual([]);
});
