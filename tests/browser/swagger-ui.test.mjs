// Swagger UI, as a person uses it to try the service out: sign up, log in, authorize, try `/me`.

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
  assert.equal(again.status, 200, "the token is still there after a reload");
  assert.equal(again.body.bio, "First programmer.");

  assert.equal(await page.locator(".errors-wrapper").count(), 0, "Swagger UI understands the document");
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: new URL("swagger-ui.png", OUTPUT).pathname });
  assert.deepEqual(complaints, []);
  assert.deepEqual(strangers, []);
});

test("try examples of requests one after the other, and read what errors look like", async () => {
  const fresh = await startServer();
  const page = await browser.newPage({ viewport: { width: 1280, height: 1100 } });
  try {
    await page.goto(`${fresh.origin}/docs`);
    await page.locator(".opblock").first().waitFor();

    // The first example of each body is filled in already.
    assert.equal((await execute(page, "signUp")).status, 201);
    const loggedIn = await execute(page, "logIn");
    assert.equal(loggedIn.status, 200);
    await authorize(page, loggedIn.body.token);
    const changed = await execute(page, "updateMe");
    assert.equal(changed.status, 200);
    assert.equal(changed.body.name, "Ada King");

    const examples = changed.block.locator(".opblock-section-request-body select.examples-select-element");
    await examples.selectOption("refused");
    const refused = await execute(page, "updateMe");
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.body.errors.map((error) => error.pointer), ["/timezone"]);

    const unauthorized = changed.block.locator('.response[data-code="401"]');
    assert.match(await unauthorized.innerText(), /Token missing \(missing_token\)/);
    await unauthorized.locator("select.examples-select-element").selectOption("invalid_token");
    assert.match(await unauthorized.locator("pre.example").innerText(), /"code": "invalid_token"/);
    assert.match(await unauthorized.innerText(), /WWW-Authenticate/i);
    assert.equal(await page.locator(".errors-wrapper").count(), 0, "every reference is resolved");
  } finally {
    await page.close();
    await fresh.stop();
  }
});
