// The view that changes the password.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { form, usernameFor } from "./form.js";
import { done } from "./notice.js";
import { recoveryLinks } from "./recovery.js";
import { show } from "./router.js";
import { session } from "./session.js";
import { t } from "./texts.js";

export const NEW_PASSWORD = {
  name: "newPassword",
  label: t("fields.new_password"),
  type: "password",
  autocomplete: "new-password",
  hint: t("new_password.hint"),
};

export async function password() {
  const links = await recoveryLinks();
  const change = form({
    before: usernameFor(session.user.defaultEmail ?? ""),
    fields: [
      { name: "currentPassword", label: t("fields.current_password"), type: "password", autocomplete: "current-password" },
      NEW_PASSWORD,
    ],
    submit: t("password.submit"),
    busy: t("password.busy"),
    codes: { wrong_password: "currentPassword" },
    async action(body) {
      await call("PUT", "/me/password", { body });
      await show();
      done(t("password.done"));
    },
  });
  const link = h("a", { href: "#forgot-password" }, t("password.request"));
  return [
    h("p", { class: "lead" }, t("password.lead")),
    card(t("password.change_title"), change),
    links,
    h("p", {}, t("password.forgot", { link })),
  ];
}
