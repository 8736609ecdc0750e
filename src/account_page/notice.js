// Notices beside the views: something was done, or why it was not.

import { h } from "./dom.js";
import { t } from "./texts.js";

/** How long a notice stays, in milliseconds. The view shows the result as well. */
const NOTICE_MILLIS = 8000;

/** Where the key of a text is kept while the page is loaded again. */
const KEPT = "account.notice";

const status = document.getElementById("status");
const alert = document.getElementById("alert");
let timer;

/** Tells the user that something was done. */
export function done(text) {
  dismiss();
  status.replaceChildren(notice(text));
  timer = setTimeout(() => status.replaceChildren(), NOTICE_MILLIS);
}

/** Loads the page again, in whatever language, and then tells the user the text with this key. */
export function reloadWith(key) {
  sessionStorage.setItem(KEPT, key);
  location.reload();
}

/** Tells what the page wanted to tell when it was loaded again. */
export function tellKept() {
  const key = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (key) done(t(key));
}

/** Tells the user why something was not done. It stays until the user dismisses it or tries something else. */
export function failed(problem) {
  dismiss();
  // The view that follows explains this.
  if (problem.code === "session_ended") return;
  alert.replaceChildren(notice(problem.message, "bad"));
}

function notice(text, kind = "good") {
  const close = h("button", { type: "button", class: "plain", onclick: dismiss }, t("actions.dismiss"));
  return h("div", { class: `notice ${kind}` }, h("p", {}, text), close);
}

export function dismiss() {
  clearTimeout(timer);
  status.replaceChildren();
  alert.replaceChildren();
}

/**
 * A button that runs `action`. It stays focusable while it is busy, so that keyboard users
 * do not lose their place.
 */
export function actionButton(label, action, { busy = label, ...attributes } = {}) {
  const button = h("button", { type: "button", ...attributes }, label);
  button.addEventListener("click", () => whileBusy(button, busy, action).catch(failed));
  return button;
}

/** Runs `action` and shows `button` as busy. Does nothing if the button is already busy. */
export async function whileBusy(button, text, action) {
  if (button.getAttribute("aria-disabled")) return;
  dismiss();
  const label = button.textContent;
  button.setAttribute("aria-disabled", "true");
  button.textContent = text;
  try {
    await action();
  } finally {
    button.removeAttribute("aria-disabled");
    button.textContent = label;
  }
}
