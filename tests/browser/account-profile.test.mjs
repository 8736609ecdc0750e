// The account page: the profile and the avatar.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { test } from "node:test";

import { ada, browser, button, field, origin, page, picker } from "./account-fixture.mjs";
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
  await picker("Language").fill("british");
  await page.getByRole("option", { name: "British English" }).waitFor();
  await page.keyboard.press("Enter");
  assert.equal(await picker("Language").inputValue(), "British English");
  await button("Use device time zone").click();
  await sees(page, /^It is .* there now/);
  const timezone = await page.evaluate(() => Intl.DateTimeFormat().resolvedOptions().timeZone);
  const first = await save();
  assert.deepEqual(first.postDataJSON(), { bio: "First programmer.", locale: "en-GB", timezone });
  assert.match(await first.headerValue("if-match"), /^"/);
  await sees(page, "Your profile was saved.");

  await field("Bio").fill("");
  assert.deepEqual((await save()).postDataJSON(), { bio: null });
  await sees(page, "Your profile was saved.");

  await field("Name").fill("");
  await save();
  await focused(page, field("Name"));
  assert.match(await errorOf(field("Name")), /^Enter your name/);

  // A session that begins or ends changes the tag too, but does not conflict.
  await logIn(origin, ada);
  await field("Name").fill("Ada King");
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

  // So does a draft that is older than a change made elsewhere.
  await field("Bio").fill("Likes poetry, too.");
  await send(origin, "PATCH", "/me", { name: "Ada King" }, token);
  await page.reload();
  await sees(page, /not saved/);
  await button("Save").click();
  await page.getByRole("alert").getByText("was changed elsewhere in the meantime (Name)").waitFor();
  assert.equal(await field("Name").inputValue(), "Ada King");
  assert.deepEqual((await save()).postDataJSON(), { bio: "Likes poetry, too." });
  await sees(page, "Your profile was saved.");
});

test("picture: upload, refuse, remove; one of another site is not loaded", async () => {
  const token = await signUp(origin, ada);
  const profile = { bio: "First programmer.\nLikes engines.", locale: "en-GB", timezone: "Europe/London" };
  await send(origin, "PATCH", "/me", profile, token);
  await open(page, origin, "profile", token);
  const upload = (mimeType, buffer) => field("Choose a picture").setInputFiles({ name: "image", mimeType, buffer });
  const avatar = page.getByRole("main").getByRole("img", { name: "Your picture" });

  // Closing the dialog uploads nothing.
  const dialog = page.getByRole("dialog", { name: "Choose a part of the picture" });
  await upload("image/png", await drawImage(browser));
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await upload("image/png", await drawImage(browser));
  await dialog.locator(".cropper-view-box").waitFor();
  await accessible(page);
  await page.keyboard.press("+");
  await dialog.getByRole("button", { name: "Use this picture" }).click();
  await sees(page, "Your picture was changed.");
  await avatar.waitFor();
  await page.waitForFunction(() => document.querySelector("main .avatar img")?.naturalWidth > 0);
  assert.match(await avatar.getAttribute("src"), /^\/avatars\//);
  await accessible(page);

  // The screenshot for the README.
  const proof = await received(page, ada, "Confirm your email address");
  await send(origin, "POST", "/email-verifications", { token: proof }, token);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1280, height: 1040 });
  await page.reload();
  await page.waitForFunction(() => document.querySelector("main .avatar img")?.naturalWidth > 0);
  await mkdir(OUTPUT, { recursive: true });
  await page.screenshot({ path: new URL("account.png", OUTPUT).pathname });

  await upload("image/png", Buffer.from("not an image"));
  await page.getByRole("alert").getByText("This picture can’t be used.").waitFor();
  await upload("image/png", Buffer.alloc(5 * 1024 * 1024 + 1));
  await page.getByRole("alert").getByText("This picture is larger than 5 MB.").waitFor();
  await accessible(page);
  await button("Dismiss").click();
  await avatar.waitFor();

  await button("Remove").click();
  await sees(page, "Your picture was removed.");
  await avatar.waitFor({ state: "detached" });

  const avatarUrl = "https://images.example.com/ada.png";
  await send(origin, "PATCH", "/me", { avatarUrl }, token);
  await page.reload();
  await page.getByRole("link", { name: avatarUrl }).waitFor();
  await accessible(page);
});
