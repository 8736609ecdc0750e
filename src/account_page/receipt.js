// The receipt of an erasure. Everybody who has its link can read it, even after the erasure.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { when } from "./format.js";
import { fact } from "./sessions.js";

export async function receipt(id) {
  if (!id) return h("p", {}, "The link to this receipt is not complete.");
  const path = `/erasures/${encodeURIComponent(id)}`;
  let data;
  try {
    ({ data } = await call("GET", path, { anonymous: true }));
  } catch (problem) {
    if (problem.code !== "not_found") throw problem;
    return h("p", { class: "info" }, "There is no such receipt. If the account was restored, its receipt is gone.");
  }
  const erased = data.status === "erased";
  return [
    erased ? h("p", { class: "info" }, "The account and all its data were erased permanently.") : restoreNote(data),
    card(
      "Receipt",
      h(
        "dl",
        { class: "facts" },
        fact("Status", h("span", { class: erased ? "badge" : "badge warn" }, erased ? "Erased" : "Scheduled")),
        fact("Requested", when(data.requestedAt)),
        erased && data.erasedAt ? fact("Erased", when(data.erasedAt)) : fact("To be erased", when(data.scheduledFor)),
      ),
    ),
    erased && data.erased?.length > 0 && card("Erased data", table(data.erased)),
    card(
      "Keep this link",
      h("p", {}, "It always leads to this receipt, which says when everything was erased. You don’t have to log in for it."),
      h("p", { class: "address" }, h("a", { href: `#receipt=${id}` }, `${location.origin}${location.pathname}#receipt=${id}`)),
      h("p", {}, h("a", { href: path }, "The receipt as JSON")),
    ),
  ];
}

function restoreNote({ scheduledFor }) {
  return h(
    "p",
    { class: "info" },
    "The account was deleted. All its data will be erased on ",
    when(scheduledFor),
    ". Until then you can change your mind: ",
    h("a", { href: "#log-in" }, "log in to restore it"),
    ".",
  );
}

function table(erased) {
  const rows = erased.map((one) =>
    h("tr", {}, h("th", { scope: "row" }, one.table.replaceAll("_", " ")), h("td", {}, String(one.rows))),
  );
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Data"), h("th", { scope: "col" }, "Records"))),
    h("tbody", {}, rows),
  );
}
