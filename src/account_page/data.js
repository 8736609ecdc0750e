// The user's data: export it, or delete the account.

import { call, Problem } from "./api.js";
import { card, h } from "./dom.js";
import { form } from "./form.js";
import { actionButton, done } from "./notice.js";
import { go } from "./router.js";
import { session } from "./session.js";

/** The word that confirms the deletion. */
const WORD = "delete";

export function data() {
  return [
    card(
      "Export your data",
      h("p", {}, "One JSON file with all data that is stored about you."),
      h("div", { class: "actions" }, actionButton("Export my data", download, { busy: "Exporting…" })),
    ),
    card(
      "Delete your account",
      h("p", {}, "All your sessions end, and nobody can log in any more."),
      h("p", {}, "For some time you can change your mind: log in as usual and restore the account. After that, all data is erased permanently. After the deletion, this page shows the date of the erasure and a receipt."),
      deleteForm(),
    ),
  ];
}

async function download() {
  const { data: file } = await call("GET", "/me/export", { read: (reply) => reply.blob() });
  const url = URL.createObjectURL(file);
  const day = new Date().toISOString().slice(0, 10);
  h("a", { href: url, download: `account-${day}.json` }).click();
  // Some browsers read the file only after this function ends.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  done("Your data was saved as a file.");
}

function deleteForm() {
  return form({
    fields: [
      {
        name: "word",
        label: `Type “${WORD}” to confirm`,
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
      },
    ],
    submit: "Delete my account",
    busy: "Deleting…",
    kind: "danger",
    async action({ word }) {
      if (word.trim().toLowerCase() !== WORD) throw Problem.of("word", `Type “${WORD}” if you are sure.`);
      const { headers } = await call("DELETE", "/me");
      const receipt = headers.get("Location")?.split("/").at(-1);
      session.end();
      await go(receipt ? `receipt=${receipt}` : "log-in");
      done("Your account was deleted.");
    },
  });
}
