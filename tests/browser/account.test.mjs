// The account page as its users use it, every view and every flow, against the built program.

import assert from "node:assert/strict";
import { mkdir, readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, test } from "node:test";

import {
  PASSWORD,
  accessible,
  drawPicture,
  erased,
  errorOf,
  focused,
  logIn,
  open,
  received,
  sees,
  send,
  signUp,
  visitor,
} from "./account.mjs";
import { launchBrowser } from "./explorer.mjs";
import { startServer } from "./server.mjs";

const OUTPUT = new URL("output/", import.meta.url);
const MEMBERS_VIEWS = ["profile", "emails", "phone", "password", "sessions", "history", "data"];

let server;
let browser;
let origin;
let ada;
let visit;
let page;
let users = 0;

before(async () => {
  server = await startServer();
  origin = server.origin;
  browser = await launchBrowser();
  await mkdir(OUTPUT, { recursive: true });
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  // One user a test, so that none depends on another.
  users += 1;
  ada = `ada${users}@example.com`;
  visit = await visitor(browser, origin);
  page = visit.page;
  page.setDefaultTimeout(15_000);
});

afterEach(async () => {
  await visit.context.close();
  assert.deepEqual(visit.complaints, []);
});

const field = (label) => page.getByLabel(label, { exact: true });
const button = (name) => page.getByRole("button", { name, exact: true });
const heading = (name) => page.getByRole("heading", { level: 1, name });

test("sign up: all errors at once, beside their fields; then in, and confirm the address", async () => {
  await open(page, origin, "profile");
  await page.getByRole("link", { name: "Create an account" }).click();
  await focused(page, heading("Create an account"));
  await accessible(page);

  await field("Password").fill("password");
  await button("Create account").click();
  await focused(page, field("Name"));
  assert.match(await errorOf(field("Name")), /^Name must have at least 1 character/);
  assert.match(await errorOf(field("Email address")), /^Email address must be an email address, like ada@/);
  assert.match(await errorOf(field("Password")), /^Password is one of the most common/);
  await accessible(page);

  await field("Name").fill("Ada Lovelace");
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await focused(page, heading("Profile"));
  await sees(page, "Please confirm");

  const token = await received(page, ada, "Confirm your email address");
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await open(page, origin, `verify-email=${token}`);
  await heading("Confirm your email address").waitFor();
  assert.equal(new URL(page.url()).hash, "#verify-email", "the token is gone from the address bar");
  assert.equal(asked.includes("/email-verifications"), false, "who only opens the link uses nothing up");
  await accessible(page);
  await button("Confirm my address").click();
  await sees(page, "Your address is confirmed.");
  await page.getByRole("listitem").filter({ hasText: ada }).getByText("Verified", { exact: true }).waitFor();

  await open(page, origin, `verify-email=${token}`);
  await page.reload();
  await field("Code from the message").fill(token);
  await button("Confirm my address").click();
  await focused(page, field("Code from the message"));
  assert.match(await errorOf(field("Code from the message")), /was used, has expired/);
});

