// Runs at the end of `npm ci` in a clone, so that `npx gitpod-aws-oidc` is there. What is packed has no such script: npm
// would warn whoever installs it. `npm pack` builds by itself.
import { execSync } from "node:child_process";
import { existsSync } from "node:fs";

// `npm ci --omit=dev` installs no compiler, and `--omit=optional` no esbuild that works.
const isThere = ["typescript", "esbuild", "@esbuild"].every((name) => existsSync(`node_modules/${name}`));
if (process.env.npm_command !== "pack" && isThere) {
  execSync("npm run -s build", { stdio: "inherit" });
  // The cdktf command has no binaries for a later Node.
  const { node } = process.versions;
  if (Number(node.split(".")[0]) > 22)
    console.log(`Node ${node}: npx cdktf needs Node 20 or 22; run instead: npx gitpod-aws-oidc synth`);
}
