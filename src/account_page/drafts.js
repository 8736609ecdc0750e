// What somebody has typed and not sent yet. It survives a reload and the end of the session, until
// the tab is closed or its user logs out.

import { session } from "./session.js";

const PREFIX = "account.draft.";

const key = (name) => `${PREFIX}${session.user?.id ?? "guest"}.${name}`;

/** What was kept under this name for the user. */
export function recall(name) {
  const kept = sessionStorage.getItem(key(name));
  return kept ? JSON.parse(kept) : undefined;
}

/** Keeps `value`, or forgets what was kept if it is undefined. */
export function keep(name, value) {
  if (value === undefined) return sessionStorage.removeItem(key(name));
  try {
    sessionStorage.setItem(key(name), JSON.stringify(value));
  } catch {
    // The storage is full. What was typed is still in the form.
  }
}

/** Forgets everything, because another person may use the browser next. */
export function forgetDrafts() {
  for (const name of Object.keys(sessionStorage)) {
    if (name.startsWith(PREFIX)) sessionStorage.removeItem(name);
  }
}
