// The views that links in mails lead to. Only a click uses the token, because mail scanners open links as well.

import { call } from "./api.js";
import { explainLogIn, logIn } from "./access.js";
import { card, h } from "./dom.js";
import { form, usernameFor } from "./form.js";
import { checkLink, checkOwner, emailOf } from "./link-check.js";
import { logOut } from "./log-out.js";
import { done } from "./notice.js";
import { NEW_PASSWORD } from "./password.js";
import { go, mailed } from "./router.js";
import { session } from "./session.js";
import { t } from "./texts.js";

const TOKEN = { name: "token", label: t("fields.token"), autocomplete: "off", spellcheck: "false" };
const CODES = { invalid_one_time_token: "token", email_taken: "token" };

export async function verifyEmail() {
  const known = mailed["verify-email"];
  const { broken, email } = await checkLink("verify-email", ["verify_email"], "emails");
  if (broken) return broken;
  if (!session.user) return logIn(undefined, t("verify_email.purpose"));
  const foreign = email && (await checkOwner(email));
  if (foreign) return foreign;
  return card(
    undefined,
    form({
      before: h("p", {}, email ? t("verify_email.intro", { email }) : t("verify_email.enter_code")),
      fields: known ? [] : [TOKEN],
      submit: t("verify_email.submit"),
      busy: t("actions.confirming"),
      codes: CODES,
      async action({ token = known }) {
        await call("POST", "/email-verifications", { body: { token: token.trim() } });
        delete mailed["verify-email"];
        await go("emails");
        done(t("verify_email.done"));
      },
    }),
  );
}

export async function refuseEmail() {
  const known = mailed["refuse-email"];
  const { broken } = await checkLink("refuse-email", ["verify_email"]);
  if (broken) return broken;
  const panel = card();
  panel.append(
    form({
      before: h("p", {}, t("refuse_email.intro")),
      fields: known ? [] : [TOKEN],
      submit: t("refuse_email.submit"),
      busy: t("actions.removing"),
      codes: CODES,
      async action({ token = known }) {
        await call("POST", "/email-verifications/refusals", { body: { token: token.trim() } });
        delete mailed["refuse-email"];
        const removed = card(t("refuse_email.done_title"), h("p", {}, t("refuse_email.done")));
        panel.replaceWith(removed);
        removed.querySelector("h2").focus();
      },
    }),
  );
  return panel;
}

export const resetPassword = newPassword("reset-password", [t("reset_password.intro")]);
export const acceptInvitation = newPassword("invitation", [t("invitation.intro")]);
export const recover = newPassword("recover", [t("recover.intro"), t("recover.effects")]);

/** The purposes of tokens that set a password. */
const PASSWORD_PURPOSES = ["reset_password", "accept_invitation", "recover"];

/** A view that sets a password with a mailed token. */
function newPassword(name, texts) {
  return async () => {
    const known = mailed[name];
    const { broken, email } = await checkLink(name, PASSWORD_PURPOSES, name === "invitation" ? undefined : "forgot-password");
    if (broken) return broken;
    return card(
      undefined,
      form({
        before: [texts.map((text) => h("p", {}, text)), email && emailOf(email), usernameFor(email ?? "")].flat(),
        fields: known ? [NEW_PASSWORD] : [TOKEN, NEW_PASSWORD],
        submit: t("new_password.submit"),
        busy: t("actions.saving"),
        codes: CODES,
        async action({ token = known, newPassword: password }) {
          const body = { token: token.trim(), newPassword: password };
          await call("POST", "/password-resets/confirm", { body });
          delete mailed[name];
          // The reset has ended this session, or it is the session of another user.
          if (session.user) await logOut();
          explainLogIn(t("new_password.done"));
          await go("log-in");
        },
      }),
    );
  };
}
