// The user's data: take it along, or have it deleted.

import { call, Problem } from "./api.js";
import { card, h } from "./dom.js";
import { form } from "./form.js";
import { actionButton, done } from "./notice.js";
import { go } from "./router.js";
import { session } from "./session.js";

const WORD = "delete";

export function data() {
  return [
    card(
      "Take it along",
      h("p", {}, "Everything that is kept about you, as one JSON file."),
      h("div", { class: "actions" }, actionButton("Export my data", download, { busy: "Exporting…" })),
    ),
    card(
      "Delete your account",
      h("p", {}, "You are logged out everywhere, and nobody can log in any more."),
      h("p", {}, "For some time you can still change your mind: log in as usual, and restore the account. After that everything is erased for good. You will see the date right after, with a receipt."),
      deleteForm(),
    ),
  ];
}

async function download() {
  const { data: file } = await call("GET", "/me/export", { read: (reply) => reply.blob() });
  const url = URL.createObjectURL(file);
  const day = new Date().toISOString().slice(0, 10);
  h("a", { href: url, download: `account-${day}.json` }).click();
  // Some browsers read it only after this.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
  done("Your data is saved as a file.");
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
      if (word.trim().toLowerCase() !== WORD) throw Problem.of("word", `Type “${WORD}”, if you are sure.`);
      const { headers } = await call("DELETE", "/me");
      const receipt = headers.get("Location")?.split("/").at(-1);
      session.end();
      await go(receipt ? `receipt=${receipt}` : "log-in");
      done("Your account is deleted.");
    },
  });
}
