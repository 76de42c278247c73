import type { Path, Problem } from "../diagnostics/diagnostic";
import { pathText, quote } from "../diagnostics/quote";
import type { ExaminedFile } from "./examinedFile";
import { didYouMean, meantKey, ownerOf } from "./meant";
import { manifestSchema } from "./schema";
import { keysAt } from "./schemaShape";

type Explained = Pick<Problem, "code" | "message" | "remedy">;

/** Keys that are right elsewhere: by where somebody may expect them, with what to say about it. */
const misplaced: readonly {
  readonly keys: readonly string[];
  readonly below: RegExp;
  readonly message: string;
  readonly remedy: string;
}[] = Object.freeze([
  {
    keys: ["url", "name", "adopt", "project"],
    below: /^defaults$/,
    message: "belongs to a single entry; defaults hold for all of them",
    remedy: "write it in the entries of orgs and repos that it is meant for",
  },
  {
    keys: ["project"],
    below: /^orgs\[\d+\]$/,
    message: "is for repos: tokens of Ona name a project, and no organization of a host",
    remedy: "make an entry in repos for the repository of each project",
  },
  {
    keys: ["contexts"],
    below: /^orgs\[\d+\]$/,
    message: "is for repos: an org admits every workspace of every repository",
    remedy: "take it out, or make an entry in repos for each repository",
  },
]);

/** The problem of a key that the map at `path` may not have. */
export function unknownKey(key: string, path: Path, examined: ExaminedFile): Problem {
  const origin = { file: examined.file, path: [...path, key] };
  return { ...explain(key, path, examined), origin, at: "key" };
}

function explain(key: string, path: Path, examined: ExaminedFile): Explained {
  const { schema, included } = examined;
  const place = pathText(path);
  const name = `${place === "" ? "" : `${place}: `}${quote(key)}`;
  if (included && path.length === 0 && Object.hasOwn(manifestSchema.shape, key))
    return {
      code: "M08",
      message: `${name} belongs to the main manifest; allowed in an included file: orgs, repos`,
      remedy: key === "include" ? "include the file from the main manifest" : "move it to the main manifest",
    };
  const elsewhere = misplaced.find(({ keys, below }) => keys.includes(key) && below.test(place));
  if (elsewhere !== undefined)
    return { code: "M01", message: `${name} ${elsewhere.message}`, remedy: elsewhere.remedy };
  const allowed = keysAt(schema, path);
  const unknown = `${place === "" ? "" : `${place}: `}unknown key ${quote(key)}`;
  const message = `${unknown}; allowed: ${allowed.join(", ")}`;
  const meant = meantKey(key, path, allowed, examined);
  if (meant !== undefined) return { code: "M01", message, remedy: didYouMean(meant.yaml) };
  const owner = ownerOf(key, path);
  if (owner === undefined) return { code: "M01", message, remedy: "take it out" };
  return { code: "M01", message: `${unknown}; it belongs to ${owner.noun}`, remedy: owner.remedy };
}
