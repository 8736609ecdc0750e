// The account page: email addresses, the phone number, and re-authentication.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ada, button, field, origin, page, picker, users } from "./account-fixture.mjs";
import { PASSWORD, accessible, errorOf, focused, open, received, sees, send, signUp } from "./account.mjs";

test("email addresses: add, send again, verify, prefer, remove", async () => {
  const token = await signUp(origin, ada);
  const other = `ada.lovelace${users}@example.org`;
  await open(page, origin, "emails", token);
  const row = (email) => page.getByRole("listitem").filter({ hasText: email });
  await row(ada).getByText("Default", { exact: true }).waitFor();
  await row(ada).getByText("Not confirmed").waitFor();
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof }, token);

  await field("Email address").fill("nonsense");
  await button("Add").click();
  await focused(page, field("Email address"));
  assert.match(await errorOf(field("Email address")), /^Write the address like/);
  await field("Email address").fill(other);
  await button("Add").click();
  await sees(page, `We sent a message to ${other}.`);
  await focused(page, field("Code from the message"));

  await button(`Send again: ${other}`).click();
  await sees(page, `We sent another message to ${other}.`);
  await field("Code from the message").fill(await received(page, other, "Confirm your email address"));
  await button("Confirm").click();
  await sees(page, "The address was confirmed.");
  await button(`Make default: ${other}`).click();
  await sees(page, `${other} is now the default address.`);
  await row(other).getByText("Default", { exact: true }).waitFor();

  const remove = button(`Remove: ${ada}`);
  await remove.click();
  const dialog = page.getByRole("dialog", { name: "Remove this address?" });
  await accessible(page);
  await page.keyboard.press("Escape");
  await focused(page, remove);
  await remove.click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await sees(page, `${ada} was removed.`);
  assert.equal(await row(ada).count(), 0);
});

test("phone number: set, prove, remove", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "phone", token);
  await sees(page, "Before we send you a code, confirm an email address.");
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof }, token);
  await page.reload();
  await field("Phone number").fill("12");
  await button("Send a code").click();
  await focused(page, field("Phone number"));
  assert.match(await errorOf(field("Phone number")), /^There is no such number/);

  // As people write it in their country. The picker has the rest.
  await picker("Country").fill("united king");
  await page.getByRole("option", { name: "United Kingdom" }).click();
  await field("Phone number").fill("(020) 7183-8750");
  await button("Send a code").click();
  const code = field("Six-digit code");
  await focused(page, code);
  await received(page, "+442071838750", "Your code for current-user");
  await page.reload();
  await sees(page, "We sent a code to +442071838750.");
  await button("Send again").click();
  await page.getByRole("status").getByText("We sent a code to +442071838750.").waitFor();
  assert.equal(await code.getAttribute("autocomplete"), "one-time-code");
  assert.equal(await code.getAttribute("inputmode"), "numeric");
  await accessible(page);
  const right = await received(page, "+442071838750", "Your code for current-user");
  await code.fill(right === "000000" ? "000001" : "000000");
  await button("Confirm").click();
  await focused(page, code);
  assert.match(await errorOf(code), /This is not the code that was sent last/);
  await code.fill(`${right.slice(0, 3)} ${right.slice(3)}`);
  await button("Confirm").click();
  await sees(page, "Your phone number was saved.");

  await button("Remove").click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await sees(page, "Your phone number was removed.");
  await sees(page, "You have no phone number.");
});

test("what needs the password again asks for it, and goes on", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "emails", token);
  // The replies of a service where the session proved the password too long ago.
  const stale = { code: "reauthentication_required", title: "Reauthentication required", status: 403 };
  let proved = false;
  page.on("response", (reply) => {
    proved ||= reply.url().endsWith("/me/reauthentication/cookie") && reply.status() === 204;
  });
  await page.route("**/me/emails", (route) => {
    if (proved || route.request().method() === "GET") return route.continue();
    return route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(stale) });
  });

  const other = `ada.lovelace${users}@example.org`;
  await field("Email address").fill(other);
  await button("Add").click();
  const dialog = page.getByRole("dialog", { name: "Confirm that it’s you" });
  const password = dialog.getByLabel("Password", { exact: true });
  await focused(page, password);
  await accessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("alert").getByText("Nothing was changed").waitFor();
  await focused(page, button("Add"));

  await button("Add").click();
  await password.fill("wrong");
  await page.keyboard.press("Enter");
  await focused(page, password);
  assert.equal(await errorOf(password), "This is not your password.");
  await accessible(page);
  await password.fill(PASSWORD);
  await page.keyboard.press("Enter");
  await sees(page, `We sent a message to ${other}.`);
  // The session goes on under another token, and the old one is dead.
  assert.equal((await send(origin, "GET", "/me", undefined, token)).status, 401);
  await page.getByRole("link", { name: "Sessions" }).click();
  await sees(page, "This device");
});

test("a link that confirms an address asks to log in first, and goes on", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  const token = await received(page, ada, "Confirm your email address");
  await page.goto(`${origin}/account#verify-email=${token}`);
  await sees(page, "Log in to the account that you entered the address for.");
  assert.equal(new URL(page.url()).hash, "#verify-email", "the token is gone from the address bar");
  await accessible(page);
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  await button("Log in").click();
  await button("Confirm my address").click();
  await sees(page, "Your address was confirmed.");
});

test("a stranger whose address was entered removes it from the account", async () => {
  const session = await signUp(origin, ada);
  await open(page, origin, "log-in");
  const token = await received(page, ada, "Confirm your email address");
  await page.goto(`${origin}/account#refuse-email=${token}`);
  await page.getByRole("heading", { level: 1, name: "Remove your email address" }).waitFor();
  await accessible(page);
  await button("Remove my address").click();
  await focused(page, page.getByRole("heading", { name: "Your address was removed" }));
  await accessible(page);
  const emails = await send(origin, "GET", "/me/emails", undefined, session);
  assert.deepEqual(await emails.json(), []);
});
