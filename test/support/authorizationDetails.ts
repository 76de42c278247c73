import type { AccessModel } from "../../src/model/accessModel";

/** The roles of a model as `aws iam list-roles` shows them. */
export function roleList(model: AccessModel): object {
  return {
    Roles: model.accounts
      .flatMap((account) => account.roles)
      .map((role) => ({
        Path: role.path,
        RoleName: role.name,
        Arn: role.arn,
        AssumeRolePolicyDocument: role.made.trustPolicy,
        Description: role.description,
        MaxSessionDuration: role.maxSessionDuration,
      })),
  };
}

/** The roles of a model as `aws iam get-account-authorization-details` shows them. */
export function accountDetails(model: AccessModel): object {
  const roles = model.accounts.flatMap((account) => account.roles);
  return {
    UserDetailList: [],
    GroupDetailList: [],
    RoleDetailList: roles.map((role) => ({
      Path: role.path,
      RoleName: role.name,
      RoleId: "AROAEXAMPLE",
      Arn: role.arn,
      AssumeRolePolicyDocument: role.made.trustPolicy,
      InstanceProfileList: [],
      RolePolicyList:
        role.made.permissionPolicy === null
          ? []
          : [{ PolicyName: "gitpod", PolicyDocument: role.made.permissionPolicy }],
      AttachedManagedPolicies: role.managedPolicies.map((arn) => ({
        PolicyName: arn.split("/").at(-1),
        PolicyArn: arn,
      })),
      ...(role.permissionsBoundary === null
        ? {}
        : {
            PermissionsBoundary: {
              PermissionsBoundaryType: "Policy",
              PermissionsBoundaryArn: role.permissionsBoundary,
            },
          }),
      Tags: Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value })),
    })),
    Policies: [],
  };
}
