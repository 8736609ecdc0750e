// The card of the profile for the avatar: uploads and removes it.

import { FILE_TIMEOUT, call, loadMe, Problem } from "./api.js";
import { avatarOf } from "./avatar.js";
import { crop } from "./crop.js";
import { card, freshId, h } from "./dom.js";
import { actionButton, done, failed } from "./notice.js";
import { showFrame } from "./router.js";
import { session } from "./session.js";
import { t } from "./texts.js";

/** The maximum size of an uploaded image. */
const MAX_BYTES = 5 * 1024 * 1024;

/** The card of the profile that shows the avatar, and uploads and removes it. */
export function avatarCard() {
  const { element: avatar, elsewhere } = avatarOf(session.user, { alt: t("avatar.alt") });
  avatar.classList.add("large");
  const id = freshId("avatar");
  const state = h("p", { class: "hint", id: `${id}-state`, role: "status" }, t("avatar.hint"));
  const input = h("input", {
    type: "file",
    id,
    accept: "image/png,image/jpeg,image/webp",
    "aria-describedby": state.id,
    onchange: () => upload().catch(failed),
  });
  const whole = card(
    t("avatar.title"),
    h(
      "div",
      { class: "avatar-card" },
      avatar,
      h(
        "div",
        {},
        elsewhere && h("p", {}, t("avatar.elsewhere", { link: elsewhereLink(elsewhere) })),
        h(
          "div",
          { class: "actions" },
          h("span", { class: "file" }, input, h("label", { for: id }, t("avatar.upload"))),
          session.user.avatarUrl && actionButton(t("actions.remove"), remove, { busy: t("actions.removing") }),
        ),
        state,
      ),
    ),
  );

  /** Replaces the card with one of what the service has now. */
  const renew = () => {
    const successor = avatarCard();
    whole.replaceWith(successor);
    successor.querySelector("input").focus({ preventScroll: true });
    showFrame();
  };

  async function upload() {
    const [file] = input.files;
    if (!file) return;
    const before = state.textContent;
    try {
      whole.setAttribute("aria-busy", "true");
      input.disabled = true;
      const square = await crop(file);
      if (!square) return;
      if (square.size > MAX_BYTES) throw new Problem({ code: "image_too_large" });
      state.textContent = t("avatar.uploading");
      await call("PUT", "/me/avatar", { body: square, timeout: FILE_TIMEOUT });
    } finally {
      whole.removeAttribute("aria-busy");
      input.disabled = false;
      // Without this, choosing the same file again would do nothing.
      input.value = "";
      state.textContent = before;
    }
    await loadMe();
    renew();
    done(t("avatar.changed"));
  }

  async function remove() {
    await call("DELETE", "/me/avatar");
    await loadMe();
    renew();
    done(t("avatar.removed"));
  }

  return whole;
}

function elsewhereLink(url) {
  return h("a", { href: url.href, rel: "noreferrer noopener", target: "_blank" }, url.href);
}