test("log in and out by keyboard; a reload stays logged in, another tab does not", async () => {
  await signUp(origin, ada);
  await open(page, origin, "sessions");
  await heading("Log in").waitFor();
  assert.equal(await page.title(), "Log in · Your account");
  await accessible(page);

  await page.keyboard.press("Tab");
  await focused(page, page.getByRole("link", { name: "Skip to content" }));
  await page.keyboard.press("Enter");
  await focused(page, page.getByRole("main"));
  await page.keyboard.press("Tab");
  await focused(page, field("Email address"));
  await page.keyboard.type(ada);
  await page.keyboard.press("Tab");
  await page.keyboard.type("wrong");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("No account has this email address and this password.").waitFor();
  await accessible(page);

  await focused(page, field("Password"));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Tab");
  await focused(page, button("Show password"));
  await page.keyboard.press("Space");
  assert.equal(await field("Password").getAttribute("type"), "text");
  await page.keyboard.press("Tab");
  await focused(page, button("Log in"));
  await page.keyboard.press("Enter");
  await focused(page, heading("Sessions"));

  await page.reload();
  await heading("Sessions").waitFor();
  const other = await visit.context.newPage();
  await open(other, origin, "profile");
  await other.getByRole("heading", { level: 1, name: "Log in" }).waitFor();

  await button("Log out").focus();
  await page.keyboard.press("Enter");
  await sees(page, "You are logged out.");
  await focused(page, heading("Log in"));
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test("every view: a title, a place in the navigation, nothing that axe-core finds, 320 pixels", async () => {
  const token = await signUp(origin, ada);
  await send(origin, "POST", "/me/emails", { email: `a.rather.long.address.of.${ada}` }, token);
  await open(page, origin, "data", token);
  for (const view of MEMBERS_VIEWS) {
    const link = page.getByRole("navigation").locator(`a[href="#${view}"]`);
    await link.click();
    await page.locator(`nav a[href="#${view}"][aria-current=page]`).waitFor();
    await focused(page, page.getByRole("heading", { level: 1 }));
    assert.equal(await page.title(), `${await page.locator("h1").textContent()} · Your account`);
    await accessible(page);
  }
  await page.goBack();
  await heading("History").waitFor();
});

test("profile: sends what changed, if nobody else changed it", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "profile", token);
  const save = async () => {
    const request = page.waitForRequest((one) => one.method() === "PATCH");
    await button("Save").click();
    return request;
  };

  await field("Bio").fill("First programmer.");
  await field("Language").fill("EN-gb");
  await sees(page, /British English|English \(United Kingdom\)/);
  await button("Use this device’s time zone").click();
  const timezone = await field("Time zone").inputValue();
  assert.ok(timezone);
  const first = await save();
  assert.deepEqual(first.postDataJSON(), { bio: "First programmer.", locale: "EN-gb", timezone });
  assert.match(await first.headerValue("if-match"), /^"/);
  await sees(page, "Your profile is saved.");
  assert.equal(await field("Language").inputValue(), "en-GB", "as it is stored");

  await field("Bio").fill("");
  assert.deepEqual((await save()).postDataJSON(), { bio: null });
  await sees(page, "Your profile is saved.");

  await field("Name").fill("");
  await field("Language").fill("xx-yy");
  await save();
  await focused(page, field("Name"));
  assert.match(await errorOf(field("Language")), /^Language must be a BCP 47 language tag/);

  // A session that comes or goes changes the tag too, and is nobody's conflict.
  await logIn(origin, ada);
  await field("Name").fill("Ada King");
  await field("Language").fill("en-GB");
  await save();
  await sees(page, "Your profile is saved.");

  await send(origin, "PATCH", "/me", { name: "Ada Lovelace" }, token);
  await field("Bio").fill("Likes engines.");
  await save();
  await page.getByRole("alert").getByText("was changed elsewhere in the meantime (Name)").waitFor();
  assert.equal(await field("Name").inputValue(), "Ada Lovelace");
  assert.equal(await field("Bio").inputValue(), "Likes engines.");
  await accessible(page);
  assert.deepEqual((await save()).postDataJSON(), { bio: "Likes engines." });
  await sees(page, "Your profile is saved.");
});

test("picture: upload, refuse, remove; one of another site is not loaded", async () => {
  const token = await signUp(origin, ada);
  const profile = { bio: "First programmer.\nLikes engines.", locale: "en-GB", timezone: "Europe/London" };
  await send(origin, "PATCH", "/me", profile, token);
  await open(page, origin, "profile", token);
  const upload = (mimeType, buffer) => field("Upload a picture").setInputFiles({ name: "picture", mimeType, buffer });
  const picture = page.getByRole("main").getByRole("img", { name: "Your picture" });

  await upload("image/png", await drawPicture(browser));
  await sees(page, "Your picture is changed.");
  await picture.waitFor();
  await page.waitForFunction(() => document.querySelector("main .avatar img")?.naturalWidth > 0);
  assert.match(await picture.getAttribute("src"), /^\/avatars\//);
  await accessible(page);

  // As the README shows it.
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 1040 });
  await page.reload();
  await page.waitForFunction(() => document.querySelector("main .avatar img")?.naturalWidth > 0);
  await page.screenshot({ path: new URL("account.png", OUTPUT).pathname });

  await upload("image/png", Buffer.from("not a picture"));
  await page.getByRole("alert").getByText("This is not a picture that can be used.").waitFor();
  await upload("image/png", Buffer.alloc(5 * 1024 * 1024 + 1));
  await page.getByRole("alert").getByText("This picture is larger than 5 MiB.").waitFor();
  await accessible(page);
  await button("Dismiss").click();
  await picture.waitFor();

  await button("Remove").click();
  await sees(page, "Your picture is removed.");
  await picture.waitFor({ state: "detached" });

  const avatarUrl = "https://images.example.com/ada.png";
  await send(origin, "PATCH", "/me", { avatarUrl }, token);
  await page.reload();
  await page.getByRole("link", { name: avatarUrl }).waitFor();
  await accessible(page);
});

