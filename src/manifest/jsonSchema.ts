import { z } from "zod";
import { manifestSchema } from "./schema";

/** The manifest's JSON Schema (draft 7) for editors: text of a file, always the same bytes. */
export function manifestJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(manifestSchema, { io: "input", target: "draft-7" });
  const schema = {
    $schema,
    title: "gitpod-aws-oidc manifest",
    description: "Which Gitpod workspaces may enter which AWS accounts, and what they may do there.",
    ...rest,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
