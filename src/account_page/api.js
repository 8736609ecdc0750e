// Calls the service, and explains in plain words what went wrong.

import { inHowLong } from "./format.js";
import { session } from "./session.js";
import { tellTabs } from "./tabs.js";
import { hasText, t } from "./texts.js";

/** Set by main.js, because this module does not know dialogs and views. */
export const hooks = {
  /** Asks for the password. Resolves to whether it was right. */
  reauthenticate: async () => false,
  /** Called when the session has ended. */
  sessionEnded: () => {},
};

/** How long a call may take, in milliseconds, unless it says otherwise. */
const TIMEOUT = 30_000;

/** The codes of a request whose cookie opens no session. */
const NO_SESSION = new Set(["missing_token", "invalid_token"]);

/** How long a call waits until it is sent again, in milliseconds. */
const PAUSE = 300;

/** How long a file may take, on a slow connection. */
export const FILE_TIMEOUT = 300_000;

/**
 * The reason why a call failed. `code` comes from the service, or is one of the page's own codes. The
 * message is a text of the page, because the `detail` of the service is written for developers.
 */
export class Problem extends Error {
  constructor({ code, errors, retryAfter, ...more }) {
    const text = hasText(`problems.${code}`) ? t(`problems.${code}`) : t("problems.unknown");
    super(retryAfter ? `${text} ${t("times.try_again", { when: inHowLong(retryAfter) })}` : text);
    Object.assign(this, { code, errors: errors ?? [], more });
  }

  /** An error in a field that this page found. */
  static of(field, text) {
    return new Problem({ code: "validation_failed", errors: [{ pointer: `/${field}`, text }] });
  }
}

/**
 * Calls an operation. Resolves to the headers of the reply and to its body, as `read` reads
 * it. `body` is sent as JSON, or unchanged if it is a file. After `timeout` milliseconds without the
 * whole reply, the call fails. A `quiet` call changes nothing that other tabs show, or they are told later.
 */
export async function call(method, path, options = {}) {
  const { body, headers = {}, read = json, timeout = TIMEOUT, cache = "no-store", quiet = false, again = false } = options;
  const sent = { ...headers };
  // Another tab may have logged in as somebody else. This user's changes must not be made to them.
  if (session.user) sent["X-Expected-User"] = session.user.id;
  if (body) sent["Content-Type"] = body instanceof Blob ? "application/octet-stream" : "application/json";
  const payload = body instanceof Blob ? body : body && JSON.stringify(body);

  let reply;
  try {
    // No reply stays in the cache of a computer that others use as well.
    const signal = AbortSignal.timeout(timeout);
    reply = await fetch(path, { method, headers: sent, body: payload, cache, signal });
    if (reply.ok) {
      const data = await read(reply);
      if (method !== "GET" && session.user && !quiet) tellTabs();
      return { headers: reply.headers, data };
    }
  } catch (error) {
    throw new Problem({ code: error.name === "TimeoutError" ? "timeout" : "network" });
  }

  const problem = await reply.json().catch(() => ({}));
  if (NO_SESSION.has(problem.code)) {
    // Another tab may be replacing the token in the cookie.
    if (session.user && !again) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
      return call(method, path, { ...options, again: true });
    }
    const had = session.user;
    if (had && (await isSomebodyElse())) return reload();
    session.end();
    if (had) hooks.sessionEnded();
    throw new Problem({ code: "session_ended" });
  }
  if (problem.code === "reauthentication_required") {
    if (await hooks.reauthenticate()) return call(method, path, options);
    throw new Problem({ code: "cancelled" });
  }
  throw new Problem({ ...problem, retryAfter: Number(reply.headers.get("Retry-After")) });
}

/** Whether the cookie opens the session of another user. */
async function isSomebodyElse() {
  return fetch("/me", { cache: "no-store" }).then((reply) => reply.ok, () => false);
}

/** Loads the page again, because it has the texts and forms of another user. */
function reload() {
  location.reload();
  return new Promise(() => {});
}

async function json(reply) {
  const text = await reply.text();
  return text ? JSON.parse(text) : undefined;
}

/** Loads the user again. */
export async function loadMe() {
  const { data, headers } = await call("GET", "/me");
  if (session.user && session.user.id !== data.id) {
    return reload();
  }
  session.begin(data, headers.get("ETag"));
  return data;
}
