// The mailed links that recover the account, and revoking them.

import { call } from "./api.js";
import { card, h } from "./dom.js";
import { when } from "./format.js";
import { actionButton, done } from "./notice.js";
import { show } from "./router.js";
import { fact } from "./sessions.js";
import { hasText, t } from "./texts.js";

/** The card with the links. Resolves to undefined if there are none. */
export async function recoveryLinks() {
  const { data } = await call("GET", "/me/recovery-tokens");
  if (!data.length) return undefined;
  const revocable = data.filter((one) => one.revocable);
  return card(
    t("recovery.title"),
    h("p", {}, t("recovery.intro")),
    h("ul", { class: "rows" }, data.map(row)),
    revocable.length > 1 &&
      h("div", { class: "actions" }, actionButton(t("recovery.revoke_all"), revokeAll, { busy: t("recovery.revoking") })),
  );
}

function row({ id, email, reason, createdAt, expiresAt, revocable }) {
  const name = hasText(`recovery_reasons.${reason}`) ? t(`recovery_reasons.${reason}`) : t("recovery.changed");
  const action = t("recovery.revoke");
  const about = t("actions.about", { action, what: name });
  const revoke = async () => {
    await call("DELETE", `/me/recovery-tokens/${id}`);
    await show();
    done(t("recovery.revoked"));
  };
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("p", { class: "what" }, name),
      h(
        "dl",
        { class: "facts" },
        fact(t("recovery.sent_to"), email),
        fact(t("recovery.change"), when(createdAt)),
        fact(t("recovery.works_until"), when(expiresAt)),
      ),
      !revocable && h("p", { class: "hint" }, t("recovery.protected")),
    ),
    revocable && actionButton(action, revoke, { busy: t("recovery.revoking"), "aria-label": about }),
  );
}

async function revokeAll() {
  await call("DELETE", "/me/recovery-tokens");
  await show();
  done(t("recovery.all_revoked"));
}
