// Says where a mailed link stands when it is opened, so that nobody fills in a form that can't work.

import { explainLogIn } from "./access.js";
import { call } from "./api.js";
import { card, h } from "./dom.js";
import { when } from "./format.js";
import { logOut } from "./log-out.js";
import { actionButton } from "./notice.js";
import { mailed, show } from "./router.js";
import { session } from "./session.js";
import { t } from "./texts.js";

/**
 * Checks the token of a view, if there is one. `email` is the address that it was mailed to. If the token can't
 * work for any of the purposes, `broken` says why, with a link to the view `renew` where there is one.
 */
export async function checkLink(view, purposes, renew) {
  const token = mailed[view];
  if (!token) return {};
  const { broken, email } = await check(token, purposes, renew);
  // The view can then be used for a code that is typed.
  if (broken) delete mailed[view];
  return { broken, email };
}

async function check(token, purposes, renew) {
  let found;
  try {
    ({ data: found } = await call("POST", "/one-time-tokens/check", { body: { token }, quiet: true }));
  } catch (problem) {
    if (problem.code !== "validation_failed") throw problem;
    return { broken: explanation(t("links.garbled"), t("links.garbled_text")) };
  }
  const { status, purpose, email, expiresAt } = found;
  const way = renew && h("a", { href: `#${renew}` }, t("links.renew"));
  if (status === "expired") {
    return { broken: explanation(t("links.expired"), t("links.expired_text", { when: when(expiresAt) }), way) };
  }
  if (status === "unknown" || !purposes.includes(purpose)) {
    return { broken: explanation(t("links.used"), t("links.used_text"), way) };
  }
  return { email };
}

/** Says why the user who is logged in can't confirm this address, if they can't. */
export async function checkOwner(address) {
  const { data } = await call("GET", "/me/emails");
  // Addresses are compared without case.
  const own = data.find(({ email }) => email.toLowerCase() === address.toLowerCase());
  if (own?.verified) return explanation(t("links.confirmed"), t("links.confirmed_text", { email: address }));
  if (own) return undefined;
  const leave = async () => {
    const left = await logOut();
    explainLogIn(left ? t("log_out.done") : t("log_out.later"));
    // The token is still known, so this goes on with the same link.
    await show();
  };
  const way = actionButton(t("links.log_out"), leave, { busy: t("log_out.busy") });
  return explanation(t("links.foreign"), t("links.foreign_text", { email: address }), way);
}

/** The address that a form is about. */
export function emailOf(email) {
  return h("p", {}, t("links.for", { email: h("strong", { class: "address" }, email) }));
}

/** Without another way on, there is the one to the addresses or to the login. */
function explanation(title, text, way) {
  const home = session.user
    ? h("a", { href: "#emails" }, t("emails.title"))
    : h("a", { href: "#log-in" }, t("log_in.title"));
  return card(title, h("p", {}, text), h("p", { class: "ways" }, way ?? home, way && !session.user && home));
}
