// Email addresses: list, add, verify, make default, remove.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { confirmed } from "./dialog.js";
import { form } from "./form.js";
import { when } from "./format.js";
import { actionButton, done } from "./notice.js";
import { show } from "./router.js";

export async function emails() {
  const { data } = await call("GET", "/me/emails");
  const unverified = data.some((one) => !one.verified);
  return [
    h("p", { class: "lead" }, "We write to your default address. You can log in with each of your addresses."),
    card("Your addresses", h("ul", { class: "rows" }, data.map(row))),
    unverified && card("Confirm an address", tokenForm()),
    card("Add an address", addForm()),
  ];
}

function row({ id, email, verified, default: isDefault, createdAt }) {
  const path = `/me/emails/${id}`;
  const badges = [
    isDefault && h("span", { class: "badge accent" }, "Default"),
    verified ? h("span", { class: "badge" }, "Confirmed") : h("span", { class: "badge warn" }, "Not confirmed"),
  ];
  const makeDefault = async () => {
    await call("PUT", "/me/default-email", { body: { emailId: id } });
    await show();
    done(`${email} is now the default address.`);
  };
  const send = async () => {
    await call("POST", `${path}/verification`);
    done(`We sent another message to ${email}.`);
  };
  const remove = async () => {
    const really = await confirmed("Remove this address?", `You can no longer log in with ${email}.`, "Remove");
    if (!really) return;
    await call("DELETE", path);
    await show();
    done(`${email} was removed.`);
  };
  const button = (label, action, busy) => actionButton(label, action, { busy, "aria-label": `${label}: ${email}` });
  return h(
    "li",
    {},
    h("div", {}, h("p", { class: "what" }, email, badges), h("p", { class: "hint" }, "Added ", when(createdAt))),
    h(
      "div",
      { class: "actions" },
      !verified && button("Send again", send, "Sending…"),
      verified && !isDefault && button("Make default", makeDefault, "Saving…"),
      !isDefault && button("Remove", remove, "Removing…"),
    ),
  );
}

function tokenForm() {
  return form({
    before: h("p", {}, "Open the link in the message that we sent, or enter its code here."),
    fields: [{ name: "token", label: "Code from the message", autocomplete: "off", spellcheck: "false" }],
    submit: "Confirm",
    busy: "Confirming…",
    kind: "",
    codes: { invalid_one_time_token: "token", email_taken: "token" },
    async action({ token }) {
      await call("POST", "/email-verifications", { body: { token: token.trim() }, anonymous: true });
      await show();
      done("The address was confirmed.");
    },
  });
}

function addForm() {
  return form({
    fields: [{ name: "email", label: "Email address", type: "email", autocomplete: "email" }],
    submit: "Add",
    busy: "Adding…",
    codes: { email_taken: "email", too_many_emails: "email" },
    async action({ email }) {
      await call("POST", "/me/emails", { body: { email: email.trim() } });
      await show("input[name=token]");
      done(`We sent a message to ${email.trim()}. Confirm the address with it.`);
    },
  });
}
