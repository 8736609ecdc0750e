// Calls the service, and explains in plain words what went wrong.

import { forHowLong } from "./format.js";
import { session } from "./session.js";

/** Set by main.js, because this module does not know dialogs and views. */
export const hooks = {
  /** Asks for the password. Resolves to whether it was right. */
  reauthenticate: async () => false,
  /** Called when the session has ended. */
  sessionEnded: () => {},
};

/** Texts for users, in place of a `detail` that is written for developers. */
const TEXTS = {
  cancelled: "Nothing was changed, because the password was not confirmed.",
  internal_error: "Something went wrong in the service. Please try again later.",
  network: "The service can’t be reached. Check your connection, then try again.",
  payload_too_large: "This is too large.",
  precondition_failed: "This was changed elsewhere in the meantime.",
  request_timeout: "The connection is too slow. Please try again.",
  service_unavailable: "The service is too busy right now.",
  session_ended: "Your session has ended.",
  too_many_requests: "You tried this too often.",
  validation_failed: "Please check what you entered.",
  wrong_password: "This is not your password.",
};

/** The reason why a call failed. `code` comes from the service, or is one of the page's own codes above. */
export class Problem extends Error {
  constructor({ code, detail, errors, retryAfter, ...more }) {
    const text = TEXTS[code] ?? detail ?? "The service sent a reply that this page does not understand.";
    super(retryAfter ? `${text} Try again in ${forHowLong(retryAfter)}.` : text);
    Object.assign(this, { code, errors: errors ?? [], more });
  }

  /** An error in a field that this page found. */
  static of(field, message) {
    return new Problem({ code: "validation_failed", errors: [{ pointer: `/${field}`, message, whole: true }] });
  }
}

/**
 * Calls an operation. Resolves to the headers of the reply and to its body, as `read` reads
 * it. `body` is sent as JSON, or unchanged if it is a file.
 */
export async function call(method, path, { body, headers = {}, anonymous = false, read = json } = {}) {
  const token = anonymous ? undefined : session.token;
  const sent = { ...headers };
  if (token) sent.Authorization = `Bearer ${token}`;
  if (body) sent["Content-Type"] = body instanceof Blob ? "application/octet-stream" : "application/json";
  const payload = body instanceof Blob ? body : body && JSON.stringify(body);

  let reply;
  try {
    // No reply stays in the cache of a computer that others use as well.
    reply = await fetch(path, { method, headers: sent, body: payload, cache: "no-store" });
    if (reply.ok) return { headers: reply.headers, data: await read(reply) };
  } catch {
    throw new Problem({ code: "network" });
  }

  const problem = await reply.json().catch(() => ({}));
  if (reply.status === 401 && token) {
    // Another session may have begun during this request.
    if (session.token === token) {
      session.end();
      hooks.sessionEnded();
    }
    throw new Problem({ code: "session_ended" });
  }
  if (problem.code === "reauthentication_required") {
    if (await hooks.reauthenticate()) return call(method, path, { body, headers, anonymous, read });
    throw new Problem({ code: "cancelled" });
  }
  throw new Problem({ ...problem, retryAfter: Number(reply.headers.get("Retry-After")) });
}

async function json(reply) {
  const text = await reply.text();
  return text ? JSON.parse(text) : undefined;
}

/** Loads the user again. */
export async function loadMe() {
  const { data, headers } = await call("GET", "/me");
  session.user = data;
  session.etag = headers.get("ETag");
  return data;
}
