// The sessions of the user, and ending them.

import { call } from "./api.js";
import { card, h, icon } from "./dom.js";
import { device, isPhone, timesNote, when } from "./format.js";
import { actionButton, done } from "./notice.js";
import { show } from "./router.js";

export async function sessions() {
  const { data } = await call("GET", "/me/sessions");
  const others = data.length - 1;
  // People look for their current session first.
  data.sort((a, b) => b.current - a.current);
  return [
    h("p", { class: "lead" }, "These devices are logged in. If you don’t recognise one, end its session and change your password."),
    card(
      data.length === 1 ? "One session" : `${data.length} sessions`,
      h("ul", { class: "rows" }, data.map(row)),
      others > 0 && h("div", { class: "actions" }, actionButton("End all others", endOthers, { busy: "Ending…", class: "danger" })),
    ),
    timesNote(),
  ];
}

function row({ id, userAgent, ipAddress, createdAt, lastUsedAt, expiresAt, current }) {
  const name = device(userAgent);
  const end = async () => {
    await call("DELETE", `/me/sessions/${id}`);
    await show();
    done("The session has ended.");
  };
  return h(
    "li",
    { class: "with-icon" },
    icon(isPhone(userAgent) ? "phone" : "desktop"),
    h(
      "div",
      {},
      h("p", { class: "what" }, name, current && h("span", { class: "badge accent" }, "This device")),
      h(
        "dl",
        { class: "facts" },
        fact("IP address", ipAddress ?? "unknown"),
        fact("Last used", when(lastUsedAt)),
        fact("Logged in", when(createdAt)),
        fact("Ends", when(expiresAt)),
      ),
    ),
    !current && actionButton("End", end, { busy: "Ending…", "aria-label": `End: ${name}` }),
  );
}

export function fact(name, value) {
  return h("div", {}, h("dt", {}, name), h("dd", {}, value));
}

async function endOthers() {
  await call("DELETE", "/me/sessions");
  await show();
  done("All other sessions have ended.");
}
