// The phone number: set, verify with a code, remove.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { confirmed } from "./dialog.js";
import { form } from "./form.js";
import { actionButton, done } from "./notice.js";
import { show } from "./router.js";
import { session } from "./session.js";

export function phone() {
  const { phoneNumber } = session.user;
  const current = phoneNumber
    ? h(
        "ul",
        { class: "rows" },
        h(
          "li",
          {},
          h("p", { class: "what" }, phoneNumber, h("span", { class: "badge" }, "Confirmed")),
          actionButton("Remove", remove, { busy: "Removing…" }),
        ),
      )
    : h("p", {}, "You have no phone number.");
  const setting = card(phoneNumber ? "Change your number" : "Set your number");
  setting.append(numberForm(setting));
  return [card("Your number", current), setting];
}

async function remove() {
  const really = await confirmed("Remove your phone number?", "Codes that we sent to a number before stop working.", "Remove");
  if (!really) return;
  await call("DELETE", "/me/phone-number");
  await show();
  done("Your phone number was removed.");
}

function numberForm(setting, value = "") {
  return form({
    fields: [
      {
        name: "phoneNumber",
        label: "Phone number",
        type: "tel",
        autocomplete: "tel",
        value,
        hint: "With + and the country code, like +44 20 7183 8750. We send a code to it.",
      },
    ],
    submit: "Send a code",
    busy: "Sending…",
    async action({ phoneNumber: typed }) {
      // People separate groups of digits, but E.164 does not.
      const phoneNumber = typed.replace(/[\s().\/-]/g, "");
      await call("PUT", "/me/phone-number", { body: { phoneNumber } });
      setting.querySelector("form").replaceWith(codeForm(setting, phoneNumber));
      setting.querySelector("input").focus();
      done(`We sent a code to ${phoneNumber}.`);
    },
  });
}

function codeForm(setting, phoneNumber) {
  const back = () => {
    setting.querySelector("form").replaceWith(numberForm(setting, phoneNumber));
    setting.querySelector("input").focus();
  };
  return form({
    before: h("p", {}, `We sent a code to ${phoneNumber}. It works for ten minutes.`),
    fields: [
      {
        name: "code",
        label: "Six-digit code",
        autocomplete: "one-time-code",
        inputmode: "numeric",
        class: "code",
      },
    ],
    submit: "Confirm",
    busy: "Checking…",
    codes: { wrong_code: "code", code_expired: "code" },
    after: h("button", { type: "button", onclick: back }, "Back"),
    async action({ code }) {
      await call("POST", "/me/phone-number/verification", { body: { code: code.replace(/\s/g, "") } });
      await show();
      done("Your phone number was saved.");
    },
  });
}
