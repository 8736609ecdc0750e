// The view that changes the password.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { form, usernameFor } from "./form.js";
import { done } from "./notice.js";
import { show } from "./router.js";
import { session } from "./session.js";

export const NEW_PASSWORD = {
  name: "newPassword",
  label: "New password",
  type: "password",
  autocomplete: "new-password",
  hint: "At least 8 characters. A few words that nobody can guess make a good password.",
};

export function password() {
  const change = form({
    before: usernameFor(session.user.defaultEmail ?? ""),
    fields: [
      { name: "currentPassword", label: "Current password", type: "password", autocomplete: "current-password" },
      NEW_PASSWORD,
    ],
    submit: "Change password",
    busy: "Changing…",
    codes: { wrong_password: "currentPassword" },
    async action(body) {
      await call("PUT", "/me/password", { body });
      await show();
      done("Your password was changed. All other sessions have ended.");
    },
  });
  return [
    h("p", { class: "lead" }, "A new password ends all your other sessions."),
    card("Change your password", change),
    h("p", {}, "Forgot your current password? ", h("a", { href: "#forgot-password" }, "Request a new one"), "."),
  ];
}
