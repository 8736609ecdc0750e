// Shows an avatar, or initials in its place.

import { h } from "./dom.js";
import { initials } from "./format.js";

/**
 * The avatar of a user, or their initials. An avatar on another site is not loaded, because
 * its host would learn who looks at this page. The path tells whether it is an uploaded
 * one: the service may have another name in public.
 */
export function avatarOf(user, { alt = "" } = {}) {
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
