// The account page as a whole: how much it loads, and what it looks like. The pictures in the
// documentation are made here.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";

import { ada, browser, origin, page } from "./account-fixture.mjs";
import { PASSWORD, drawImage, open, received, send, settled, signUp, visitor } from "./account.mjs";

const OUTPUT = new URL("output/", import.meta.url);

/** The maximum number of bytes of the whole page, compressed. */
const MAX_BYTES = 60_000;

test("the page is small, and has one script", async () => {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  const scripts = [];
  page.on("request", (request) => request.resourceType() === "script" && scripts.push(request.url()));
  const token = await signUp(origin, ada);
  await open(page, origin, "profile", token);
  assert.ok(bytes > 10_000 && bytes < MAX_BYTES, `${bytes} bytes`);
  assert.equal(scripts.length, 1);
});

/** Logs in like a browser on a device. Resolves to the token. */
async function logInWith(userAgent) {
  const headers = { "Content-Type": "application/json", "User-Agent": userAgent };
  const body = JSON.stringify({ email: ada, password: PASSWORD });
  return (await (await fetch(`${origin}/login`, { method: "POST", headers, body })).json()).token;
}

test("pictures for the documentation", async () => {
  const first = await signUp(origin, ada);
  const token = await logInWith("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0");
  await logInWith("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1");
  await send(origin, "POST", "/logout", {}, first);
  const profile = { bio: "First programmer.\nLikes engines.", locale: "en-GB", timezone: "Europe/London" };
  await send(origin, "PATCH", "/me", profile, token);
  await page.goto(`${origin}/account`);
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof }, token);
  await send(origin, "POST", "/me/emails", { email: `lovelace.${ada}` }, token);
  const image = await drawImage(browser);
  const headers = { Authorization: `Bearer ${token}`, "Content-Type": "image/png" };
  assert.equal((await fetch(`${origin}/me/avatar`, { method: "PUT", headers, body: image })).status, 200);
  await mkdir(OUTPUT, { recursive: true });
  const desktop = { width: 1280, height: 900 };
  const phone = { width: 390, height: 844 };
  for (const [name, view, options] of [
    ["profile", "profile", { viewport: desktop }],
    ["emails", "emails", { viewport: desktop }],
    ["sessions", "sessions", { viewport: desktop, colorScheme: "dark" }],
    ["events", "events", { viewport: phone }],
    ["password", "password", { viewport: phone, colorScheme: "dark" }],
    ["data", "data", { viewport: phone }],
  ]) {
    const visit = await visitor(browser, origin, { ...options, reducedMotion: "reduce" });
    await open(visit.page, origin, view, token);
    await visit.page.waitForFunction(() => [...document.images].every((one) => one.complete));
    await visit.page.screenshot({ path: new URL(`account-${name}.png`, OUTPUT).pathname });
    await visit.context.close();
    assert.deepEqual(visit.complaints, []);
  }
  const guest = await visitor(browser, origin, { viewport: phone, locale: "de" });
  await guest.page.goto(`${origin}/account#log-in`);
  await settled(guest.page);
  await guest.page.screenshot({ path: new URL("account-log-in.png", OUTPUT).pathname });
  await guest.context.close();
});
