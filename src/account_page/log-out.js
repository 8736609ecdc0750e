// Logging out. Only the service can end the cookie, so without a connection this is done later.

import { call } from "./api.js";
import { forgetDrafts } from "./drafts.js";
import { done } from "./notice.js";
import { session } from "./session.js";
import { tellTabs } from "./tabs.js";
import { t } from "./texts.js";

/** Says that the user wanted to log out. All tabs see it, and it survives the browser. */
const WANTED = "account.log-out";

/** How long the user waits, in milliseconds. */
const TIMEOUT = 5000;

/** How long the page waits until it tries again, in milliseconds. */
const PAUSE = 5000;

let leaving;
let timer;

/** Logs out. Resolves to whether the service knows it. The page forgets the user in any case. */
export async function logOut() {
  want();
  const left = await leave();
  forgetDrafts();
  session.end();
  tellTabs();
  return left;
}

/** Does what an earlier logout without a connection could not. Calls `explain` with whether it worked. */
export async function finishLogOut(explain) {
  if (!localStorage.getItem(WANTED)) return;
  // The server would have put a user into the page, if the session were still there.
  if (session.user === null) return stay();
  explain(await leave());
  forgetDrafts();
  session.end();
}

function want() {
  try {
    localStorage.setItem(WANTED, "yes");
  } catch {
    // The storage is full. The attempt that follows counts.
  }
}

/** Nobody wants to log out any more, because it is done or because somebody logs in. Resolves when nothing is under way. */
export async function stay() {
  localStorage.removeItem(WANTED);
  clearTimeout(timer);
  await leaving;
}

/** Resolves to whether the session has ended. */
function leave() {
  leaving ??= call("POST", "/logout", { timeout: TIMEOUT, quiet: true })
    .then(
      () => true,
      (problem) => problem.code === "session_ended",
    )
    .finally(() => (leaving = undefined));
  return leaving.then((left) => {
    clearTimeout(timer);
    if (left) localStorage.removeItem(WANTED);
    else timer = setTimeout(tryAgain, PAUSE);
    return left;
  });
}

async function tryAgain() {
  if (localStorage.getItem(WANTED) && (await leave())) done(t("log_out.done_later"));
}

addEventListener("online", tryAgain);
