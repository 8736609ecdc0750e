// Questions that have to be answered first: the password again, or "really?".

import { call } from "./api.js";
import { freshId, h } from "./dom.js";
import { form, usernameFor } from "./form.js";
import { session } from "./session.js";

/** Opens a dialog; resolves to true once `build`'s content says so, to false when it is closed. */
function ask(title, build) {
  return new Promise((resolve) => {
    const id = freshId("dialog");
    // What a browser returns focus to may be gone by then; the view's heading is not.
    const opener = document.activeElement;
    let answer = false;
    const dialog = h("dialog", { "aria-labelledby": id });
    const cancel = h("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
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

/** Asks for the password, so that the session may do what could take the account over. */
export function reauthenticate() {
  // Two requests at once are one question.
  asking ??= ask("Confirm that it’s you", (confirm, cancel) => [
    h("p", {}, "This could be used to take your account over, so please enter your password again."),
    form({
      before: usernameFor(session.user?.defaultEmail ?? ""),
      fields: [{ name: "password", label: "Password", type: "password", autocomplete: "current-password" }],
      submit: "Confirm",
      busy: "Checking…",
      codes: { wrong_password: "password" },
      after: cancel,
      async action(body) {
        await call("POST", "/me/reauthentication", { body });
        confirm();
      },
    }),
  ]).finally(() => (asking = undefined));
  return asking;
}

/** Asks whether something that can't be undone shall be done. */
export function confirmed(title, text, label) {
  return ask(title, (confirm, cancel) => [
    h("p", {}, text),
    h("div", { class: "actions" }, h("button", { type: "button", class: "danger", onclick: confirm }, label), cancel),
  ]);
}

/** Closes what is open: the session that it was about is over. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
}
