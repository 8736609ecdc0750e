// The other tabs of this browser. They share the session, so they follow when it or the user changes.

import { session } from "./session.js";

const channel = new BroadcastChannel("account");

/** Tells the other tabs that the session or its user has changed. */
export function tellTabs() {
  channel.postMessage({ userId: session.user?.id });
}

/** Calls `changed`, or `replaced` if another user has logged in, or `ended`, when another tab says so. */
export function followTabs({ changed, replaced, ended }) {
  channel.addEventListener("message", ({ data }) => {
    const userId = data?.userId;
    if (userId && userId === session.user?.id) changed();
    else if (userId) replaced();
    else if (session.user) ended();
  });
}
