// Calls the service, and says in plain words what went wrong.

import { forHowLong } from "./format.js";
import { session } from "./session.js";

/** Set by main.js: this module knows no dialogs and no views. */
export const hooks = {
  /** Asks for the password; resolves to whether it was right. */
  reauthenticate: async () => false,
  /** The session is over. */
  sessionEnded: () => {},
};

/** Instead of a `detail` that is meant for programmers. */
const TEXTS = {
  cancelled: "Nothing was changed, because the password was not confirmed.",
  internal_error: "Something went wrong in the service. Please try again later.",
  network: "The service can’t be reached. Check your connection, then try again.",
  payload_too_large: "That is too large.",
  precondition_failed: "This was changed elsewhere in the meantime.",
  request_timeout: "The connection is too slow. Please try again.",
  service_unavailable: "The service is too busy right now.",
  session_ended: "Your session has ended.",
  too_many_requests: "That was asked for too often.",
  validation_failed: "Please check what you entered.",
  wrong_password: "This is not your password.",
};

/** Why something was not done. `code` is the service's, or one of this page's own above. */
export class Problem extends Error {
  constructor({ code, detail, errors, retryAfter, ...more }) {
    const text = TEXTS[code] ?? detail ?? "The service gave an answer that this page does not understand.";
    super(retryAfter ? `${text} Try again in ${forHowLong(retryAfter)}.` : text);
    Object.assign(this, { code, errors: errors ?? [], more });
  }

  /** Something that this page found wrong with a field. */
  static of(field, message) {
    return new Problem({ code: "validation_failed", errors: [{ pointer: `/${field}`, message, whole: true }] });
  }
}

/**
 * Calls an operation; resolves to its headers and what `read` makes of the reply.
 * `body` is sent as JSON, or as it is when it is a file.
 */
export async function call(method, path, { body, headers = {}, anonymous = false, read = json } = {}) {
  const token = anonymous ? undefined : session.token;
  const sent = { ...headers };
  if (token) sent.Authorization = `Bearer ${token}`;
  if (body) sent["Content-Type"] = body instanceof Blob ? "application/octet-stream" : "application/json";
  const payload = body instanceof Blob ? body : body && JSON.stringify(body);

  let reply;
  try {
    // Nothing of it stays in a cache on a computer that others use as well.
    reply = await fetch(path, { method, headers: sent, body: payload, cache: "no-store" });
    if (reply.ok) return { headers: reply.headers, data: await read(reply) };
  } catch {
    throw new Problem({ code: "network" });
  }

  const problem = await reply.json().catch(() => ({}));
  if (reply.status === 401 && token) {
    // Another one may have begun while this was under way.
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

/** Reads the user anew. */
export async function loadMe() {
  const { data, headers } = await call("GET", "/me");
  session.user = data;
  session.etag = headers.get("ETag");
  return data;
}
