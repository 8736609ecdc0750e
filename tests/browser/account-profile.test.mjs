// The account page: the profile and the avatar.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";

import { ada, browser, button, field, origin, page } from "./account-fixture.mjs";
import { accessible, drawImage, errorOf, focused, logIn, open, received, sees, send, signUp } from "./account.mjs";

const OUTPUT = new URL("output/", import.meta.url);

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
  await sees(page, "Your profile was saved.");
  assert.equal(await field("Language").inputValue(), "en-GB", "as it is stored");

  await field("Bio").fill("");
  assert.deepEqual((await save()).postDataJSON(), { bio: null });
  await sees(page, "Your profile was saved.");

  await field("Name").fill("");
  await field("Language").fill("xx-yy");
  await save();
  await focused(page, field("Name"));
  assert.match(await errorOf(field("Language")), /^Language must be a BCP 47 language tag/);

  // A session that begins or ends changes the tag too, but does not conflict.
  await logIn(origin, ada);
  await field("Name").fill("Ada King");
  await field("Language").fill("en-GB");
  await save();
  await sees(page, "Your profile was saved.");

  await send(origin, "PATCH", "/me", { name: "Ada Lovelace" }, token);
  await field("Bio").fill("Likes engines.");
  await save();
  await page.getByRole("alert").getByText("was changed elsewhere in the meantime (Name)").waitFor();
  assert.equal(await field("Name").inputValue(), "Ada Lovelace");
  assert.equal(await field("Bio").inputValue(), "Likes engines.");
  await accessible(page);
  assert.deepEqual((await save()).postDataJSON(), { bio: "Likes engines." });
  await sees(page, "Your profile was saved.");
});

test("picture: upload, refuse, remove; one of another site is not loaded", async () => {
  const token = await signUp(origin, ada);
  const profile = { bio: "First programmer.\nLikes engines.", locale: "en-GB", timezone: "Europe/London" };
  await send(origin, "PATCH", "/me", profile, token);
  await open(page, origin, "profile", token);
  const upload = (mimeType, buffer) => field("Upload an image").setInputFiles({ name: "image", mimeType, buffer });
  const avatar = page.getByRole("main").getByRole("img", { name: "Your avatar" });

  await upload("image/png", await drawImage(browser));
  await sees(page, "Your avatar was changed.");
  await avatar.waitFor();
  await page.waitForFunction(() => document.querySelector("main .avatar img")?.naturalWidth > 0);
  assert.match(await avatar.getAttribute("src"), /^\/avatars\//);
  await accessible(page);

  // The screenshot for the README.
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof });
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 1040 });
  await page.reload();
  await page.waitForFunction(() => document.querySelector("main .avatar img")?.naturalWidth > 0);
  await mkdir(OUTPUT, { recursive: true });
  await page.screenshot({ path: new URL("account.png", OUTPUT).pathname });

  await upload("image/png", Buffer.from("not an image"));
  await page.getByRole("alert").getByText("This image can’t be used.").waitFor();
  await upload("image/png", Buffer.alloc(5 * 1024 * 1024 + 1));
  await page.getByRole("alert").getByText("This image is larger than 5 MiB.").waitFor();
  await accessible(page);
  await button("Dismiss").click();
  await avatar.waitFor();

  await button("Remove").click();
  await sees(page, "Your avatar was removed.");
  await avatar.waitFor({ state: "detached" });

  const avatarUrl = "https://images.example.com/ada.png";
  await send(origin, "PATCH", "/me", { avatarUrl }, token);
  await page.reload();
  await page.getByRole("link", { name: avatarUrl }).waitFor();
  await accessible(page);
});