test("email addresses: add, send again, verify, prefer, remove", async () => {
  const token = await signUp(origin, ada);
  const other = `ada.lovelace${users}@example.org`;
  await open(page, origin, "emails", token);
  const row = (email) => page.getByRole("listitem").filter({ hasText: email });
  await row(ada).getByText("Default", { exact: true }).waitFor();
  await row(ada).getByText("Not verified").waitFor();
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
  await sees(page, `A message is on its way to ${other}.`);
  await field("Code from the message").fill(await received(page, other, "Confirm your email address"));
  await button("Confirm").click();
  await sees(page, "The address is confirmed.");
  await button(`Make default: ${other}`).click();
  await sees(page, `${other} is the default address now.`);
  await row(other).getByText("Default", { exact: true }).waitFor();

  const remove = button(`Remove: ${ada}`);
  await remove.click();
  const dialog = page.getByRole("dialog", { name: "Remove this address?" });
  await accessible(page);
  await page.keyboard.press("Escape");
  await focused(page, remove);
  await remove.click();
  await dialog.getByRole("button", { name: "Remove" }).click();
  await sees(page, `${ada} is removed.`);
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
  const code = field("Code of six digits");
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
  await sees(page, "Your phone number is saved.");

  await button("Remove").click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await sees(page, "Your phone number is removed.");
  await sees(page, "You have no phone number here.");
});

test("what needs the password again asks for it, and goes on", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "emails", token);
  // As if the session had not proved the password for long.
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
  await sees(page, "Your password is changed.");

  await button("Log out").click();
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await accessible(page);
  await field("Email address").fill(ada);
  await button("Send").click();
  await focused(page, page.getByRole("heading", { name: "Look into your mail" }));
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
  await sees(page, "Your new password is saved. Log in with it.");
  await logIn(origin, ada, "staple of the horse");
});

