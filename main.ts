import { synthProject } from "./src/app";
import { processIo } from "./src/cli/processIo";
import { runGuarded } from "./src/cli/runGuarded";
import { readSettings } from "./src/cli/settings";
import { expectShortRun } from "./src/cli/shortRun";

// What `cdktf synth`, `diff`, `deploy` and `destroy` run: see `app` in cdktf.json.
expectShortRun();
const io = processIo();
void runGuarded(io, () => synthProject(readSettings({}, io.env), io)).then((status) => {
  process.exitCode = status;
});
