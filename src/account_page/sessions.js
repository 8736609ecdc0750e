// The sessions of the user, and ending them.

import { call } from "./api.js";
import { device, isPhone, loadDevices } from "./devices.js";
import { card, h, icon } from "./dom.js";
import { ago, timesNote, when } from "./format.js";
import { actionButton, done } from "./notice.js";
import { show } from "./router.js";
import { t } from "./texts.js";

export async function sessions() {
  const [{ data }] = await Promise.all([call("GET", "/me/sessions"), loadDevices()]);
  const others = data.length - 1;
  // People look for their current session first.
  data.sort((a, b) => b.current - a.current);
  return [
    h("p", { class: "lead" }, t("sessions.lead")),
    card(
      t("sessions.count", { count: data.length }),
      h("ul", { class: "rows" }, data.map(row)),
      others > 0 &&
        h(
          "div",
          { class: "actions" },
          actionButton(t("sessions.end_others"), endOthers, { busy: t("sessions.ending"), class: "danger" }),
        ),
    ),
    timesNote(),
  ];
}

function row({ id, userAgent, ipAddress, createdAt, lastUsedAt, expiresAt, current }) {
  const name = device(userAgent);
  const action = t("sessions.end");
  const about = t("actions.about", { action, what: name });
  const end = async () => {
    await call("DELETE", `/me/sessions/${id}`);
    await show();
    done(t("sessions.ended"));
  };
  return h(
    "li",
    { class: "with-icon" },
    icon(isPhone(userAgent) ? "phone" : "desktop"),
    h(
      "div",
      {},
      h("p", { class: "what" }, name, current && h("span", { class: "badge accent" }, t("sessions.this_device"))),
      h(
        "dl",
        { class: "facts" },
        fact(t("sessions.ip_address"), ipAddress ?? t("sessions.unknown_address")),
        fact(t("sessions.last_used"), ago(lastUsedAt)),
        fact(t("sessions.logged_in"), when(createdAt)),
        fact(t("sessions.ends"), when(expiresAt)),
      ),
    ),
    !current && actionButton(action, end, { busy: t("sessions.ending"), "aria-label": about }),
  );
}

export function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

async function endOthers() {
  await call("DELETE", "/me/sessions");
  await show();
  done(t("sessions.others_ended"));
}
