// The profile picture: shown where it is the service's own, uploaded, removed.

import { call, loadMe, Problem } from "./api.js";
import { card, freshId, h } from "./dom.js";
import { initials } from "./format.js";
import { actionButton, done, failed } from "./notice.js";
import { showFrame } from "./router.js";
import { session } from "./session.js";

const LARGEST = 5 * 1024 * 1024;

/**
 * The picture, or initials. Only pictures of this origin are loaded: the service may be
 * known by another name in public, and one elsewhere would tell its host who looks.
 */
export function pictureOf(user, { alt = "" } = {}) {
  const element = h("span", { class: "avatar" });
  const showInitials = () => element.replaceChildren(h("span", { "aria-hidden": "true" }, initials(user.name)));
  const url = URL.canParse(user.avatarUrl) && new URL(user.avatarUrl);
  const own = url && (url.origin === location.origin || url.pathname.startsWith("/avatars/"));
  if (own) {
    element.append(h("img", { src: url.pathname, alt, width: 96, height: 96, onerror: showInitials }));
  } else {
    showInitials();
  }
  return { element, elsewhere: url && !own && url };
}

/** The part of the profile that is about the picture. */
export function pictureCard() {
  const { element: picture, elsewhere } = pictureOf(session.user, { alt: "Your picture" });
  picture.classList.add("large");
  const id = freshId("picture");
  const state = h("p", { class: "hint", id: `${id}-state`, role: "status" }, "PNG, JPEG or WebP, at most 5 MiB.");
  const input = h("input", {
    type: "file",
    id,
    accept: "image/png,image/jpeg,image/webp",
    "aria-describedby": state.id,
    onchange: () => upload().catch(failed),
  });
  const whole = card(
    "Picture",
    h(
      "div",
      { class: "picture" },
      picture,
      h(
        "div",
        {},
        elsewhere && h("p", {}, "Your picture is on another site: ", elsewhereLink(elsewhere)),
        h(
          "div",
          { class: "actions" },
          h("span", { class: "file" }, input, h("label", { for: id }, "Upload a picture")),
          session.user.avatarUrl && actionButton("Remove", remove, { busy: "Removing…" }),
        ),
        state,
      ),
    ),
  );

  /** Takes this part's place, with what the service has now. */
  const renew = () => {
    const successor = pictureCard();
    whole.replaceWith(successor);
    successor.querySelector("input").focus({ preventScroll: true });
    showFrame();
  };

  async function upload() {
    const [file] = input.files;
    if (!file) return;
    const before = state.textContent;
    try {
      if (file.size > LARGEST) throw new Problem({ detail: "This picture is larger than 5 MiB. Choose a smaller one." });
      whole.setAttribute("aria-busy", "true");
      input.disabled = true;
      state.textContent = "Uploading…";
      await call("PUT", "/me/avatar", { body: file });
    } catch (problem) {
      if (problem.code !== "invalid_image") throw problem;
      throw new Problem({ detail: "This is not a picture that can be used. Take a PNG, JPEG or WebP that does not move." });
    } finally {
      whole.removeAttribute("aria-busy");
      input.disabled = false;
      // So that the same file can be chosen again.
      input.value = "";
      state.textContent = before;
    }
    await loadMe();
    renew();
    done("Your picture is changed.");
  }

  async function remove() {
    await call("DELETE", "/me/avatar");
    await loadMe();
    renew();
    done("Your picture is removed.");
  }

  return whole;
}

function elsewhereLink(url) {
  return h("a", { href: url.href, rel: "noreferrer noopener", target: "_blank" }, url.href);
}
