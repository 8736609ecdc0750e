// The account page: links in mails say where they stand when they are opened.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ada, button, field, heading, origin, page, users } from "./account-fixture.mjs";
import { PASSWORD, accessible, open, received, sees, send, signUp } from "./account.mjs";

/** A token that was never mailed. */
const UNKNOWN = "cu1_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabscsvvu";

test("a link that was used has a way on, also for somebody who is not logged in", async () => {
  await signUp(origin, ada);
  await open(page, origin, `verify-email=${UNKNOWN}`);
  await page.getByRole("heading", { name: "This link no longer works" }).waitFor();
  await accessible(page);
  await page.getByRole("link", { name: "Send a new one" }).click();
  // The view that can send one needs a session.
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  await button("Log in").click();
  await button(`Send again: ${ada}`).waitFor();

  await open(page, origin, `reset-password=${UNKNOWN}`);
  await page.getByRole("link", { name: "Send a new one" }).click();
  await heading("Forgot your password?").waitFor();
});

test("a link that has expired says when", async () => {
  const checked = { status: "expired", purpose: "reset_password", email: ada, expiresAt: "2026-11-23T08:22:29.280Z" };
  await page.route("**/one-time-tokens/check", (route) => route.fulfill({ json: checked }));
  await open(page, origin, `reset-password=${UNKNOWN}`);
  await page.getByRole("heading", { name: "This link has expired" }).waitFor();
  await sees(page, /It worked until 23 Nov 2026/);
  await accessible(page);
});

test("a garbled link says that it is not complete", async () => {
  for (const view of ["verify-email", "reset-password", "invitation", "recover", "refuse-email"]) {
    await open(page, origin, `${view}=cu1_abc`);
    await page.getByRole("heading", { name: "This link is not complete" }).waitFor();
  }
  await accessible(page);
});

test("a link for another account names the address, and does not use it up", async () => {
  const eve = `eve${users}@example.com`;
  await signUp(origin, ada);
  const token = await signUp(origin, eve);
  await open(page, origin, "log-in");
  const mailed = await received(page, ada, "Confirm your email address");
  await open(page, origin, `verify-email=${mailed}`, token);
  await page.getByRole("heading", { name: "This link is for another account" }).waitFor();
  await sees(page, `It confirms ${ada}`);
  await accessible(page);
  const check = await send(origin, "POST", "/one-time-tokens/check", { token: mailed });
  assert.equal((await check.json()).status, "usable");
});

test("a link says whose password it sets, and its token is nowhere else", async () => {
  await signUp(origin, ada);
  await open(page, origin, "forgot-password");
  await field("Email address").fill(ada);
  await button("Send").click();
  const mailed = await received(page, ada, "Choose a new password");
  await open(page, origin, `reset-password=${mailed}`);
  await sees(page, `For ${ada}`);
  assert.equal(await page.evaluate(() => history.state), null);
  assert.equal(new URL(page.url()).hash, "#reset-password");
  await field("New password").fill("staple of the horse");
  await button("Save the password").click();
  await sees(page, "Your new password was saved. Log in with it.");
});
