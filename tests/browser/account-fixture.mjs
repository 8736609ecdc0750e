// The set-up of every test of the account page: a server, a browser, and a page for a new user.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach } from "node:test";

import { visitor } from "./account.mjs";
import { launchBrowser } from "./explorer.mjs";
import { startServer } from "./server.mjs";

let server;

export let browser;
export let origin;
/** The address of the test's user, who does not exist yet. */
export let ada;
/** The number of the test, to derive other addresses from. */
export let users = 0;
export let visit;
export let page;

before(async () => {
  server = await startServer();
  origin = server.origin;
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

beforeEach(async () => {
  // Each test has its own user, so that no test depends on another.
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

export const field = (label) => page.getByLabel(label, { exact: true });
export const picker = (label) => page.getByRole("combobox", { name: label, exact: true });
export const button = (name) => page.getByRole("button", { name, exact: true });
export const heading = (name) => page.getByRole("heading", { level: 1, name });
