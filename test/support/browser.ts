import { readFileSync } from "node:fs";
import { chromium, type Browser, type Page } from "playwright-core";

/** A browser without network, for pages of the disk. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      ...[
        "--headless",
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
      ],
      ...["--disable-component-update", "--disable-sync"],
    ],
  });
}

/** What axe-core finds on a page. */
export async function accessibilityFindings(page: Page): Promise<readonly string[]> {
  // Not as an element of the page, whose policy would refuse it.
  await page.evaluate(readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"));
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      readonly axe: { run(): Promise<{ readonly violations: readonly { readonly id: string }[] }> };
    };
    return (await axe.run()).violations.map(({ id }) => id);
  });
}
