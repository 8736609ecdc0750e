// The account page: the password, sessions and events.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ada, button, field, heading, origin, page, users } from "./account-fixture.mjs";
import { PASSWORD, accessible, errorOf, focused, logIn, open, received, sees, send, signUp } from "./account.mjs";

test("password: change it; forget it; a link in a mail sets a new one", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "password", token);
  const current = field("Current password");
  assert.equal(await current.getAttribute("autocomplete"), "current-password");
  assert.equal(await field("New password").getAttribute("autocomplete"), "new-password");
  await current.fill("wrong");
  await field("New password").fill("incorrect donkey battery");
  await button("Change password").click();
  await focused(page, current);
  assert.equal(await errorOf(current), "This is not your password.");
  await current.fill(PASSWORD);
  await button("Change password").click();
  await sees(page, "Your password was changed.");

  await button("Log out").click();
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await accessible(page);
  await field("Email address").fill(ada);
  await button("Send").click();
  await focused(page, page.getByRole("heading", { name: "Check your mail" }));
  await accessible(page);

  const mailed = await received(page, ada, "Choose a new password");
  await page.getByRole("link", { name: "Enter it" }).click();
  await focused(page, heading("Choose a new password"));
  await accessible(page);
  await page.goto(`${origin}/account#reset-password=${mailed}`);
  await field("Code from the message").waitFor({ state: "detached" });
  assert.equal(new URL(page.url()).hash, "#reset-password", "the token is gone from the address bar");
  await field("New password").fill("password");
  await button("Save the password").click();
  await focused(page, field("New password"));
  assert.match(await errorOf(field("New password")), /most common passwords/);
  await field("New password").fill("staple of the horse");
  await button("Save the password").click();
  await sees(page, "Your new password was saved. Log in with it.");
  await logIn(origin, ada, "staple of the horse");
});

test("links that take the account back: see and revoke them", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "log-in");
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof }, token);
  await send(origin, "POST", "/me/emails", { email: `ada.lovelace${users}@example.org` }, token);
  await received(page, ada, "An email address was added to your account");
  await open(page, origin, "password", token);
  await page.getByRole("heading", { name: "Recovery links we sent" }).waitFor();
  await accessible(page);
  await button("Revoke: An email address was added").click();
  // The session has proved the password before the message was sent.
  const password = page.getByRole("dialog").getByLabel("Password", { exact: true });
  await password.fill(PASSWORD);
  await page.keyboard.press("Enter");
  await sees(page, "The link was revoked.");
  assert.equal(await page.getByRole("heading", { name: "Recovery links we sent" }).count(), 0);
});

for (const [link, title] of [
  ["invitation", "Accept the invitation"],
  ["recover", "Recover your account"],
]) {
  test(`#${link}: sets a password`, async () => {
    const token = await signUp(origin, ada);
    await open(page, origin, "log-in");
    // Notices are sent only to verified addresses.
    const proof = await received(page, ada, "Confirm your email address");
    await send(origin, "POST", "/email-verifications", { token: proof }, token);
    await send(origin, "POST", "/me/emails", { email: `ada.lovelace${users}@example.org` }, token);
    const mailed = await received(page, ada, "An email address was added to your account");
    await page.goto(`${origin}/account#${link}=${mailed}`);
    await heading(title).waitFor();
    assert.equal(new URL(page.url()).hash, `#${link}`);
    await accessible(page);
    await field("New password").fill("staple of the horse");
    await button("Save the password").click();
    await sees(page, "Your new password was saved. Log in with it.");
    await logIn(origin, ada, "staple of the horse");
  });
}

test("sessions: see, end one, end all others, and log in again where one ended", async () => {
  const token = await signUp(origin, ada);
  const userAgent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0";
  const body = JSON.stringify({ email: ada, password: PASSWORD });
  const headers = { "Content-Type": "application/json", "User-Agent": userAgent };
  await fetch(`${origin}/login`, { method: "POST", headers, body });
  await logIn(origin, ada);
  await open(page, origin, "sessions", token);
  await page.getByRole("heading", { name: "3 sessions" }).waitFor();
  const own = page.getByRole("listitem").filter({ hasText: "This device" });
  assert.equal(await own.locator("time").count(), 3);
  const lastUsed = own.locator("time").first();
  assert.match(await lastUsed.getAttribute("datetime"), /^\d{4}-.*Z$/);
  assert.equal(await lastUsed.innerText(), "just now");
  assert.match(await lastUsed.getAttribute("title"), /\d{4}/);

  await button("End: Firefox on macOS").click();
  await sees(page, "The session has ended.");
  await page.getByRole("heading", { name: "2 sessions" }).waitFor();
  await button("End all others").click();
  await sees(page, "All other sessions have ended.");
  await page.getByRole("heading", { name: "One session" }).waitFor();

  const elsewhere = await logIn(origin, ada);
  await send(origin, "DELETE", "/me/sessions", undefined, elsewhere);
  await page.getByRole("link", { name: "Emails" }).click();
  await sees(page, "Your session has ended. Log in again to continue.");
  await focused(page, heading("Log in"));
  await accessible(page);
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  await button("Log in").click();
  await focused(page, heading("Email addresses"));
});

test("history: newest first, more on demand, and what this page does not know yet", async () => {
  const token = await signUp(origin, ada);
  for (let count = 0; count < 20; count += 1) await logIn(origin, ada);
  await open(page, origin, "events", token);
  const events = page.getByRole("listitem").filter({ has: page.locator("time") });
  assert.equal(await events.count(), 20);
  await events.first().getByText("Logged in").waitFor();
  await button("Show more").click();
  await sees(page, "more events are shown. There are no others.");
  await focused(page, events.nth(20));
  await events.last().getByText("Signed up").waitFor();
  assert.equal(await button("Show more").isVisible(), false);

  const unknown = { id: "1", type: "moon_landed", createdAt: "2026-11-23T08:22:29.280Z", subject: "<b>Eagle</b>" };
  await page.route("**/me/events?*", (route) => route.fulfill({ json: { results: [unknown] } }));
  await page.reload();
  await sees(page, "Moon landed");
  await sees(page, "<b>Eagle</b>");
});
