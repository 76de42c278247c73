import type { AccessModel } from "../../src/model/accessModel";
import { roleArn } from "../../src/model/names";
import { testAccount, testModel, testRole } from "./model";
import { testExport, testLogin, testSnippet } from "./snippet";

/** The repository that linted files are in. */
export const lintedRepository = "https://github.com/acme/app";

const app = testRole("app");

/** Two accounts: in `dev` a role for the repository and one for another, in `prod` one more for the repository. */
export const lintedModel: AccessModel = {
  ...testModel([
    testAccount({ roles: [app, testRole("other")] }),
    testAccount({
      name: "prod",
      id: "210987654321",
      roles: [
        { ...app, name: "app-prod", account: "prod", arn: roleArn("aws", "210987654321", "/", "app-prod") },
      ],
    }),
  ]),
  snippets: [
    testSnippet({ logins: [testLogin({ roleArn: app.arn, exports: [testExport("DATABASE_URL")] })] }),
  ],
};
