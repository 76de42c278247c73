import { quote } from "../../diagnostics";
import type { AccessModel } from "../../model/accessModel";
import type { DeployedStack } from "../../model/deployed";
import { isShardName, stacksOf, type Stack } from "../../model/shards";
import { rulesOf, type Observation, type Rule } from "../rule";

const moveState =
  'move their state before you deploy, as "Changing the number of shards" in docs/deploying.md says';

/** Rules about what a deploy takes away. */
export const destroyedRules: readonly Rule[] = rulesOf({
  // The walker applies it.
  P06: {
    severity: "warning",
    title: "deploying destroys what the last synth wrote, or loses sight of it",
    why: "whoever still logs in by it is refused, and the sessions of a role that is destroyed lose their permissions",
    remedy: "put what the message names back, unless it is meant to go or was never deployed",
  },
});

/** What deploying a model takes away, after what the last synth wrote, or a state holds. */
export function destroyed(last: readonly DeployedStack[], model: AccessModel): readonly Observation[] {
  const stacks = model.accounts.flatMap(stacksOf);
  return last.flatMap((before) => {
    const now = stacks.find(({ name }) => name === before.name);
    return now === undefined ? goneStack(before, model) : changedStack(before, now, stacks, model);
  });
}

/** A stack that no account has any more: Terraform destroys nothing of it, and nobody can deploy it. */
function goneStack(
  { name, roles, providerNames }: DeployedStack,
  model: AccessModel,
): readonly Observation[] {
  const owner = model.accounts.find((account) => isShardName(name, account.name));
  if (owner !== undefined && roles.length > 0) {
    const message = `the stack ${quote(name)} is no longer declared, and its roles are still in AWS; if it was a shard, other stacks of account ${quote(owner.name)} have its roles now`;
    return [{ message, origin: owner.origin, remedy: moveState }];
  }
  const made = [...rolesText(roles), ...providerNames.map(providerText)];
  if (made.length === 0) return [];
  return [
    {
      message: `the account ${quote(name)} is no longer declared: Terraform destroys nothing of it, and what it made stays in AWS: ${made.join(", ")}`,
      remedy: `put the account back, synthesize, destroy it (npx cdktf destroy ${name}), then remove it: see "Removing" in docs/deploying.md`,
      origin: { file: model.manifestName, path: ["accounts"] },
    },
  ];
}

function changedStack(
  before: DeployedStack,
  { name, account }: Stack,
  stacks: readonly Stack[],
  { installations }: AccessModel,
): readonly Observation[] {
  const { origin } = account;
  const say = (destroyed: readonly string[], then = "", remedy?: string): readonly Observation[] =>
    destroyed.map((what) => ({
      message: `deploying ${quote(name)} destroys ${what}${then}`,
      ...{ origin, remedy },
    }));
  const paths = new Map(account.roles.map((role) => [role.name, role.path]));
  const others = stacks.filter((stack) => stack.account.id === account.id && stack.name !== name);
  const elsewhere = new Set(others.flatMap((stack) => stack.account.roles.map((role) => role.name)));
  const gone = before.roles.filter((role) => !paths.has(role.name));
  const moved = before.roles.filter((role) => (paths.get(role.name) ?? role.path) !== role.path);
  // Terraform lets go of the identity provider of an installation that no role of the account uses.
  const kept = [...account.identityProviders, ...installations].map(({ providerName }) => providerName);
  const lost = before.providerNames.filter((providerName) => !kept.includes(providerName));
  const again = gone.filter((role) => elsewhere.has(role.name));
  const away = gone.filter((role) => !elsewhere.has(role.name));
  return [
    ...say(rolesText(again), ", which other stacks of the account make again", moveState),
    ...say(rolesText(away)),
    ...say(
      rolesText(moved),
      " and makes it again, because its path changes",
      "keep the path, or deploy when nobody needs the role",
    ),
    ...say(
      lost.map(providerText),
      ": every role of the account that trusts it, whoever made it, refuses all logins",
      "to keep it, leave the installation in the manifest with this issuer, even without entries: Terraform then stops managing the identity provider and does not delete it",
    ),
  ];
}

/** `the role "a"`, `the roles "a", "b"`; nothing of none. */
function rolesText(roles: DeployedStack["roles"]): readonly string[] {
  const unique = [...new Set(roles.map(({ name }) => name))].sort();
  if (unique.length === 0) return [];
  return [`the role${unique.length === 1 ? "" : "s"} ${unique.map(quote).join(", ")}`];
}

function providerText(providerName: string): string {
  return `the identity provider of ${quote(`https://${providerName}`)}`;
}
