// What is said beside the views: that something was done, or why it was not.

import { h } from "./dom.js";

/** Long enough to read; what was done shows in the view as well. */
const STAYS = 8000;

const status = document.getElementById("status");
const alert = document.getElementById("alert");
let timer;

/** Says that something was done. */
export function done(text) {
  dismiss();
  status.replaceChildren(h("p", { class: "notice" }, text));
  timer = setTimeout(() => status.replaceChildren(), STAYS);
}

/** Says why something was not done, until it is dismissed or something else is tried. */
export function failed(problem) {
  dismiss();
  // The view that follows explains this one.
  if (problem.code === "session_ended") return;
  const close = h("button", { type: "button", class: "plain", onclick: dismiss }, "Dismiss");
  alert.replaceChildren(h("div", { class: "notice bad" }, h("p", {}, problem.message), close));
}

export function dismiss() {
  clearTimeout(timer);
  status.replaceChildren();
  alert.replaceChildren();
}

/**
 * A button that does something. It stays focusable while it is busy, so that whoever
 * uses a keyboard does not lose their place.
 */
export function actionButton(label, action, { busy = label, ...attributes } = {}) {
  const button = h("button", { type: "button", ...attributes }, label);
  button.addEventListener("click", () => whileBusy(button, busy, action).catch(failed));
  return button;
}

/** Runs `action` with `button` shown as busy; does nothing when it is already. */
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
