// What links in mails lead to. The token is used up by a click only: what looks through mails opens links as well.

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
      before: h("p", {}, known ? "Confirm that the address is yours." : "It is in the message that we sent to the address."),
      fields: known ? [] : [TOKEN],
      submit: "Confirm my address",
      busy: "Confirming…",
      codes: { invalid_one_time_token: "token", email_taken: "token" },
      async action({ token = known }) {
        await call("POST", "/email-verifications", { body: { token: token.trim() }, anonymous: true });
        delete mailed["verify-email"];
        if (!session.token) explainLogIn("Your address is confirmed. You can log in with it now.");
        await go("emails");
        if (session.token) done("Your address is confirmed.");
      },
    }),
  );
}

export const resetPassword = newPassword("reset-password", [
  "Choose a new password. This ends all sessions of your account.",
]);
export const acceptInvitation = newPassword("invitation", [
  "An account has been prepared for you. Choose a password to use it.",
]);
export const recover = newPassword("recover", [
  "If a change to your account was not made by you, choose a new password now.",
  "This ends all sessions, makes the address that we wrote to the default again, and removes the addresses that were added since.",
]);

/** A view that sets a password with the token that was mailed. */
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
          // Its session has ended, or is of somebody else than who follows this link.
          if (session.token) await call("POST", "/logout").catch(() => {});
          session.end();
          explainLogIn("Your new password is saved. Log in with it.");
          await go("log-in");
        },
      }),
    );
  };
}
