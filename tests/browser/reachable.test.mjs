// Swagger UI, as a person uses it to verify addresses and numbers. A demo shows the messages.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";

import { drawImage } from "./account.mjs";
import { execute, launchBrowser } from "./explorer.mjs";
import { startServer } from "./server.mjs";

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

/** The token or the code of the last message with a subject. */
async function received(page, to, subject) {
  for (let tries = 0; tries < 20; tries += 1) {
    const messages = await execute(page, "listDevMessages");
    const message = messages.body.find((one) => one.to === to && one.subject === subject);
    if (message) return message.token;
    await setTimeout(100);
  }
  throw new Error(`no message "${subject}" was sent to ${to}`);
}

test("verify an address, change it, set a phone number, upload a picture, reset the password", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1100 } });
  await page.goto(`${server.origin}/docs`);
  await page.locator(".opblock").first().waitFor();

  /** Executes an operation that has to succeed. Resolves to its body. */
  const succeed = async (status, ...operation) => {
    const reply = await execute(page, ...operation);
    assert.equal(reply.status, status, JSON.stringify(reply.body));
    return reply.body;
  };

  const account = { email: "ada@example.com", password: "correct horse battery" };
  await succeed(201, "signUp", { ...account, name: "Ada Lovelace" });
  await succeed(200, "logIn", account);

  const verifyEmail = async (email) => {
    const token = await received(page, email, "Confirm your email address");
    await succeed(204, "verifyEmail", { token });
  };
  await verifyEmail(account.email);
  assert.equal((await succeed(200, "getMe")).status, "active");

  const email = "ada@example.org";
  const added = await succeed(201, "addEmail", { email });
  await verifyEmail(email);
  assert.equal((await succeed(200, "setDefaultEmail", { emailId: added.id })).defaultEmail, email);
  const [old] = await succeed(200, "listEmails");
  await succeed(204, "deleteEmail", undefined, { emailId: old.id });

  const phoneNumber = "+442071838750";
  await succeed(202, "setPhoneNumber", { phoneNumber });
  const code = await received(page, phoneNumber, "Your code for current-user");
  assert.equal((await succeed(200, "verifyPhoneNumber", { code })).phoneNumber, phoneNumber);

  const operation = page.locator('.opblock[id$="-putAvatar"]');
  await operation.locator(".opblock-summary-control").click();
  const buffer = await drawImage(browser);
  await operation.locator('input[type="file"]').setInputFiles({ name: "ada.png", mimeType: "image/png", buffer });
  const { avatarUrl } = await succeed(200, "putAvatar");
  const avatar = await page.request.get(avatarUrl);
  assert.equal(avatar.headers()["content-type"], "image/jpeg");
  assert.match(avatar.headers()["cache-control"], /immutable/);
  assert.equal(avatar.headers()["x-content-type-options"], "nosniff");

  const newPassword = "incorrect donkey battery";
  await succeed(202, "requestPasswordReset", { email });
  const token = await received(page, email, "Choose a new password");
  await succeed(204, "resetPassword", { token, newPassword });
  assert.equal((await execute(page, "getMe")).status, 401, "all sessions have ended");
  await succeed(200, "logIn", { email, password: newPassword });
});
