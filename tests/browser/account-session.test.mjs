// The session of the account page: its token is out of reach of scripts, tabs share it, and it ends
// when its user logs out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ada, browser, button, field, heading, origin, page, users, visit } from "./account-fixture.mjs";
import { PASSWORD, focused, open, received, sees, send, settled, signUp } from "./account.mjs";

const TOKEN = /cu_[a-z2-7]{58}/;

/** Logs in on the page. */
async function enter({ shared = false } = {}) {
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  if (shared) await field("Shared device").check();
  await button("Log in").click();
  await button("Log out").waitFor();
}

/** The session cookie of the browser. */
async function cookie() {
  return (await visit.context.cookies()).find(({ name }) => name === "cu_session");
}

/** Everything that a script in a page of this origin can read. */
function readable(page) {
  return page.evaluate(async () =>
    JSON.stringify([
      { ...sessionStorage },
      { ...localStorage },
      document.cookie,
      document.documentElement.outerHTML,
      window.name,
      history.state,
      navigation.entries().map((entry) => [entry.url, entry.getState()]),
      indexedDB.databases ? await indexedDB.databases() : [],
      await caches.keys(),
    ]),
  );
}

/** Opens another tab of the same browser. */
async function openTab(view) {
  const tab = await visit.context.newPage();
  tab.setDefaultTimeout(15_000);
  await open(tab, origin, view);
  return tab;
}

const headingIn = (tab, name) => tab.getByRole("heading", { level: 1, name });

test("no script gets at the token, neither in the account page nor in /docs", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  const replies = [];
  page.on("response", (reply) => replies.push(reply.text().catch(() => "")));
  await enter();
  await page.getByRole("navigation").getByText("Sessions").click();
  await heading("Sessions").waitFor();
  assert.match((await cookie()).value, TOKEN);
  assert.equal((await cookie()).httpOnly, true);
  assert.doesNotMatch(await readable(page), TOKEN);
  assert.doesNotMatch((await Promise.all(replies)).join("\n"), TOKEN);

  await page.goto(`${origin}/docs`);
  await page.locator(".opblock").first().waitFor();
  assert.doesNotMatch(await readable(page), TOKEN);
  await page.goBack();
  await heading("Sessions").waitFor();
  await page.goBack();
  await heading("Profile").waitFor();
});

test("a session is there after a reload, in another tab and after a restart of the browser", async () => {
  await signUp(origin, ada);
  await open(page, origin, "sessions");
  await enter();
  await heading("Sessions").waitFor();
  await page.reload();
  await heading("Sessions").waitFor();
  await headingIn(await openTab("emails"), "Email addresses").waitFor();

  const { expires } = await cookie();
  const days = (expires - Date.now() / 1000) / 86_400;
  assert.ok(days > 29 && days < 31, `kept for ${days} days`);
  // Before the first reply of the API, the page shows the user.
  await page.route("**/me", (route) => route.abort());
  await open(page, origin, "profile");
  assert.equal(await field("Name").inputValue(), "Ada Lovelace");
});

test("on the device of others, the session ends with the browser", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  await enter({ shared: true });
  assert.equal((await cookie()).expires, -1);
});

test("tabs follow each other: in, out, and what was changed", async () => {
  await signUp(origin, ada);
  await open(page, origin, "emails");
  const other = await openTab("emails");
  await headingIn(other, "Log in").waitFor();
  await enter();
  await headingIn(other, "Email addresses").waitFor();

  const token = await received(page, ada, "Confirm your email address");
  const third = await openTab(`verify-email=${token}`);
  await third.getByRole("button", { name: "Confirm my address" }).click();
  await page.getByRole("listitem").filter({ hasText: ada }).getByText("Confirmed", { exact: true }).waitFor();

  // Nobody loses what they are typing.
  await field("Email address").fill(`ada.king${users}@example.org`);
  await other.getByRole("link", { name: "Profile" }).click();
  await other.getByLabel("Name", { exact: true }).fill("Ada King");
  await other.getByRole("button", { name: "Save" }).click();
  await sees(other, "Your profile was saved.");
  assert.equal(await field("Email address").inputValue(), `ada.king${users}@example.org`);

  await other.getByRole("button", { name: "Log out" }).click();
  await sees(page, "You are logged out, because another tab has ended the session.");
  await heading("Log in").waitFor();
});

test("tabs with mailed links don't keep each other busy", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  await enter();
  const token = await received(page, ada, "Confirm your email address");
  const checks = [];
  visit.context.on("request", (request) => request.url().endsWith("/check") && checks.push(request));
  const tabs = [await openTab(`verify-email=${token}`), await openTab(`verify-email=${token}`)];
  for (const tab of tabs) {
    await tab.getByRole("button", { name: "Confirm my address" }).waitFor();
    await tab.getByRole("link", { name: "Emails" }).click();
    await headingIn(tab, "Email addresses").waitFor();
  }
  assert.equal(checks.length, 2);
});

