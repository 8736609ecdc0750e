// The phone number: set, verify with a code, remove.

import { call } from "./api.js";
import { countries } from "./choices.js";
import { card, h } from "./dom.js";
import { confirmed } from "./dialog.js";
import { keep, recall } from "./drafts.js";
import { form } from "./form.js";
import { actionButton, done } from "./notice.js";
import { show } from "./router.js";
import { session } from "./session.js";
import { t } from "./texts.js";

/** How long a code works, in milliseconds. */
const CODE_WORKS = 10 * 60_000;

/** The draft with the number to which a code was sent, and until when it works. */
const SENT = "phone-code";

export async function phone() {
  const { phoneNumber, status } = session.user;
  const current = phoneNumber
    ? h(
        "ul",
        { class: "rows" },
        h(
          "li",
          {},
          h("p", { class: "what" }, phoneNumber, h("span", { class: "badge" }, t("phone.confirmed"))),
          actionButton(t("actions.remove"), () => remove(phoneNumber), { busy: t("actions.removing") }),
        ),
      )
    : undefined;
  const setting = card(phoneNumber ? t("phone.change_title") : t("phone.set_title"));
  const offered = await countries();
  const sent = recall(SENT);
  const toEmails = h("a", { href: "#emails" }, t("phone.to_emails"));
  if (status === "pending") setting.append(h("p", {}, t("phone.needs_email", { link: toEmails })));
  else if (!offered.length) setting.append(h("p", {}, t("phone.not_served")));
  else if (sent && sent.until > Date.now()) setting.append(codeForm(setting, offered, sent.phoneNumber));
  else setting.append(numberForm(setting, offered));
  return [current ? card(t("phone.current_title"), current) : h("p", { class: "lead" }, t("phone.none")), setting];
}

async function remove(number) {
  const text = t("phone.remove_text", { number });
  const really = await confirmed(t("phone.remove_title"), text, t("actions.remove"));
  if (!really) return;
  await call("DELETE", "/me/phone-number");
  keep(SENT, undefined);
  await show();
  done(t("phone.removed"));
}

function numberForm(setting, offered, value = "") {
  return form({
    draft: "phone",
    fields: [
      {
        name: "country",
        label: t("fields.country"),
        value: likelyCountry(offered),
        known: (country) => offered.find((one) => one.value === country)?.label ?? country,
        choices: () => offered,
      },
      {
        name: "phoneNumber",
        label: t("fields.phone_number"),
        type: "tel",
        autocomplete: "tel",
        value,
        hint: t("phone.hint"),
      },
    ],
    submit: t("phone.submit"),
    busy: t("actions.sending"),
    async action({ country, phoneNumber: typed }) {
      const phoneNumber = international(typed, offered.find((one) => one.value === country));
      await send(phoneNumber);
      setting.querySelector("form").replaceWith(codeForm(setting, offered, phoneNumber));
      setting.querySelector("input").focus();
    },
  });
}

/** The country of the user's number, or of the region that the locale or the browser names. */
function likelyCountry(offered) {
  const { phoneNumber = "" } = session.user;
  // Of several countries with one code, the region decides.
  const ofNumber = offered.filter(({ code }) => phoneNumber.startsWith(`+${code}`));
  const likely = ofNumber.length ? ofNumber : offered;
  const regions = [session.user.locale, ...navigator.languages].map((tag) => {
    try {
      return new Intl.Locale(tag).maximize().region;
    } catch {
      return undefined;
    }
  });
  return regions.find((region) => likely.some((one) => one.value === region)) ?? likely[0].value;
}

/** The number as the service takes it: with the country code, and without anything between the digits. */
function international(typed, country) {
  const digits = typed.replace(/[\s().\/-]/g, "").replace(/^00/, "+");
  if (digits.startsWith("+") || !digits || !country) return digits;
  const { code, prefix } = country;
  // Inside the country, people put this before the number.
  const national = prefix && digits.startsWith(prefix) ? digits.slice(prefix.length) : digits;
  return `+${code}${national}`;
}

async function send(phoneNumber) {
  await call("PUT", "/me/phone-number", { body: { phoneNumber } });
  keep(SENT, { phoneNumber, until: Date.now() + CODE_WORKS });
  done(t("phone.sent", { number: phoneNumber }));
}

function codeForm(setting, offered, phoneNumber) {
  const back = () => {
    keep(SENT, undefined);
    setting.querySelector("form").replaceWith(numberForm(setting, offered, phoneNumber));
    setting.querySelector("[name=phoneNumber]").focus();
  };
  return form({
    before: h("p", {}, t("phone.code_intro", { number: phoneNumber })),
    fields: [
      {
        name: "code",
        label: t("fields.code"),
        autocomplete: "one-time-code",
        inputmode: "numeric",
        class: "code",
      },
    ],
    submit: t("actions.confirm"),
    busy: t("actions.checking"),
    codes: { wrong_code: "code", code_expired: "code" },
    after: [
      actionButton(t("phone.send_again"), () => send(phoneNumber), { busy: t("actions.sending") }),
      h("button", { type: "button", onclick: back }, t("phone.back")),
    ],
    async action({ code }) {
      await call("POST", "/me/phone-number/verification", { body: { code: code.replace(/\s/g, "") } });
      keep(SENT, undefined);
      await show();
      done(t("phone.saved"));
    },
  });
}
