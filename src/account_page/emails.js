// Email addresses: list, add, verify, make default, remove.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { confirmed } from "./dialog.js";
import { form } from "./form.js";
import { when } from "./format.js";
import { actionButton, done } from "./notice.js";
import { show } from "./router.js";
import { t } from "./texts.js";

export async function emails() {
  const { data } = await call("GET", "/me/emails");
  const unverified = data.some((one) => !one.verified);
  return [
    h("p", { class: "lead" }, t("emails.lead")),
    card(t("emails.list_title"), h("ul", { class: "rows" }, data.map(row))),
    unverified && card(t("emails.confirm_title"), tokenForm()),
    card(t("emails.add_title"), addForm()),
  ];
}

function row({ id, email, verified, default: isDefault, createdAt }) {
  const path = `/me/emails/${id}`;
  const badges = [
    isDefault && h("span", { class: "badge accent" }, t("emails.default")),
    verified ? h("span", { class: "badge" }, t("emails.confirmed")) : h("span", { class: "badge warn" }, t("emails.unconfirmed")),
  ];
  const makeDefault = async () => {
    await call("PUT", "/me/default-email", { body: { emailId: id } });
    await show();
    done(t("emails.now_default", { email }));
  };
  const send = async () => {
    await call("POST", `${path}/verification`);
    done(t("emails.sent_again", { email }));
  };
  const remove = async () => {
    const text = t("emails.remove_text", { email });
    const really = await confirmed(t("emails.remove_title"), text, t("actions.remove"));
    if (!really) return;
    await call("DELETE", path);
    await show();
    done(t("emails.removed", { email }));
  };
  const button = (label, action, busy) =>
    actionButton(label, action, { busy, "aria-label": t("actions.about", { action: label, what: email }) });
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("p", { class: "what" }, email, badges),
      h("p", { class: "hint" }, t("emails.added", { when: when(createdAt) })),
    ),
    h(
      "div",
      { class: "actions" },
      !verified && button(t("emails.send_again"), send, t("actions.sending")),
      verified && !isDefault && button(t("emails.make_default"), makeDefault, t("actions.saving")),
      !isDefault && button(t("actions.remove"), remove, t("actions.removing")),
    ),
  );
}

function tokenForm() {
  return form({
    before: h("p", {}, t("emails.token_intro")),
    fields: [{ name: "token", label: t("fields.token"), autocomplete: "off", spellcheck: "false" }],
    submit: t("actions.confirm"),
    busy: t("actions.confirming"),
    codes: { invalid_one_time_token: "token", email_taken: "token" },
    async action({ token }) {
      await call("POST", "/email-verifications", { body: { token: token.trim() } });
      await show();
      done(t("emails.now_confirmed"));
    },
  });
}

function addForm() {
  return form({
    fields: [{ name: "email", label: t("fields.email"), type: "email", autocomplete: "email" }],
    kind: "",
    submit: t("emails.add"),
    busy: t("emails.adding"),
    codes: { email_taken: "email", too_many_emails: "email" },
    async action({ email }) {
      await call("POST", "/me/emails", { body: { email: email.trim() } });
      await show("input[name=token]");
      done(t("emails.sent", { email: email.trim() }));
    },
  });
}
