import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { accessPage, declaredAccess, rolePermissions } from "../../src/access";
import { accessibilityFindings, launch } from "../support/browser";
import { command } from "../support/folder";
import { testAccount, testModel, testRole } from "../support/model";
import { describeReal } from "../support/toolsTier";
import { pageParts } from "../../src/cli/access";

const repositories = Array.from(
  { length: 999 },
  (_, i) => `  - url: https://github.com/acme/app-${i}
    accounts: [${i % 4 === 0 ? "prod" : "dev"}]
    grants: [{ secret: app-${i}/db }${i % 100 === 0 ? ", { dynamodb: orders, access: write }" : ""}]
${i % 9 === 0 ? "    expires: 2020-01-01\n" : ""}`,
);
const manifest = `version: 1
accounts:
  dev: { id: "123456789012", region: eu-central-1 }
  prod: { id: "210987654321", region: eu-central-1 }
installations: { acme: { host: acme.gitpod.cloud } }
orgs: [{ url: https://github.com/acme, accounts: [dev], grants: [{ parameter: /shared/* }] }]
repos:
${repositories.join("")}`;

describeReal("the page of access in a browser", ["chromium"], ({ chromium }) => {
  let folder = "";
  let browser: Browser;
  let page: Page;
  const errors: string[] = [];
  const open = async (name: string, hash = "") => {
    await page.goto("about:blank");
    await page.goto(pathToFileURL(join(folder, name)).href + hash);
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gitpod-aws-oidc-page-"));
    writeFileSync(join(folder, "manifest.yaml"), manifest);
    const { status } = await command([
      ...["access", join(folder, "manifest.yaml"), "--format", "html", "--out", join(folder, "page.html")],
    ]);
    expect(status).toBe(0);
    browser = await launch(chromium);
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on("pageerror", (error) => errors.push(error.message));
    page.on("console", (message) => errors.push(message.text()));
    page.on("request", (request) => {
      if (!/^(file|about):/.test(request.url())) errors.push(request.url());
    });
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    expect(errors.splice(0)).toEqual([]);
  });

  const count = () => page.textContent("#count");
  const firstRole = () => page.textContent("tbody tr th");

  it("lists, searches, filters and sorts", async () => {
    const session = await page.context().newCDPSession(page);
    await session.send("Performance.enable", { timeDomain: "threadTicks" });
    await open("page.html");
    expect(await count()).toBe("1000 of 1000 roles, 100 shown");
    const { metrics } = await session.send("Performance.getMetrics");
    const worked = metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN;
    const opened = await page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd");
    process.stdout.write(
      `the page of 1,000 roles is open after ${Math.round(Number(opened))} ms, of which it worked ${Math.round(1000 * worked)} ms\n`,
    );
    await page.click("text=Show more");
    expect(await count()).toBe("1000 of 1000 roles, 200 shown");
    await page.fill("#search", "App-77/db");
    expect([await count(), await firstRole()]).toEqual(["1 of 1000 roles", "acme-acme-app-77"]);
    await page.click("text=Reset");
    await page.selectOption("select[name=account]", "prod");
    expect(await count()).toContain("250 of 1000 roles");
    await page.selectOption("select[name=access]", "write");
    expect(await count()).toBe("10 of 1000 roles");
    await page.click("text=Reset");
    await page.selectOption("select[name=ends]", "has ended");
    expect(await count()).toContain("111 of 1000 roles");
    await page.click("text=Reset");
    await page.click("#heads >> text=Role");
    await page.click("#heads >> text=Role");
    expect(await firstRole()).toBe("acme-acme-app-998");
    expect(await page.getAttribute("#heads th >> nth=0", "aria-sort")).toBe("descending");
    await page.screenshot({ path: join(folder, "list.png") });
  });

  it("shows a role with its policies and lines, and the picture leads both ways", async () => {
    await open("page.html");
    await page.fill("#search", "app-100/db");
    await page.click("tbody th a");
    expect(await page.textContent("#name")).toBe("acme-acme-app-100");
    const text = (await page.textContent("#focus")) ?? "";
    expect(text).toContain("  - url: https://github.com/acme/app-100");
    expect(text).toContain('"secretsmanager:GetSecretValue"');
    await page.click("svg text >> text=dynamodb orders");
    expect(await page.textContent("#name")).toBe("dynamodb orders");
    expect(await page.locator("svg a.role").count()).toBe(10);
    await page.click("svg a.entry text >> text=acme/app-200");
    expect(await page.textContent("#name")).toBe("https://github.com/acme/app-200");
    expect(await page.locator("svg a.resource").allTextContents()).toHaveLength(2);
    await page.screenshot({ path: join(folder, "picture.png") });
    await page.goBack();
    expect(await page.textContent("#name")).toBe("dynamodb orders");
    await page.click("text=All roles");
    expect(await page.isVisible("#rows")).toBe(true);
  });

  it("works by keyboard alone", async () => {
    await open("page.html");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent")).toBe("To the roles");
    await page.focus("#search");
    await page.keyboard.type("app-3/db");
    await page.focus("tbody th a");
    await page.keyboard.press("Enter");
    expect(await page.textContent("#name")).toBe("acme-acme-app-3");
    expect(await page.evaluate("document.activeElement.id")).toBe("name");
    await page.focus("svg a.resource");
    await page.keyboard.press("Enter");
    expect(await page.textContent("#name")).toBe("secret app-3/db");
  });

  it.each([
    ["", "light", 1280],
    ["", "dark", 360],
    ["#role=1", "dark", 1280],
    ["#resource=1", "light", 360],
  ] as const)(
    "has no finding of axe, at %j in %s, %i wide, and does not scroll sideways",
    async (hash, scheme, width) => {
      await page.emulateMedia({ colorScheme: scheme });
      await page.setViewportSize({ width, height: 800 });
      await open("page.html", hash);
      expect(await accessibilityFindings(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    },
  );

  it("prints", async () => {
    await page.setViewportSize({ width: 1280, height: 900 });
    await open("page.html");
    await page.emulateMedia({ media: "print" });
    expect(await page.isVisible("#filters")).toBe(false);
    const pdf = await page.pdf();
    expect(pdf.length).toBeGreaterThan(20_000);
    await page.emulateMedia({ media: "screen" });
  });

  it("shows hostile names as text", async () => {
    const name = `<img src=x onerror="document.title='bad'">\u202egnp.${"x".repeat(10_000)}`;
    const { roles } = declaredAccess(
      testModel([testAccount({ name, roles: [testRole("app", { account: name })] })]),
    );
    const shown = roles.map((role) => ({
      ...{ role, may: () => rolePermissions(role) },
      ...{ line: 1, lines: () => [name] },
    }));
    writeFileSync(join(folder, "hostile.html"), accessPage(shown, name, pageParts()));
    for (const hash of ["", "#role=0", "#account=0", "#resource=0"]) {
      await open("hostile.html", hash);
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(1280);
      expect(await page.textContent("body")).toContain("\\u202egnp");
    }
  });
});
