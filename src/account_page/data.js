// The user's data: export it, or delete the account.

import { FILE_TIMEOUT, call, Problem } from "./api.js";
import { card, h } from "./dom.js";
import { forgetDrafts } from "./drafts.js";
import { form } from "./form.js";
import { forHowLong } from "./format.js";
import { actionButton, done } from "./notice.js";
import { go } from "./router.js";
import { session } from "./session.js";
import { tellTabs } from "./tabs.js";
import { t } from "./texts.js";

/** The word that confirms the deletion. */
const WORD = t("data.word");

export function data() {
  return [
    card(
      t("data.export_title"),
      h("p", {}, t("data.export_text")),
      h("div", { class: "actions" }, actionButton(t("data.export"), download, { busy: t("data.exporting") })),
    ),
    card(
      t("data.delete_title"),
      h("p", {}, t("data.delete_text")),
      h("p", {}, wayBack()),
      h("p", {}, t("data.receipt_note")),
      deleteForm(),
    ),
  ];
}

/** Until when the deletion can be undone. The service says it in the page. */
function wayBack() {
  const grace = Number(document.querySelector("meta[name=deletion-grace]").content);
  return grace ? t("data.way_back", { duration: forHowLong(grace) }) : t("data.no_way_back");
}

async function download() {
  const { data: file } = await call("GET", "/me/export", { read: (reply) => reply.blob(), timeout: FILE_TIMEOUT });
  const url = URL.createObjectURL(file);
  const day = new Date().toISOString().slice(0, 10);
  h("a", { href: url, download: `account-${day}.json` }).click();
  // Some browsers read the file only after this function ends.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  done(t("data.exported"));
}

function deleteForm() {
  return form({
    fields: [
      {
        name: "word",
        label: t("data.type_word", { word: WORD }),
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
      },
    ],
    submit: t("data.delete"),
    busy: t("data.deleting"),
    kind: "danger",
    async action({ word }) {
      if (word.trim().toLowerCase() !== WORD) throw Problem.of("word", t("data.wrong_word", { word: WORD }));
      const { headers } = await call("DELETE", "/me", { quiet: true });
      const receipt = headers.get("Location")?.split("/").at(-1);
      forgetDrafts();
      session.end();
      tellTabs();
      await go(receipt ? `receipt=${receipt}` : "log-in");
      done(t("data.deleted"));
    },
  });
}
