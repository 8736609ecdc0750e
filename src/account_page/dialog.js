// Dialogs that come before an action: re-authentication and confirmation.

import { call } from "./api.js";
import { freshId, h } from "./dom.js";
import { form, usernameFor } from "./form.js";
import { session } from "./session.js";
import { t } from "./texts.js";

/** Opens a dialog with the content that `build` returns. Resolves to whether the user confirmed. */
function ask(title, build) {
  return new Promise((resolve) => {
    const id = freshId("dialog");
    // The element that opened the dialog may be gone by then. The heading of the view is not.
    const opener = document.activeElement;
    let answer = false;
    const dialog = h("dialog", { "aria-labelledby": id });
    const cancel = h("button", { type: "button", onclick: () => dialog.close() }, t("actions.cancel"));
    const confirm = () => {
      answer = true;
      dialog.close();
    };
    dialog.append(h("h2", { id }, title), ...build(confirm, cancel));
    dialog.addEventListener("close", () => {
      dialog.remove();
      (opener?.isConnected ? opener : document.querySelector("h1"))?.focus();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

let asking;

/** Re-authentication: asks for the password before something that could be used to take the account over. */
export function reauthenticate() {
  // Two requests at the same time ask only once.
  asking ??= ask(t("reauthentication.title"), (confirm, cancel) => [
    h("p", {}, t("reauthentication.text")),
    form({
      before: usernameFor(session.user?.defaultEmail ?? ""),
      fields: [{ name: "password", label: t("fields.password"), type: "password", autocomplete: "current-password" }],
      submit: t("actions.confirm"),
      busy: t("actions.checking"),
      codes: { wrong_password: "password" },
      after: cancel,
      async action(body) {
        await call("POST", "/me/reauthentication/cookie", { body });
        confirm();
      },
    }),
  ]).finally(() => (asking = undefined));
  return asking;
}

/** Asks the user to confirm something that can't be undone. */
export function confirmed(title, text, label) {
  return ask(title, (confirm, cancel) => [
    h("p", {}, text),
    h("div", { class: "actions" }, h("button", { type: "button", class: "danger", onclick: confirm }, label), cancel),
  ]);
}

/** Closes all dialogs, when the session that they belong to has ended. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}
