// The account page: email addresses, the phone number, and re-authentication.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ada, button, field, origin, page, users } from "./account-fixture.mjs";
import { PASSWORD, accessible, errorOf, focused, open, received, sees, send, signUp } from "./account.mjs";

test("email addresses: add, send again, verify, prefer, remove", async () => {
  const token = await signUp(origin, ada);
  const other = `ada.lovelace${users}@example.org`;
  await open(page, origin, "emails", token);
  const row = (email) => page.getByRole("listitem").filter({ hasText: email });
  await row(ada).getByText("Default", { exact: true }).waitFor();
  await row(ada).getByText("Not confirmed").waitFor();
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof });

  await field("Email address").fill("nonsense");
  await button("Add").click();
  await focused(page, field("Email address"));
  assert.match(await errorOf(field("Email address")), /must be an email address/);
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
  await field("Phone number").fill("12");
  await button("Send a code").click();
  await focused(page, field("Phone number"));
  assert.match(await errorOf(field("Phone number")), /^Phone number must/);

  await field("Phone number").fill("+44 (20) 7183-8750");
  await button("Send a code").click();
  const code = field("Six-digit code");
  await focused(page, code);
  assert.equal(await code.getAttribute("autocomplete"), "one-time-code");
  assert.equal(await code.getAttribute("inputmode"), "numeric");
  await accessible(page);
  const right = await received(page, "+442071838750", "Your code for current-user");
  await code.fill(right === "000000" ? "000001" : "000000");
  await button("Confirm").click();
  await focused(page, code);
  assert.match(await errorOf(code), /The code is not the one that was sent last/);
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
    proved ||= reply.url().endsWith("/me/reauthentication") && reply.status() === 204;
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
});
