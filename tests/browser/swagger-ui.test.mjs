// Swagger UI, as a person uses it to try the service out: sign up, log in, try `/me`.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";

import { accessible, send, visitor } from "./account.mjs";
import { execute, launchBrowser } from "./explorer.mjs";
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

/** Opens Swagger UI in a new context. */
async function explore(options = {}, origin = server.origin) {
  const visit = await visitor(browser, origin, options);
  await visit.page.goto(`${origin}/docs`);
  await visit.page.locator(".opblock").first().waitFor();
  return visit;
}

const operation = (page, id) => page.locator(`.opblock[id$="-${id}"]`);
const opener = (page, id) => operation(page, id).locator(".opblock-summary-control");

test("five clicks lead from the page to the first profile", async () => {
  const fresh = await startServer();
  const { page, context, complaints } = await explore({}, fresh.origin);
  let clicks = 0;
  const click = async (target) => {
    clicks += 1;
    await target.click();
  };
  try {
    await click(opener(page, "signUp"));
    await click(operation(page, "signUp").locator("button.execute"));
    await click(operation(page, "signUp").getByRole("button", { name: "logIn" }));
    await click(operation(page, "logIn").locator("button.execute"));
    await click(operation(page, "logIn").getByRole("button", { name: "getMe" }));
    const reply = operation(page, "getMe").locator(".live-responses-table");
    await reply.waitFor();
    assert.match(await reply.innerText(), /200[\s\S]*"defaultEmail": "ada@example.com"/);
    assert.equal(clicks, 5);
    assert.match(await page.locator("#note").innerText(), /You are logged in/);
    await page.screenshot({ path: new URL("swagger-ui-reply.png", OUTPUT).pathname });
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
    await fresh.stop();
  }
});

test("read and change oneself, reload, still authorized, until the token has ended", async () => {
  const { page, context, complaints } = await explore();
  const account = { email: "ada@example.com", password: "correct horse battery" };
  const signedUp = await execute(page, "signUp", { ...account, name: "Ada Lovelace" });
  assert.equal(signedUp.status, 201);
  assert.equal(signedUp.body.status, "pending");
  const loggedIn = await execute(page, "logIn", account);
  assert.equal(loggedIn.status, 200);

  const me = await execute(page, "getMe");
  assert.equal(me.status, 200);
  assert.equal(me.body.activeSessions, 1);
  // The next operation gets the entity tag of the reply.
  await me.block.getByRole("button", { name: "updateMe" }).click();
  const ifMatch = operation(page, "updateMe").locator('tr[data-param-name="If-Match"] input');
  assert.match(await ifMatch.inputValue(), /^".{22}"$/);
  const changed = await execute(page, "updateMe", { bio: "First programmer.", locale: "EN-gb" });
  assert.equal(changed.status, 200);
  assert.equal(changed.body.locale, "en-GB");

  await page.reload();
  await page.locator(".opblock").first().waitFor();
  const again = await execute(page, "getMe");
  assert.equal(again.status, 200, "the token is still there after a reload");
  assert.equal(again.body.bio, "First programmer.");

  const renewed = await execute(page, "reauthenticate", { password: account.password });
  assert.equal(renewed.status, 200);
  assert.equal((await execute(page, "getMe")).status, 200, "the new token is used");

  // The session ends elsewhere.
  await send(server.origin, "POST", "/logout", undefined, renewed.body.token);
  assert.equal((await execute(page, "getMe")).body.code, "invalid_token");
  assert.match(await page.locator("#note").innerText(), /The token has ended/);
  assert.equal((await execute(page, "getMe")).body.code, "missing_token");

  assert.equal(await page.locator(".errors-wrapper").count(), 0, "Swagger UI understands the document");
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: new URL("swagger-ui.png", OUTPUT).pathname });
  assert.deepEqual(complaints, []);
  await context.close();
});

