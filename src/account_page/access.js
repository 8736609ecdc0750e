// Views for guests: sign up, log in, request a new password, restore a deleted account.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { form } from "./form.js";
import { when } from "./format.js";
import { stay } from "./log-out.js";
import { done } from "./notice.js";
import { go, retitle, show } from "./router.js";
import { session } from "./session.js";
import { tellTabs } from "./tabs.js";
import { language, t } from "./texts.js";

const EMAIL = { name: "email", label: t("fields.email"), type: "email" };
const SHARED = { name: "shared", label: t("log_in.shared"), type: "checkbox", hint: t("log_in.shared_hint") };
const PASSWORD = { name: "password", label: t("fields.password"), type: "password" };

/** The reason why the log-in view is shown. It is shown once. */
let reason;

export function explainLogIn(text) {
  reason = text;
}

/** The log-in view. `purpose` is the reason why the view that was requested needs a session. */
export function logIn(_, purpose) {
  const text = reason ?? purpose;
  const why = text && h("p", { class: "info", role: "alert" }, text);
  reason = undefined;
  const panel = card();
  panel.append(
    form({
      fields: [
        { ...EMAIL, autocomplete: "username" },
        { ...PASSWORD, autocomplete: "current-password" },
        SHARED,
      ],
      submit: t("log_in.submit"),
      busy: t("log_in.busy"),
      async action({ email, password, shared }) {
        const credentials = { email: email.trim(), password, persistent: !shared };
        try {
          await enter("/login/cookie", credentials);
        } catch (problem) {
          if (problem.code !== "account_deleted") throw problem;
          panel.replaceWith(restoring(credentials, problem.more.restorableUntil));
          retitle(t("restore.title"));
          return;
        }
        await show();
      },
    }),
  );
  return [
    why,
    panel,
    h("p", {}, h("a", { href: "#forgot-password" }, t("forgot_password.title"))),
    h("p", {}, t("log_in.new_here", { link: h("a", { href: "#sign-up" }, t("log_in.create_account")) })),
  ];
}

export function signUp() {
  const panel = card(
    undefined,
    form({
      fields: [
        { name: "name", label: t("fields.name"), autocomplete: "name", hint: t("sign_up.name_hint") },
        { ...EMAIL, autocomplete: "username" },
        { ...PASSWORD, rules: "newPassword", autocomplete: "new-password", hint: t("sign_up.password_hint") },
        SHARED,
      ],
      submit: t("sign_up.submit"),
      busy: t("sign_up.busy"),
      codes: { email_taken: "email" },
      async action({ email: typed, password, name, shared }) {
        const email = typed.trim();
        await create({ email, password, name });
        await enter("/login/cookie", { email, password, persistent: !shared });
        await go("profile");
        done(t("sign_up.done"));
      },
    }),
  );
  const link = h("a", { href: "#log-in" }, t("sign_up.log_in"));
  return [panel, h("p", {}, t("sign_up.has_account", { link }))];
}

/** Signs up, with the language and the time zone of the browser, if the service knows them. */
async function create(body) {
  const { timeZone: timezone } = Intl.DateTimeFormat().resolvedOptions();
  const device = { locale: navigator.language, timezone };
  try {
    await call("POST", "/signup", { body: { ...body, ...device } });
  } catch (problem) {
    const unknown = ({ pointer }) => Object.keys(device).some((name) => pointer === `/${name}`);
    if (!problem.errors.some(unknown)) throw problem;
    await call("POST", "/signup", { body });
  }
}

export function forgotPassword() {
  const panel = card();
  panel.append(
    form({
      before: h("p", {}, t("forgot_password.intro")),
      fields: [{ ...EMAIL, autocomplete: "username", value: session.user?.defaultEmail }],
      submit: t("forgot_password.submit"),
      busy: t("actions.sending"),
      async action({ email: typed }) {
        const email = typed.trim();
        await call("POST", "/password-resets", { body: { email } });
        const sent = card(t("forgot_password.sent_title"), h("p", {}, t("forgot_password.sent", { email })));
        panel.replaceWith(sent);
        sent.querySelector("h2").focus();
      },
    }),
  );
  const link = h("a", { href: "#reset-password" }, t("forgot_password.enter_code"));
  return [
    panel,
    h("p", {}, t("forgot_password.code", { link })),
    !session.user && h("p", {}, h("a", { href: "#log-in" }, t("forgot_password.back"))),
  ];
}

/** Replaces the form when the account was deleted. */
function restoring(credentials, until) {
  if (!until || new Date(until) < new Date()) {
    return card(undefined, h("p", {}, t("restore.too_late")));
  }
  return card(
    undefined,
    form({
      before: h("p", {}, t("restore.until", { when: when(until) })),
      fields: [],
      submit: t("restore.submit"),
      busy: t("restore.busy"),
      async action() {
        await enter("/restore/cookie", credentials);
        await go("profile");
        done(t("restore.done"));
      },
    }),
  );
}

/** Begins a session. If the user reads another language, the page is loaded again. */
async function enter(path, body) {
  await stay();
  const { data, headers } = await call("POST", path, { body });
  session.begin(data, headers.get("ETag"));
  tellTabs();
  if (data.locale && data.locale.split("-")[0] !== language) {
    location.reload();
    await new Promise(() => {});
  }
}
