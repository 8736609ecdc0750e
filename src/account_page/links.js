// The views that links in mails lead to. Only a click uses the token, because mail scanners open links as well.

import { call } from "./api.js";
import { explainLogIn } from "./access.js";
import { card, h } from "./dom.js";
import { form } from "./form.js";
import { done } from "./notice.js";
import { NEW_PASSWORD } from "./password.js";
import { go, mailed } from "./router.js";
import { session } from "./session.js";

const TOKEN = { name: "token", label: "Code from the message", autocomplete: "off", spellcheck: "false" };

export function verifyEmail() {
  const known = mailed["verify-email"];
  return card(
    undefined,
    form({
      before: h("p", {}, known ? "Confirm that the address is yours." : "Enter the code from the message that we sent to the address."),
      fields: known ? [] : [TOKEN],
      submit: "Confirm my address",
      busy: "Confirming…",
      codes: { invalid_one_time_token: "token", email_taken: "token" },
      async action({ token = known }) {
        await call("POST", "/email-verifications", { body: { token: token.trim() }, anonymous: true });
        delete mailed["verify-email"];
        if (!session.token) explainLogIn("Your address was confirmed. You can log in with it now.");
        await go("emails");
        if (session.token) done("Your address was confirmed.");
      },
    }),
  );
}

export const resetPassword = newPassword("reset-password", [
  "Choose a new password. This ends all sessions of your account.",
]);
export const acceptInvitation = newPassword("invitation", [
  "An account was created for you. Choose a password to use it.",
]);
export const recover = newPassword("recover", [
  "If you did not make the change, choose a new password now.",
  "This ends all sessions and removes the addresses that were added since that change. The address that we wrote to becomes the default again.",
]);

/** A view that sets a password with a mailed token. */
function newPassword(name, texts) {
  return () => {
    const known = mailed[name];
    return card(
      undefined,
      form({
        before: texts.map((text) => h("p", {}, text)),
        fields: known ? [NEW_PASSWORD] : [TOKEN, NEW_PASSWORD],
        submit: "Save the password",
        busy: "Saving…",
        codes: { invalid_one_time_token: "token", email_taken: "token" },
        async action({ token = known, newPassword: password }) {
          const body = { token: token.trim(), newPassword: password };
          await call("POST", "/password-resets/confirm", { body, anonymous: true });
          delete mailed[name];
          // The reset has ended this session, or it is the session of another user.
          if (session.token) await call("POST", "/logout").catch(() => {});
          session.end();
          explainLogIn("Your new password was saved. Log in with it.");
          await go("log-in");
        },
      }),
    );
  };
}
