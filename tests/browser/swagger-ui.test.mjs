// Swagger UI as an explorer uses it: sign up, log in, authorize, try /me.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";

import { authorize, execute, launchBrowser } from "./explorer.mjs";
import { startServer } from "./server.mjs";

const OUTPUT = new URL("output/", import.meta.url);

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  await mkdir(OUTPUT, { recursive: true });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

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
