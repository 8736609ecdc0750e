// The account page: exporting data, deleting the account, and receipts.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { ada, browser, button, field, heading, origin, page } from "./account-fixture.mjs";
import { PASSWORD, accessible, erased, errorOf, focused, logIn, open, sees, send, signUp, visitor } from "./account.mjs";
import { startServer } from "./server.mjs";

test("export: everything, as a file", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "data", token);
  const downloading = page.waitForEvent("download");
  await button("Export my data").click();
  const download = await downloading;
  assert.match(download.suggestedFilename(), /^account-.*\.json$/);
  assert.ok((await readFile(await download.path(), "utf8")).includes(ada));
  JSON.parse(await readFile(await download.path(), "utf8"));
  await sees(page, "Your data was saved as a file.");
});

test("delete the account, see the receipt, restore it", async () => {
  const token = await signUp(origin, ada);
  await open(page, origin, "data", token);
  await sees(page, "For 30 days you can change your mind");
  const word = field("Type “delete” to confirm");
  await button("Delete my account").click();
  await focused(page, word);
  assert.ok(await errorOf(word));
  await word.fill("delete");
  await button("Delete my account").click();
  await focused(page, heading("Deleted account"));
  await sees(page, "Until then you can change your mind");
  await sees(page, "Erasure scheduled");
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
  await sees(page, "Your account was restored.");
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
    await sees(reader, "erased permanently");
    await reader.getByRole("rowheader", { name: "emails" }).first().waitFor();
    await accessible(reader);
    await context.close();
    assert.deepEqual(complaints, []);
  } finally {
    await hasty.stop();
  }
});
