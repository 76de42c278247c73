import { App } from "cdktf";
import { processIo } from "./src/cli/processIo";
import { runGuarded } from "./src/cli/runGuarded";
import { synthCommand } from "./src/cli/synth";
import { AccountStack } from "./src/constructs";

// What `cdktf synth`, `diff`, `deploy` and `destroy` run: see `app` in cdktf.json.
const io = processIo();
void runGuarded(io, () =>
  synthCommand(
    {
      write: (outdir, stacks) => {
        const app = new App({ outdir, stackTraces: false, hclOutput: false });
        for (const stack of stacks) new AccountStack(app, stack.name, stack);
        app.synth();
      },
    },
    io,
  ),
).then((status) => (process.exitCode = status));
