import { catalogueJson, catalogueJsonOwnership } from "../../../src/workspace/render/catalogue";
import { testExport, testLogin, testSnippet } from "../../support/snippet";

const json = catalogueJson([testSnippet({ logins: [testLogin({ exports: [testExport("DATABASE_URL")] })] })]);

describe("the index of a folder of snippets", () => {
  it("lists every snippet for programs", () => {
    expect(JSON.parse(json)).toMatchObject({
      snippets: [{ url: testSnippet().url, task: "aws", logins: [{ exports: ["DATABASE_URL"] }] }],
    });
  });

  it("is known again, and so is one that somebody edited", () => {
    expect(catalogueJsonOwnership(json)).toBe("ours");
    expect(catalogueJsonOwnership(json.replace("DATABASE_URL", "OTHER"))).toBe("edited");
    expect(catalogueJsonOwnership("{}")).toBe("foreign");
    expect(catalogueJsonOwnership("not JSON")).toBe("foreign");
  });
});
