// The events of the account, newest first.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { device, timesNote, when } from "./format.js";
import { actionButton, done } from "./notice.js";

const PAGE = 20;

const NAMES = {
  signed_up: "Signed up",
  invited: "Invited",
  logged_in: "Logged in",
  login_failed: "Login failed: wrong password",
  logged_out: "Logged out",
  session_ended: "Session ended",
  other_sessions_ended: "All other sessions ended",
  reauthenticated: "Password confirmed",
  password_changed: "Password changed",
  password_reset_mailed: "Message to reset the password sent",
  password_reset: "Password reset",
  account_recovered: "Account recovered",
  email_added: "Email address added",
  email_verified: "Email address confirmed",
  email_removed: "Email address removed",
  email_lost: "Email address lost: another account confirmed it",
  default_email_changed: "Default email address changed",
  phone_number_changed: "Phone number changed",
  phone_number_removed: "Phone number removed",
  data_exported: "Data exported",
  account_banned: "Account banned by an administrator",
  account_unbanned: "Account unbanned by an administrator",
  account_deleted: "Account deleted",
  account_restored: "Account restored",
};

/** Events that deserve a second look. */
const WARNINGS = new Set(["login_failed", "email_lost", "account_recovered", "account_banned", "account_deleted"]);

export async function events() {
  const list = h("ol", { class: "events" });
  const more = actionButton("Show more", next, { busy: "Loading…" });
  let pageToken;

  /** Adds the next page. Resolves to the rows that it added. */
  async function load() {
    const query = new URLSearchParams({ limit: PAGE, ...(pageToken && { pageToken }) });
    const { data } = await call("GET", `/me/events?${query}`);
    const rows = data.results.map(row);
    list.append(...rows);
    pageToken = data.nextPageToken;
    more.hidden = !pageToken;
    return rows;
  }

  async function next() {
    const rows = await load();
    // Moves the focus to the first new event, where reading goes on.
    rows[0]?.focus();
    done(pageToken ? `${rows.length} more events are shown.` : `${rows.length} more events are shown. There are no others.`);
  }

  const rows = await load();
  return [
    h("p", { class: "lead" }, "These are the recent events of your account. If you don’t recognise one, change your password."),
    card("Events", rows.length ? list : h("p", {}, "There are no events yet."), more),
    timesNote(),
  ];
}

function row({ type, createdAt, ipAddress, userAgent, subject }) {
  const where = [userAgent && device(userAgent), ipAddress].filter(Boolean).join(" · ");
  return h(
    "li",
    { tabindex: "-1", class: WARNINGS.has(type) && "warn" },
    h("p", { class: "what" }, nameOf(type), subject && h("span", { class: "subject" }, subject)),
    h("p", { class: "hint" }, when(createdAt), where && ` · ${where}`),
  );
}

/** The name of a type. One that this page does not know is spelled out: `some_thing_done` is "Some thing done". */
function nameOf(type) {
  const words = type.replaceAll("_", " ");
  return NAMES[type] ?? words.charAt(0).toUpperCase() + words.slice(1);
}