for (const [link, title] of [
  ["invitation", "Accept the invitation"],
  ["recover", "Recover your account"],
]) {
  test(`#${link}: sets a password`, async () => {
    const token = await signUp(origin, ada);
    await open(page, origin, "log-in");
    // Notices go to verified addresses only.
    const proof = await received(page, ada, "Confirm your email address");
    await send(origin, "POST", "/email-verifications", { token: proof });
    await send(origin, "POST", "/me/emails", { email: `ada.lovelace${users}@example.org` }, token);
    const mailed = await received(page, ada, "An email address was added to your account");
    await page.goto(`${origin}/account#${link}=${mailed}`);
    await heading(title).waitFor();
    assert.equal(new URL(page.url()).hash, `#${link}`);
    await accessible(page);
    await field("New password").fill("staple of the horse");
    await button("Save the password").click();
    await sees(page, "Your new password is saved. Log in with it.");
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
  assert.match(await own.locator("time").first().getAttribute("datetime"), /^\d{4}-.*Z$/);

  await button("End: Firefox on macOS").click();
  await sees(page, "The session has ended.");
  await page.getByRole("heading", { name: "2 sessions" }).waitFor();
  await button("End all others").click();
  await sees(page, "All other sessions have ended.");
  await page.getByRole("heading", { name: "One session" }).waitFor();

  const elsewhere = await logIn(origin, ada);
  await send(origin, "DELETE", "/me/sessions", undefined, elsewhere);
  await page.getByRole("link", { name: "Emails" }).click();
  await sees(page, "Your session has ended. Log in again to go on.");
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
  await open(page, origin, "history", token);
  const events = page.getByRole("listitem").filter({ has: page.locator("time") });
  assert.equal(await events.count(), 20);
  await events.first().getByText("Logged in").waitFor();
  await button("Show more").click();
  await sees(page, "more are shown; these are all.");
  await focused(page, events.nth(20));
  await events.last().getByText("Signed up").waitFor();
  assert.equal(await button("Show more").isVisible(), false);

  const unknown = { id: "1", type: "moon_landed", createdAt: "2026-11-23T08:22:29.280Z", subject: "<b>Eagle</b>" };
  await page.route("**/me/events?*", (route) => route.fulfill({ json: { results: [unknown] } }));
  await page.reload();
  await sees(page, "Moon landed");
  await sees(page, "<b>Eagle</b>");
});

test("export: everything, as a file", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "data", token);
  const downloading = page.waitForEvent("download");
  await button("Export my data").click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^account-.*\.json$/);
  assert.ok((await readFile(await download.path(), "utf8")).includes(ada));
  JSON.parse(await readFile(await download.path(), "utf8"));
  await sees(page, "Your data is saved as a file.");
});

test("delete the account, see the receipt, restore it", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "data", token);
  const word = field("Type “delete” to confirm");
  await button("Delete my account").click();
  await focused(page, word);
  assert.ok(await errorOf(word));
  await word.fill("delete");
  await button("Delete my account").click();
  await focused(page, heading("Deleted account"));
  await sees(page, "Until then you can change your mind");
  await sees(page, "Scheduled");
  assert.match(new URL(page.url()).hash, /^#receipt=[0-9a-f-]{36}$/);
  await accessible(page);
  const receipt = page.url();

  await page.getByRole("link", { name: "log in to restore it" }).click();
  await field("Email address").fill(ada);
  await field("Password").fill(PASSWORD);
  await button("Log in").click();
  await focused(page, page.getByRole("heading", { name: "This account is deleted" }));
  await accessible(page);
  await button("Restore my account").click();
  await focused(page, heading("Profile"));
  await sees(page, "Your account is restored.");
  await logIn(origin, ada);

  await page.goto("about:blank");
  await page.goto(receipt);
  await heading("Deleted account").waitFor();
  await sees(page, "There is no such receipt.");
});

test("the receipt of what is erased says what was", async () => {
  const hasty = await startServer("--deletion-grace", "0s");
  try {
    const token = await signUp(hasty.origin, ada);
    const deleted = await send(hasty.origin, "DELETE", "/me", undefined, token);
    assert.equal(deleted.status, 202);
    const id = deleted.headers.get("Location").split("/").at(-1);
    const { page: reader, context, complaints } = await visitor(browser, hasty.origin);
    await open(reader, hasty.origin, `receipt=${id}`);
    await erased(reader, id);
    await reader.reload();
    await sees(reader, "erased for good");
    await reader.getByRole("rowheader", { name: "emails" }).first().waitFor();
    await accessible(reader);
    await context.close();
    assert.deepEqual(complaints, []);
  } finally {
    await hasty.stop();
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
  await page.route("**/login", refuse(503, "service_unavailable", "1"));
  await says("The service is too busy right now. Try again in 1 second.");
  await page.route("**/login", refuse(429, "too_many_requests", "90"));
  await says("That was asked for too often. Try again in 2 minutes.");
  await page.route("**/login", (route) => route.abort());
  await says("The service can’t be reached.");
  await page.route("**/login", (route) => route.fulfill({ status: 502, body: "<html>" }));
  await says("The service gave an answer that this page does not understand.");
  await page.unroute("**/login");
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
