// What only a demo has: a user to log in as, and the messages that were not sent.

import { h } from "./dom.js";

import { use } from "./authorization.js";
import { open } from "./open.js";
import { note } from "./page.js";

/** The operations that use the tokens of messages, by the name of the link in the message. */
const OPERATIONS = {
  "verify-email": "verifyEmail",
  "reset-password": "resetPassword",
  invitation: "resetPassword",
  recover: "resetPassword",
};

export function demo(system, user) {
  document.getElementById("demo-login").addEventListener("click", () => logIn(system, user));
  const messages = document.getElementById("messages");
  messages.addEventListener("toggle", () => messages.open && list(system));
  document.getElementById("messages-again").addEventListener("click", () => list(system));
  // A request may have caused a message, which is sent a moment later.
  document.addEventListener("replied", () => messages.open && setTimeout(() => list(system), 500));
}

async function logIn(system, user) {
  const headers = { "Content-Type": "application/json" };
  const reply = await fetch("/login", { method: "POST", headers, body: JSON.stringify(user) });
  const body = await reply.json();
  if (!reply.ok) return note(body.detail);
  use(system, body.token);
  note("You are logged in as the demo user. From now on, every request carries the token.");
}

/** Shows the messages, newest first. */
async function list(system) {
  const messages = await (await fetch("/dev/messages")).json();
  const items = messages.map((message) => item(system, message));
  document.getElementById("message-list").replaceChildren(...(items.length ? items : ["There are none yet."]));
}

function item(system, { to, subject, at, text, token }) {
  const [, link] = text.match(/#([a-z-]+)=cu1_/) ?? [];
  const [operation, name] = link ? [OPERATIONS[link], "token"] : ["verifyPhoneNumber", "code"];
  const go = () => open(system, operation, { values: { [name]: token } });
  const goOn = h("button", { type: "button", onclick: go }, `Use it in ${operation}`);
  return h(
    "li",
    {},
    h("p", {}, h("b", {}, subject), ` to ${to}, ${new Date(at).toLocaleTimeString()}`),
    token && operation && h("p", { class: "token" }, h("code", {}, token), goOn),
    h("details", {}, h("summary", {}, "Text"), h("pre", {}, text)),
  );
}
