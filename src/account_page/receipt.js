// The receipt of an erasure. Everybody who has its link can read it, even after the erasure.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { when } from "./format.js";
import { fact } from "./sessions.js";
import { hasText, t } from "./texts.js";

export async function receipt(id) {
  if (!id) return h("p", {}, t("receipt.incomplete"));
  const path = `/erasures/${encodeURIComponent(id)}`;
  let data;
  try {
    ({ data } = await call("GET", path));
  } catch (problem) {
    if (problem.code !== "not_found") throw problem;
    return h("p", { class: "info" }, t("receipt.missing"));
  }
  const erased = data.status === "erased";
  const link = `${location.origin}${location.pathname}#receipt=${id}`;
  return [
    erased ? h("p", { class: "info" }, t("receipt.erased_note")) : restoreNote(data),
    card(
      t("receipt.card_title"),
      h(
        "dl",
        { class: "facts" },
        fact(t("receipt.status"), statusBadge(erased)),
        fact(t("receipt.requested_at"), when(data.requestedAt)),
        erased && data.erasedAt
          ? fact(t("receipt.erased_at"), when(data.erasedAt))
          : fact(t("receipt.scheduled_for"), when(data.scheduledFor)),
      ),
    ),
    erased && data.erased?.length > 0 && card(t("receipt.data_title"), table(data.erased)),
    card(
      t("receipt.keep_title"),
      h("p", {}, t("receipt.keep")),
      h("p", { class: "address" }, h("a", { href: `#receipt=${id}` }, link)),
      h("p", {}, h("a", { href: path }, t("receipt.json"))),
    ),
  ];
}

function statusBadge(erased) {
  if (erased) return h("span", { class: "badge" }, t("receipt.erased"));
  return h("span", { class: "badge warn" }, t("receipt.scheduled"));
}

function restoreNote({ scheduledFor }) {
  const link = h("a", { href: "#log-in" }, t("receipt.log_in"));
  return h("p", { class: "info" }, t("receipt.scheduled_note", { when: when(scheduledFor), link }));
}

function table(erased) {
  const rows = erased.map((one) =>
    h("tr", {}, h("th", { scope: "row" }, nameOf(one.table)), h("td", {}, String(one.rows))),
  );
  return h(
    "table",
    {},
    h(
      "thead",
      {},
      h("tr", {}, h("th", { scope: "col" }, t("receipt.data")), h("th", { scope: "col" }, t("receipt.records"))),
    ),
    h("tbody", {}, rows),
  );
}

/** The name of a table. One that this page does not know keeps the name that the service gave it. */
function nameOf(table) {
  return hasText(`tables.${table}`) ? t(`tables.${table}`) : table.replaceAll("_", " ");
}
