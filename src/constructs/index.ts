export { AccountStack, type AccountStackProps } from "./accountStack";
export {
  GitpodIdentityProvider,
  type ExistingIdentityProvider,
  type FromAccountProps,
  type GitpodIdentityProviderProps,
  type WorkspaceIdentityProvider,
} from "./gitpodIdentityProvider";
export { GitpodWorkspaceRole, type GitpodWorkspaceRoleProps } from "./gitpodWorkspaceRole";
export type { GrantLocation, WorkspaceGrant } from "./grantProps";
export type { AcceptedFinding } from "./roleFindings";
export type { RoleProps, RoleSettings, WorkspaceOf } from "./roleProps";
