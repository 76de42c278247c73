import type { AccessModel, Account } from "../model/accessModel";
import { deployPolicy } from "../terraform/deployPolicy";
import { CommandError, unknownName } from "./commandError";
import type { CommandIo, ExitCode, Options } from "./io";
import { readSound } from "./project";
import { readSettings } from "./settings";

/** The command line of `deploy-policy`. */
export type DeployPolicyArguments = Options<"manifest" | "account"> & { readonly plan: boolean };

/** `deploy-policy`: what whoever applies, or only plans, may do in an account. What it cannot know goes to stderr. */
export function deployPolicyCommand(given: DeployPolicyArguments, io: CommandIo): ExitCode {
  const project = readSound(readSettings(given, io.env).manifest, io);
  if (project === null) return 2;
  const { document, notes } = deployPolicy(chosen(given.account, project.model), given.plan);
  io.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  for (const note of notes) io.stderr.write(`note: ${note}\n`);
  return 0;
}

function chosen(wanted: string | undefined, { accounts }: AccessModel): Account {
  const names = accounts.map(({ name }) => name);
  const [first] = accounts;
  if (wanted === undefined) {
    if (first !== undefined && accounts.length === 1) return first;
    throw new CommandError(
      `the manifest has ${accounts.length} accounts`,
      `add --account ${names.join(" or ")}`,
    );
  }
  const account = accounts.find(({ name, id }) => name === wanted || id === wanted);
  if (account === undefined) throw unknownName("account", wanted, names);
  return account;
}
