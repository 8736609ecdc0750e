// Helpers of the tests of the account page.

import assert from "node:assert/strict";

import axe from "axe-core";

export const PASSWORD = "correct horse battery";

/** Sends JSON. Resolves to the reply. */
export function send(origin, method, path, body, token) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  return fetch(`${origin}${path}`, { method, headers, body: body && JSON.stringify(body) });
}

/** Signs a user up and logs in through the API. Resolves to the token. */
export async function signUp(origin, email) {
  const reply = await send(origin, "POST", "/signup", { email, password: PASSWORD, name: "Ada Lovelace" });
  assert.equal(reply.status, 201);
  return logIn(origin, email);
}

/** Logs in through the API. Resolves to the token. */
export async function logIn(origin, email, password = PASSWORD) {
  const reply = await send(origin, "POST", "/login", { email, password });
  assert.equal(reply.status, 200);
  return (await reply.json()).token;
}

/**
 * Opens a new page. `complaints` lists everything that the page must not do: send requests to
 * another host, violate the content security policy, write to the console. Each test checks that
 * it is empty.
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
    // Chromium reports every error reply, even one that the page expects.
    const { pathname } = new URL(message.location().url, origin);
    if (message.text().startsWith("Failed to load resource") && !pathname.startsWith("/account")) return;
    complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== origin && !["blob:", "data:"].includes(url.protocol)) complaints.push(`requested ${url}`);
  });
  const page = await context.newPage();
  return { page, context, complaints };
}

/** Opens a view, logged in with `token` if there is one. */
export async function open(page, origin, view, token) {
  if (token) await page.context().addCookies([{ name: "cu_session", value: token, url: origin, httpOnly: true, sameSite: "Lax" }]);
  // From the same document, the browser would only follow the fragment.
  await page.goto("about:blank");
  await page.goto(`${origin}/account#${view}`);
  await settled(page);
}

/** Waits until the view and its data are shown. */
export function settled(page) {
  return page.locator("main:not([aria-busy]) h1").waitFor();
}

/** Waits until a text is shown. */
export function sees(page, text) {
  return page.getByText(text).first().waitFor();
}

/** Waits until an element has the focus. */
export function focused(page, locator) {
  return locator.and(page.locator(":focus")).waitFor();
}

/** Waits for an error of a field. Resolves to its text, as a screen reader reads it. */
export async function errorOf(locator) {
  await locator.and(locator.page().locator("[aria-invalid=true]")).waitFor();
  return locator.evaluate((control) => {
    return document.getElementById(control.getAttribute("aria-describedby").split(" ")[0]).textContent;
  });
}

/** Requests JSON from a path, frame by frame, until one of its objects contains `wanted`. Resolves to that object. */
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

/** Waits for a message with a subject. Resolves to its token or code. */
export async function received(page, to, subject) {
  return (await until(page, "/dev/messages", { to, subject })).token;
}

/** Waits until an account is erased. */
export function erased(page, receipt) {
  return until(page, `/erasures/${receipt}`, { status: "erased" });
}

/** Asserts that axe-core finds nothing in light and dark mode, and that a narrow screen needs no horizontal scrolling. */
export async function accessible(page) {
  const view = await page.title();
  for (const colorScheme of ["light", "dark"]) {
    // Without animations, so that colours have their final values.
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

/** Draws an image to upload: the sun over hills. */
export async function drawImage(browser) {
  const page = await browser.newPage({ viewport: { width: 320, height: 320 } });
  await page.setContent(`<body style="margin:0"><svg viewBox="0 0 32 32" width="320" height="320">
    <rect width="32" height="32" fill="#f6d9b8"/><circle cx="20" cy="13" r="5.5" fill="#e8794a"/>
    <path d="M0 22q8-9 17-2t15-2v14H0z" fill="#2f7f74"/><path d="M0 27q10-6 18-2t14-1v8H0z" fill="#14504a"/></svg>`);
  const image = await page.screenshot();
  await page.close();
  return image;
}