test("try examples of requests one after the other, and read what errors look like", async () => {
  const fresh = await startServer();
  const { page, context, complaints } = await explore({}, fresh.origin);
  try {
    // The first example of each body is filled in already.
    assert.equal((await execute(page, "signUp")).status, 201);
    assert.equal((await execute(page, "logIn")).status, 200);
    const changed = await execute(page, "updateMe");
    assert.equal(changed.status, 200);
    assert.equal(changed.body.name, "Ada King");

    const examples = changed.block.locator(".opblock-section-request-body select.examples-select-element");
    await examples.selectOption("refused");
    const refused = await execute(page, "updateMe");
    assert.equal(refused.status, 422);
    assert.deepEqual(refused.body.errors.map((error) => error.pointer), ["/timezone"]);

    const unauthorized = changed.block.locator('.response[data-code="401"]');
    const line = unauthorized.locator("summary").first();
    assert.match(await line.innerText(), /^invalid_token or missing_token The token is malformed/);
    await line.click();
    assert.match(await unauthorized.innerText(), /WWW-Authenticate/);
    await unauthorized.getByText("Example", { exact: true }).first().click();
    assert.match(await unauthorized.locator("pre.example").first().innerText(), /"code": "invalid_token"/);
    assert.equal(await page.locator(".errors-wrapper").count(), 0, "every reference is resolved");
    assert.deepEqual(complaints, []);
  } finally {
    await context.close();
    await fresh.stop();
  }
});

test("a demo shows its user and its messages, and goes on with a token", async () => {
  const { page, context, complaints } = await explore();
  await page.getByRole("button", { name: "Log in as the demo user" }).click();
  await page.getByText("You are logged in as the demo user").waitFor();
  assert.equal((await execute(page, "getMe")).body.name, "Demo User");
  await page.getByText("Messages that the demo kept").click();
  const message = page.locator("#message-list li", { hasText: "demo@example.com" });
  await message.getByRole("button", { name: "Use it in verifyEmail" }).click();
  const verified = await execute(page, "verifyEmail");
  assert.equal(verified.status, 204);
  assert.equal((await execute(page, "getMe")).body.status, "active");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("operations are found by their words", async () => {
  const { page, context } = await explore();
  await page.getByPlaceholder("Find an operation").fill("get erasure");
  await operation(page, "signUp").waitFor({ state: "detached" });
  assert.ok(await operation(page, "getErasure").isVisible());
  await context.close();
});

/** Opens each operation alone, and calls `check` with its element and its id. */
async function eachOperation(page, check) {
  const ids = await page.locator(".opblock").evaluateAll((all) => all.map((one) => one.id));
  assert.ok(ids.length > 30);
  for (const id of ids) {
    const block = page.locator(`[id="${id}"]`);
    await block.locator(".opblock-summary-control").click();
    await block.locator(".responses-table").waitFor();
    await check(block, id);
    await block.locator(".opblock-summary-control").click();
  }
}

test("an operation that was not executed yet fits on one long screen", async () => {
  const { page, context } = await explore({ viewport: { width: 1280, height: 800 } });
  await eachOperation(page, async (block, id) => {
    const { height } = await block.boundingBox();
    assert.ok(height <= 1600, `${id} is ${Math.round(height)} pixels high`);
  });
  await context.close();
});

test("on a phone, and in the dark, nothing scrolls sideways", async () => {
  const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" };
  const { page, context, complaints } = await explore(phone);
  const isNarrow = async (what) => {
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, what);
  };
  await isNarrow("closed");
  await eachOperation(page, (_, id) => isNarrow(id));
  await page.getByRole("button", { name: "Log in as the demo user" }).click();
  await page.getByText("You are logged in as the demo user").waitFor();
  await execute(page, "getMe");
  await isNarrow("a reply");
  await page.screenshot({ path: new URL("swagger-ui-phone.png", OUTPUT).pathname });
  const background = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  assert.equal(background, "rgb(15, 20, 18)");
  assert.deepEqual(complaints, []);
  await context.close();
});

test("the pages beside it are for everybody", async () => {
  const { page, context } = await visitor(browser, server.origin);
  for (const path of ["/", "/docs/clients", "/docs/problems", "/nothing"]) {
    await page.goto(`${server.origin}${path}`);
    await accessible(page);
  }
  await page.goto(`${server.origin}/`);
  await page.getByRole("link", { name: "Try the API" }).click();
  await page.waitForURL("**/docs");
  await context.close();
});
