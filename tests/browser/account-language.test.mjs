// The account page: in the language of its reader.

import assert from "node:assert/strict";
import { test } from "node:test";

import { ada, browser, origin } from "./account-fixture.mjs";
import { PASSWORD, accessible, open, sees, send, signUp, visitor } from "./account.mjs";

const VIEWS = ["profile", "emails", "phone", "password", "sessions", "events", "data"];

for (const [locale, logIn, profile] of [
  ["de-CH", "Anmelden", "Profil"],
  ["fr", "Connexion", "Profil"],
  ["ja", "Log in", "Profile"],
]) {
  test(`a browser in ${locale}`, async () => {
    const token = await signUp(origin, ada);
    const visit = await visitor(browser, origin, { locale });
    await open(visit.page, origin, "log-in");
    await visit.page.getByRole("heading", { level: 1, name: logIn }).waitFor();
    assert.equal(await visit.page.locator("html").getAttribute("lang"), locale === "ja" ? "en" : locale.slice(0, 2));
    await accessible(visit.page);
    await open(visit.page, origin, "profile", token);
    await visit.page.getByRole("heading", { level: 1, name: profile }).waitFor();
    for (const view of VIEWS) {
      await visit.page.getByRole("navigation").locator(`a[href="#${view}"]`).click();
      await visit.page.locator(`nav a[href="#${view}"][aria-current=page]`).waitFor();
      await visit.page.locator("main:not([aria-busy]) h1").waitFor();
      await accessible(visit.page);
    }
    await visit.context.close();
    assert.deepEqual(visit.complaints, []);
  });
}

test("the user's locale counts more than the browser's, and changing it changes the page", async () => {
  const token = await signUp(origin, ada);
  await send(origin, "PATCH", "/me", { locale: "de" }, token);
  const visit = await visitor(browser, origin, { locale: "fr" });
  const { page } = visit;
  await open(page, origin, "profile", token);
  await page.getByRole("button", { name: "Abmelden" }).waitFor();
  const picker = page.getByRole("combobox", { name: "Sprache", exact: true });
  await picker.fill("english");
  await page.getByRole("option", { name: /British|Britisches|Vereinigtes/ }).first().click();
  await page.getByRole("button", { name: "Speichern", exact: true }).click();
  await sees(page, "Your profile was saved.");
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  await visit.context.close();
  assert.deepEqual(visit.complaints, []);
});

test("after a login, the page is in the language of the user", async () => {
  const token = await signUp(origin, ada);
  await send(origin, "PATCH", "/me", { locale: "fr-CA" }, token);
  const visit = await visitor(browser, origin, { locale: "en" });
  const { page } = visit;
  await open(page, origin, "sessions");
  await page.getByLabel("Email address", { exact: true }).fill(ada);
  await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await page.getByRole("button", { name: "Log in", exact: true }).click();
  await page.getByRole("button", { name: "Se déconnecter" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "fr");
  await visit.context.close();
  assert.deepEqual(visit.complaints, []);
});
