import { App } from "cdktf";
import { processIo } from "./src/cli/processIo";
import { runGuarded } from "./src/cli/commandError";
import { synthCommand } from "./src/cli/synth";
import type { StackWriter } from "./src/cli/stackFolder";
import { AccountStack } from "./src/constructs";

const write: StackWriter = (outdir, stacks) => {
  const app = new App({ outdir, stackTraces: false, hclOutput: false });
  for (const stack of stacks) new AccountStack(app, stack.name, stack);
  app.synth();
};

// What `cdktf synth`, `diff`, `deploy` and `destroy` run: see `app` in cdktf.json.
void runGuarded(processIo(), (io) => synthCommand({ write }, io)).then(
  (status) => (process.exitCode ??= status),
);
