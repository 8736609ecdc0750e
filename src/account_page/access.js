// Views for guests: sign up, log in, request a new password, restore a deleted account.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { form } from "./form.js";
import { when } from "./format.js";
import { done } from "./notice.js";
import { go, show } from "./router.js";
import { session } from "./session.js";

const EMAIL = { name: "email", label: "Email address", type: "email" };
const PASSWORD = { name: "password", label: "Password", type: "password" };

/** The reason why the log-in view is shown. It is shown once. */
let reason;

export function explainLogIn(text) {
  reason = text;
}

export function logIn() {
  const why = reason && h("p", { class: "info", role: "alert" }, reason);
  reason = undefined;
  const panel = card();
  panel.append(
    form({
      fields: [
        { ...EMAIL, autocomplete: "username" },
        { ...PASSWORD, autocomplete: "current-password" },
      ],
      submit: "Log in",
      busy: "Logging in…",
      async action({ email, password }) {
        const credentials = { email: email.trim(), password };
        try {
          await enter("/login", credentials);
        } catch (problem) {
          if (problem.code !== "account_deleted") throw problem;
          panel.replaceWith(restoring(credentials, problem.more.restorableUntil));
          document.querySelector("#main h2").focus();
          return;
        }
        await show();
      },
    }),
  );
  return [
    why,
    panel,
    h("p", {}, h("a", { href: "#forgot-password" }, "Forgot your password?")),
    h("p", {}, "New here? ", h("a", { href: "#sign-up" }, "Create an account"), "."),
  ];
}

export function signUp() {
  const panel = card(
    undefined,
    form({
      fields: [
        { name: "name", label: "Name", autocomplete: "name", hint: "This is the name that others see." },
        { ...EMAIL, autocomplete: "username" },
        { ...PASSWORD, autocomplete: "new-password", hint: "At least 8 characters." },
      ],
      submit: "Create account",
      busy: "Creating…",
      codes: { email_taken: "email" },
      async action({ email: typed, password, name }) {
        const email = typed.trim();
        await call("POST", "/signup", { body: { email, password, name }, anonymous: true });
        await enter("/login", { email, password });
        await go("profile");
        done("Welcome! Your account is ready.");
      },
    }),
  );
  return [panel, h("p", {}, "Do you have an account? ", h("a", { href: "#log-in" }, "Log in"), ".")];
}

export function forgotPassword() {
  const panel = card();
  panel.append(
    form({
      before: h("p", {}, "We send you a message with a link. There you can choose a new password."),
      fields: [{ ...EMAIL, autocomplete: "username", value: session.user?.defaultEmail }],
      submit: "Send",
      busy: "Sending…",
      async action({ email: typed }) {
        const email = typed.trim();
        await call("POST", "/password-resets", { body: { email }, anonymous: true });
        const sent = card(
          "Check your mail",
          h("p", {}, `If there is an account with ${email}, we sent a message to it. Its link works for one hour.`),
        );
        panel.replaceWith(sent);
        sent.querySelector("h2").focus();
      },
    }),
  );
  return [
    panel,
    h("p", {}, "Does the message have a code? ", h("a", { href: "#reset-password" }, "Enter it"), "."),
    !session.token && h("p", {}, h("a", { href: "#log-in" }, "Back to login")),
  ];
}

/** Replaces the form when the account was deleted. */
function restoring(credentials, until) {
  if (!until || new Date(until) < new Date()) return card("This account is deleted", h("p", {}, "It can no longer be restored."));
  return card(
    "This account is deleted",
    form({
      before: h("p", {}, "You can restore it until ", when(until), ". After that, it is erased permanently."),
      fields: [],
      submit: "Restore my account",
      busy: "Restoring…",
      async action() {
        await enter("/restore", credentials);
        await go("profile");
        done("Welcome back! Your account was restored.");
      },
    }),
  );
}

async function enter(path, body) {
  const { data } = await call("POST", path, { body, anonymous: true });
  session.begin(data.token, data.user);
}
