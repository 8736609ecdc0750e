// The account page in Chromium: what its tests share.

import assert from "node:assert/strict";

import axe from "axe-core";

export const PASSWORD = "correct horse battery";

/** Sends JSON; resolves to the reply. */
export function send(origin, method, path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  return fetch(`${origin}${path}`, { method, headers, body: body && JSON.stringify(body) });
}

/** Signs somebody up and in, past the page; resolves to their token. */
export async function signUp(origin, email) {
  const reply = await send(origin, "POST", "/signup", { email, password: PASSWORD, name: "Ada Lovelace" });
  assert.equal(reply.status, 201);
  return logIn(origin, email);
}

/** Logs in past the page; resolves to the token. */
export async function logIn(origin, email, password = PASSWORD) {
  const reply = await send(origin, "POST", "/login", { email, password });
  assert.equal(reply.status, 200);
  return (await reply.json()).token;
}

/**
 * A fresh page, and what it did that it must not: ask another host, violate the policy,
 * write into the console. `complaints` is for the end of each test.
 */
export async function visitor(browser, origin, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  const complaints = [];
  await context.exposeFunction("violated", (directive) => complaints.push(`policy: ${directive}`));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => window.violated(event.violatedDirective));
  });
  context.on("console", (message) => {
    if (!["error", "warning"].includes(message.type())) return;
    // Chromium says so of every reply that is an error, also where the page expects it.
    const { pathname } = new URL(message.location().url, origin);
    if (message.text().startsWith("Failed to load resource") && !pathname.startsWith("/account")) return;
    complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["blob:", "data:"].includes(url.protocol)) complaints.push(`asked ${url}`);
  });
  const page = await context.newPage();
  return { page, context, complaints };
}

/** Opens a view as whoever a token is of. */
export async function open(page, origin, view, token) {
  if (token) {
    await page.goto(`${origin}/account/icon.svg`);
    await page.evaluate((value) => sessionStorage.setItem("current-user.token", value), token);
  }
  await page.goto(`${origin}/account#${view}`);
  await settled(page);
}

/** The view is there with its data. */
export function settled(page) {
  return page.locator("main:not([aria-busy]) h1").waitFor();
}

/** Waits until a text is there to be read. */
export function sees(page, text) {
  return page.getByText(text).first().waitFor();
}

/** Waits until something has the focus. */
export function focused(page, locator) {
  return locator.and(page.locator(":focus")).waitFor();
}

/** What is wrong with a field, as a screen reader says it, once something is. */
export async function errorOf(locator) {
  await locator.and(locator.page().locator("[aria-invalid=true]")).waitFor();
  return locator.evaluate((control) => {
    return document.getElementById(control.getAttribute("aria-describedby").split(" ")[0]).textContent;
  });
}

/** What JSON at a path says that `wanted` is contained in: asked for again, frame by frame, until it is there. */
function until(page, path, wanted) {
  return page.evaluate(
    async ([path, wanted]) => {
      const entries = Object.entries(wanted);
      for (const start = performance.now(); performance.now() - start < 15_000; ) {
        const found = [await (await fetch(path)).json()].flat();
        const one = found.find((candidate) => entries.every(([name, value]) => candidate[name] === value));
        if (one) return one;
        await new Promise(requestAnimationFrame);
      }
      throw new Error(`${path} never had ${JSON.stringify(wanted)}`);
    },
    [path, wanted],
  );
}

/** The token or the code of the last message with a subject, once it is there. */
export async function received(page, to, subject) {
  const { text } = await until(page, "/dev/messages", { to, subject });
  return text.match(/cu1_[a-z2-7]{58}|\b\d{6}\b/)[0];
}

/** Waits until an account is erased. */
export function erased(page, receipt) {
  return until(page, `/erasures/${receipt}`, { status: "erased" });
}

/** Nothing that axe-core finds, in light and in dark; nothing beside the page on a narrow screen. */
export async function accessible(page) {
  const view = await page.title();
  for (const colorScheme of ["light", "dark"]) {
    // Still, so that colours are what they end as.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.evaluate(`window.axe || (() => { ${axe.source} })()`);
    const { violations } = await page.evaluate(() => window.axe.run());
    const found = violations.map(({ id, nodes }) => [id, ...nodes.map((node) => `${node.html} ${node.failureSummary}`)]);
    assert.deepEqual(found, [], `${view}, ${colorScheme}`);
  }
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 320, `${view} is ${width} pixels wide on a screen of 320`);
  await page.setViewportSize(size);
}

/** A picture to upload: the sun over hills. */
export async function drawPicture(browser) {
  const page = await browser.newPage({ viewport: { width: 320, height: 320 } });
  await page.setContent(`<body style="margin:0"><svg viewBox="0 0 32 32" width="320" height="320">
    <rect width="32" height="32" fill="#f6d9b8"/><circle cx="20" cy="13" r="5.5" fill="#e8794a"/>
    <path d="M0 22q8-9 17-2t15-2v14H0z" fill="#2f7f74"/><path d="M0 27q10-6 18-2t14-1v8H0z" fill="#14504a"/></svg>`);
  const picture = await page.screenshot();
  await page.close();
  return picture;
}