test("no window of /docs gets hold of the account page", async () => {
  await signUp(origin, ada);
  await page.goto(`${origin}/docs`);
  await page.locator(".opblock").first().waitFor();

  // A window that /docs opened, whose opener then becomes the account page.
  const [helper] = await Promise.all([
    visit.context.waitForEvent("page"),
    page.evaluate(() => void (window.helper = window.open("/docs"))),
  ]);
  await helper.locator(".opblock").first().waitFor();
  assert.equal(await helper.evaluate(() => opener.location.pathname), "/docs", "as long as it is /docs");
  await page.goto(`${origin}/account#log-in`);
  await settled(page);
  await enter();
  assert.equal(await helper.evaluate(() => opener), null);

  // The account page in a window that /docs opens, and in a frame.
  const [opened] = await Promise.all([
    visit.context.waitForEvent("page"),
    helper.evaluate(() => void (window.account = window.open("/account"))),
  ]);
  await headingIn(opened, "Profile").waitFor();
  assert.equal(await helper.evaluate(() => window.account.closed), true);
  const framed = await helper.evaluate(async () => {
    const frame = document.createElement("iframe");
    const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
    frame.src = "/account";
    document.body.append(frame);
    await loaded;
    return frame.contentDocument?.body.textContent ?? null;
  });
  assert.equal(framed, null);
  // The browser says so as well.
  const complaints = visit.complaints.splice(0);
  assert.ok(complaints.length > 0 && complaints.every((text) => /fram/i.test(text)), complaints.join("\n"));
});

test("logging out ends the session, and nothing of the user stays", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  await enter();
  const { value } = await cookie();
  await page.getByRole("navigation").getByText("Emails").click();
  await sees(page, ada);
  await button("Log out").click();
  await sees(page, "You are logged out.");
  await focused(page, heading("Log in"));
  assert.equal(await cookie(), undefined);
  assert.doesNotMatch(await page.evaluate(() => document.body.outerHTML), new RegExp(ada));
  await page.goBack();
  await heading("Log in").waitFor();
  assert.equal((await send(origin, "GET", "/me", undefined, value)).status, 401);
});

test("logging out without a connection happens as soon as there is one", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  await enter();
  const { value } = await cookie();
  await visit.context.setOffline(true);
  await button("Log out").click();
  await sees(page, "The service can’t be reached, so your session has not ended yet.");
  await focused(page, heading("Log in"));
  const complaints = visit.complaints.splice(0);
  assert.ok(complaints.every((text) => text.includes("ERR_INTERNET_DISCONNECTED")), complaints.join());

  const out = page.waitForResponse((reply) => reply.url().endsWith("/logout"));
  await visit.context.setOffline(false);
  await out;
  assert.equal((await send(origin, "GET", "/me", undefined, value)).status, 401);
  await page.reload();
  await heading("Log in").waitFor();
});

test("a page that is opened again finishes the logout", async () => {
  await signUp(origin, ada);
  await open(page, origin, "log-in");
  await enter();
  await page.route("**/logout", () => {});
  await button("Log out").click();
  await sees(page, "The service can’t be reached, so your session has not ended yet.");
  await page.unroute("**/logout");
  await page.reload();
  await sees(page, "You are logged out.");
  assert.equal(await cookie(), undefined);
});

test("what was typed is there after a reload and after the end of the session", async () => {
  await signUp(origin, ada);
  await open(page, origin, "profile");
  await enter();
  await field("Bio").fill("First programmer.");
  await page.reload();
  await sees(page, "You have not saved these changes yet.");
  assert.equal(await field("Bio").inputValue(), "First programmer.");

  const { value } = await cookie();
  await send(origin, "POST", "/logout", {}, value);
  await button("Save").click();
  await sees(page, "Your session has ended. Log in again to continue.");
  await enter();
  assert.equal(await field("Bio").inputValue(), "First programmer.");
  await button("Save").click();
  await sees(page, "Your profile was saved.");
  await page.reload();
  await heading("Profile").waitFor();
  assert.equal(await page.getByText("You have not saved these changes yet.").count(), 0);

  await field("Bio").fill("Something else.");
  await page.getByRole("link", { name: "Emails" }).click();
  await page.getByRole("link", { name: "Profile" }).click();
  await button("Discard").click();
  await page.getByText("You have not saved these changes yet.").waitFor({ state: "detached" });
  assert.equal(await field("Bio").inputValue(), "First programmer.");
});

test("the browser of another person does not see it", async () => {
  await signUp(origin, ada);
  await open(page, origin, "profile");
  await enter();
  const stranger = await browser.newContext();
  const tab = await stranger.newPage();
  await tab.goto(`${origin}/account`);
  await headingIn(tab, "Log in").waitFor();
  await stranger.close();
});
