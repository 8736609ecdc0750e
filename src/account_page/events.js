// The events of the account, newest first.

import { call } from "./api.js";
import { device, loadDevices } from "./devices.js";
import { card, h, icon } from "./dom.js";
import { timesNote, when } from "./format.js";
import { actionButton, done } from "./notice.js";
import { hasText, t } from "./texts.js";

const PAGE = 20;

/** The icons of events, by what their types are about. The first one that fits counts. */
const ICONS = [
  [/password|reauthenticated|recover/, "lock"],
  [/email/, "mail"],
  [/phone/, "phone"],
  [/log|session/, "desktop"],
  [/export|delete|restore/, "box"],
  [/./, "profile"],
];

/** Events that deserve a second look. */
const WARNINGS = new Set(["login_failed", "wrong_password", "email_lost", "email_refused", "recovery_token_revoked", "account_recovered", "account_banned", "account_deleted"]);

export async function events() {
  const list = h("ol", { class: "events" });
  const more = actionButton(t("events.more"), next, { busy: t("events.loading") });
  let pageToken;

  /** Adds the next page. Resolves to the rows that it added. */
  async function load() {
    const query = new URLSearchParams({ limit: PAGE, ...(pageToken && { pageToken }) });
    const [{ data }] = await Promise.all([call("GET", `/me/events?${query}`), loadDevices()]);
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
    const shown = t("events.shown", { count: rows.length });
    done(pageToken ? shown : `${shown} ${t("events.no_others")}`);
  }

  const rows = await load();
  return [
    h("p", { class: "lead" }, t("events.lead")),
    card(t("events.title"), rows.length ? list : h("p", {}, t("events.none")), more),
    timesNote(),
  ];
}

function row({ type, createdAt, ipAddress, userAgent, subject }) {
  const where = [userAgent && device(userAgent), ipAddress].filter(Boolean).join(" · ");
  return h(
    "li",
    { tabindex: "-1", class: WARNINGS.has(type) && "warn" },
    icon(ICONS.find(([pattern]) => pattern.test(type))[1]),
    h("p", { class: "what" }, nameOf(type), subject && h("span", { class: "subject" }, subject)),
    h("p", { class: "hint" }, when(createdAt), where && ` · ${where}`),
  );
}

/** The name of a type. One that this page does not know is spelled out: `some_thing_done` is "Some thing done". */
function nameOf(type) {
  if (hasText(`event_types.${type}`)) return t(`event_types.${type}`);
  const words = type.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
