// The card of the profile for the avatar: uploads and removes it.

import { call, loadMe, Problem } from "./api.js";
import { avatarOf } from "./avatar.js";
import { card, freshId, h } from "./dom.js";
import { actionButton, done, failed } from "./notice.js";
import { showFrame } from "./router.js";
import { session } from "./session.js";

/** The maximum size of an uploaded image. */
const MAX_BYTES = 5 * 1024 * 1024;

/** The card of the profile that shows the avatar, and uploads and removes it. */
export function avatarCard() {
  const { element: avatar, elsewhere } = avatarOf(session.user, { alt: "Your avatar" });
  avatar.classList.add("large");
  const id = freshId("avatar");
  const state = h("p", { class: "hint", id: `${id}-state`, role: "status" }, "PNG, JPEG or WebP, at most 5 MiB.");
  const input = h("input", {
    type: "file",
    id,
    accept: "image/png,image/jpeg,image/webp",
    "aria-describedby": state.id,
    onchange: () => upload().catch(failed),
  });
  const whole = card(
    "Avatar",
    h(
      "div",
      { class: "avatar-card" },
      avatar,
      h(
        "div",
        {},
        elsewhere && h("p", {}, "Your avatar is on another site: ", elsewhereLink(elsewhere)),
        h(
          "div",
          { class: "actions" },
          h("span", { class: "file" }, input, h("label", { for: id }, "Upload an image")),
          session.user.avatarUrl && actionButton("Remove", remove, { busy: "Removing…" }),
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
      if (file.size > MAX_BYTES) throw new Problem({ detail: "This image is larger than 5 MiB. Choose a smaller one." });
      whole.setAttribute("aria-busy", "true");
      input.disabled = true;
      state.textContent = "Uploading…";
      await call("PUT", "/me/avatar", { body: file });
    } catch (problem) {
      if (problem.code !== "invalid_image") throw problem;
      throw new Problem({ detail: "This image can’t be used. Choose a PNG, JPEG or WebP that is not animated." });
    } finally {
      whole.removeAttribute("aria-busy");
      input.disabled = false;
      // Without this, choosing the same file again would do nothing.
      input.value = "";
      state.textContent = before;
    }
    await loadMe();
    renew();
    done("Your avatar was changed.");
  }

  async function remove() {
    await call("DELETE", "/me/avatar");
    await loadMe();
    renew();
    done("Your avatar was removed.");
  }

  return whole;
}

function elsewhereLink(url) {
  return h("a", { href: url.href, rel: "noreferrer noopener", target: "_blank" }, url.href);
}
