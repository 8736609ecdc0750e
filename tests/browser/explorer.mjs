// Swagger UI in Chromium, as a person uses it to try the service out.

import { chromium } from "playwright-core";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";

export function launchBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Opens an operation, fills in its body and parameters, and executes it. Resolves to the reply. */
export async function execute(page, operationId, body, parameters = {}) {
  const block = page.locator(`.opblock[id$="-${operationId}"]`);
  if (!(await block.evaluate((element) => element.classList.contains("is-open")))) {
    await block.locator(".opblock-summary-control").click();
  }
  if (body !== undefined) {
    await block.locator("textarea.body-param__text").fill(JSON.stringify(body));
  }
  for (const [name, value] of Object.entries(parameters)) {
    await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
  }
  const replied = page.waitForResponse((response) => response.request().resourceType() === "fetch");
  await block.locator("button.execute").click();
  const response = await replied;
  // Swagger UI shows the reply.
  await block.locator(".live-responses-table .response-col_status", { hasText: `${response.status()}` }).waitFor();
  const text = await response.text();
  return { status: response.status(), body: text ? JSON.parse(text) : undefined, block };
}
