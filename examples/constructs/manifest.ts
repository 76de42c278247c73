import { App } from "cdktf";
import { AccountStack, loadManifest } from "gitpod-aws-oidc";

const app = new App({ stackTraces: false });
for (const stack of loadManifest("manifest.yaml").stacks) new AccountStack(app, stack.name, stack);
app.synth();
