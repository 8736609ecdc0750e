// The account page: signing up, logging in, and the parts that all views share.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ada, button, field, heading, origin, page, picker } from "./account-fixture.mjs";
import { PASSWORD, accessible, errorOf, focused, open, received, sees, send, signUp } from "./account.mjs";

const MEMBER_VIEWS = ["profile", "emails", "phone", "password", "sessions", "events", "data"];

test("sign up: all errors at once, beside their fields; then in, and confirm the address", async () => {
  await open(page, origin, "profile");
  await page.getByRole("link", { name: "Create an account" }).click();
  await focused(page, heading("Create an account"));
  await accessible(page);

  await field("Password").fill("password");
  await button("Create account").click();
  await focused(page, field("Name"));
  assert.match(await errorOf(field("Name")), /^Enter your name/);
  assert.match(await errorOf(field("Email address")), /^Write the address like name@/);
  assert.match(await errorOf(field("Password")), /^This is one of the most common/);
  await accessible(page);

  await field("Name").fill("Ada Lovelace");
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await focused(page, heading("Profile"));
  await sees(page, "Please confirm");
  const { language, zone } = await page.evaluate(() => {
    return { language: navigator.language, zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  });
  const name = new Intl.DisplayNames("en", { type: "language" }).of(language);
  assert.equal(await picker("Language").inputValue(), name);
  assert.equal(await picker("Time zone").inputValue(), zone);

  const token = await received(page, ada, "Confirm your email address");
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await open(page, origin, `verify-email=${token}`);
  await heading("Confirm your email address").waitFor();
  assert.equal(new URL(page.url()).hash, "#verify-email", "the token is gone from the address bar");
  assert.equal(asked.includes("/email-verifications"), false, "opening the link does not use the token");
  await accessible(page);
  await button("Confirm my address").click();
  await sees(page, "Your address was confirmed.");
  await page.getByRole("listitem").filter({ hasText: ada }).getByText("Confirmed", { exact: true }).waitFor();

  // Without a token, the code can be typed.
  await open(page, origin, "verify-email");
  await field("Code from the message").fill(token);
  await button("Confirm my address").click();
  await focused(page, field("Code from the message"));
  assert.match(await errorOf(field("Code from the message")), /was used, has expired/);
});

test("log in and out by keyboard", async () => {
  await signUp(origin, ada);
  await open(page, origin, "sessions");
  await heading("Log in").waitFor();
  assert.equal(await page.title(), "Log in · current-user");
  await accessible(page);

  await page.keyboard.press("Tab");
  await focused(page, page.getByRole("link", { name: "Skip to content" }));
  await page.keyboard.press("Enter");
  await focused(page, page.getByRole("main"));
  await page.keyboard.press("Tab");
  await focused(page, field("Email address"));
  assert.equal(await field("Password").getAttribute("type"), "password");
  await page.keyboard.type(ada);
  await page.keyboard.press("Tab");
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("The email address or the password is wrong.").waitFor();
  await accessible(page);

  await focused(page, field("Password"));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Tab");
  await focused(page, button("Show password"));
  await page.keyboard.press("Space");
  assert.equal(await field("Password").getAttribute("type"), "text");
  await page.keyboard.press("Tab");
  await focused(page, field("Shared device"));
  await page.keyboard.press("Tab");
  await focused(page, button("Log in"));
  await page.keyboard.press("Enter");
  await focused(page, heading("Sessions"));

  await button("Log out").focus();
  await page.keyboard.press("Enter");
  await sees(page, "You are logged out.");
  await focused(page, heading("Log in"));
});

test("every view: a title, a place in the navigation, nothing that axe-core finds, 320 pixels", async () => {
  const token = await signUp(origin, ada);
  await send(origin, "POST", "/me/emails", { email: `a.rather.long.address.of.${ada}` }, token);
  await open(page, origin, "data", token);
  for (const view of MEMBER_VIEWS) {
    const link = page.getByRole("navigation").locator(`a[href="#${view}"]`);
    await link.click();
    await page.locator(`nav a[href="#${view}"][aria-current=page]`).waitFor();
    await focused(page, page.getByRole("heading", { level: 1 }));
    assert.equal(await page.title(), `${await page.locator("h1").textContent()} · current-user`);
    assert.ok(await button("Log out").isVisible());
    await accessible(page);
  }
  await page.goBack();
  await heading("Events").waitFor();
});

test("a fragment that names no view shows the first one", async () => {
  const token = await signUp(origin, ada);
  for (const name of ["nothing", "constructor", "__proto__", "to-string", ""]) {
    await open(page, origin, name, token);
    await heading("Profile").waitFor();
  }
});

test("what the service can't do is said, with when to try again", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  const says = async (text) => {
    await button("Log in").click();
    await page.getByRole("alert").getByText(text).waitFor();
  };
  const refuse = (status, code, seconds) => (route) =>
    route.fulfill({
      status,
      headers: { "Content-Type": "application/problem+json", "Retry-After": seconds },
      body: JSON.stringify({ code, status, title: "Title", detail: "Try again after `Retry-After` seconds." }),
    });
  await page.route("**/login/cookie", refuse(503, "service_unavailable", "1"));
  await says("The service is too busy right now. Try again in 1 second.");
  await page.route("**/login/cookie", refuse(429, "too_many_requests", "90"));
  await says("You tried this too often. Try again in 2 minutes.");
  await page.route("**/login/cookie", (route) => route.abort());
  await says("The service can’t be reached.");
  await page.route("**/login/cookie", (route) => route.fulfill({ status: 502, body: "<html>" }));
  await says("The service sent a reply that this page does not understand.");
  await page.unroute("**/login/cookie");
  await button("Log in").click();
  await heading("Profile").waitFor();

  await page.route("**/me/sessions", refuse(503, "service_unavailable", "3"));
  await page.getByRole("link", { name: "Sessions" }).click();
  await sees(page, "Try again in 3 seconds.");
  await accessible(page);
  await page.unroute("**/me/sessions");
  await button("Try again").click();
  await sees(page, "This device");
});
