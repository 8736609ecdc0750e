// Swagger UI as an explorer uses it: sign up, log in, authorize, try /me.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";

import { startServer } from "./server.mjs";

const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const OUTPUT = new URL("output/", import.meta.url);

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await chromium.launch({
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
  await mkdir(OUTPUT, { recursive: true });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Opens an operation, fills its body in, executes it; resolves to status and body. */
async function execute(page, operationId, body) {
  const block = page.locator(`.opblock[id$="-${operationId}"]`);
  if (!(await block.evaluate((element) => element.classList.contains("is-open")))) {
    await block.locator(".opblock-summary-control").click();
  }
  if (body !== undefined) {
    await block.locator("textarea.body-param__text").fill(JSON.stringify(body));
  }
  const replied = page.waitForResponse((response) => response.request().resourceType() === "fetch");
  await block.locator("button.execute").click();
  const response = await replied;
  // Swagger UI shows what came back.
  await block.locator(".live-responses-table .response-col_status", { hasText: `${response.status()}` }).waitFor();
  const text = await response.text();
  return { status: response.status(), body: text ? JSON.parse(text) : undefined, block };
}

async function authorize(page, token) {
  await page.locator(".auth-wrapper > .btn.authorize").click();
  await page.locator(".auth-container input").fill(token);
  await page.locator(".auth-btn-wrapper .authorize").click();
  await page.locator(".auth-btn-wrapper .btn-done").click();
}

test("sign up, log in, authorize, read and change oneself, reload, still authorized", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1100 } });
  const complaints = [];
  const strangers = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== server.origin && url.protocol !== "data:") strangers.push(request.url());
  });

  await page.goto(`${server.origin}/`);
  await page.locator(".opblock").first().waitFor();
  assert.equal(new URL(page.url()).pathname, "/docs");

  const account = { email: "ada@example.com", password: "correct horse battery" };
  const signedUp = await execute(page, "signUp", { ...account, name: "Ada Lovelace" });
  assert.equal(signedUp.status, 201);
  assert.equal(signedUp.body.status, "pending");

  const loggedIn = await execute(page, "logIn", account);
  assert.equal(loggedIn.status, 200);
  await authorize(page, loggedIn.body.token);

  const me = await execute(page, "getMe");
  assert.equal(me.status, 200);
  assert.equal(me.body.defaultEmail, account.email);
  assert.equal(me.body.activeSessions, 1);

  const changed = await execute(page, "updateMe", { bio: "First programmer.", locale: "EN-gb" });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.locale, "en-GB");

  await page.reload();
  await page.locator(".opblock").first().waitFor();
  const again = await execute(page, "getMe");
  assert.equal(again.status, 200, "the authorization outlives a reload");
  assert.equal(again.body.bio, "First programmer.");

  assert.equal(await page.locator(".errors-wrapper").count(), 0, "Swagger UI understands the document");
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: new URL("swagger-ui.png", OUTPUT).pathname });
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
});
