import type { AccessModel } from "../../src/model/accessModel";

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
      Description: role.description,
      MaxSessionDuration: role.maxSessionDuration,
      AssumeRolePolicyDocument: role.trustPolicy,
      InstanceProfileList: [],
      RolePolicyList:
        role.permissionPolicy === null
          ? []
          : [{ PolicyName: "gitpod", PolicyDocument: role.permissionPolicy }],
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
