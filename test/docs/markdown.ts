import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** The project's top folder. */
export const top = join(__dirname, "..", "..");

/** Paths of all pages of the project, below its top folder. */
export function pages(): readonly string[] {
  const folders = ["docs", "examples"].flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)),
  );
  return [...readdirSync(top), ...folders].filter(
    (name) => name.endsWith(".md") && !name.includes("node_modules"),
  );
}

/** The text of a file of the project. */
export function read(file: string): string {
  return readFileSync(join(top, file), "utf8");
}

/** A fenced block of a page. */
export interface Fenced {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a text, in its order. */
export function fenced(text: string): readonly Fenced[] {
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = "", body = ""]) => ({
    language,
    text: body,
  }));
}

/** A relative link: the file that it leads to, below the top folder, and the anchor there. */
export interface Link {
  readonly file: string;
  readonly anchor: string | undefined;
}

/** The relative links of a page. Those of code are none. */
export function links(page: string): readonly Link[] {
  const prose = read(page)
    .replace(/^```.*?^```$/gms, "")
    .replace(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", anchor] = target.split("#");
      return { file: path === "" ? page : normalize(join(dirname(page), path)), anchor };
    });
}

/** The anchors that GitHub gives the headings of a page. */
export function anchors(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
}
