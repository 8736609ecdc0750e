// Shows the view that the fragment names, and the frame around it.

import { loadMe } from "./api.js";
import { avatarOf } from "./avatar.js";
import { closeDialogs } from "./dialog.js";
import { h } from "./dom.js";
import { actionButton, dismiss } from "./notice.js";
import { session } from "./session.js";

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const who = document.getElementById("who");

/** Tokens from mailed links, by the view that uses them. They are kept in memory only. */
export const mailed = {};

let routes = {};
let logOut;
let turns = 0;

/** Shows the view that the fragment names, now and whenever the fragment changes. */
export function start(views, onLogOut) {
  routes = views;
  logOut = onLogOut;
  window.addEventListener("hashchange", () => {
    dismiss();
    closeDialogs();
    window.scrollTo(0, 0);
    show();
  });
  // The fragment names views, so this link must not change it.
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  // When the page opens, the browser decides where the focus is.
  return show(null);
}

/** Goes to a view. If it is already shown, it is loaded again. */
export function go(fragment) {
  if (location.hash === `#${fragment}`) return show();
  history.pushState(null, "", `#${fragment}`);
  window.scrollTo(0, 0);
  return show();
}

function requested() {
  const [, name, value] = location.hash.match(/^#([a-z-]+)(?:(?:=|%3D)([\w-]+))?/i) ?? [];
  if (value && routes[name]?.takesToken) {
    // Removes the token from the address bar at once, before it gets into the history of
    // the browser or is read over a shoulder.
    history.replaceState(null, "", `#${name}`);
    mailed[name] = value;
  }
  return { name, value };
}

/** Loads the view and shows it, then moves the focus to `focus`. */
export async function show(focus = "h1") {
  const turn = (turns += 1);
  const { name, value } = requested();
  let route = routes[name] ?? routes.profile;
  if (route.guestsOnly && session.token) route = routes.profile;
  // The fragment stays, so that logging in shows the view that it names.
  if (route.membersOnly && !session.token) route = routes["log-in"];

  main.setAttribute("aria-busy", "true");
  let content;
  try {
    if (session.token && (route.membersOnly || !session.user)) await loadMe();
    content = await route.render(value);
  } catch (problem) {
    content = [
      h("p", { class: "alert", role: "alert" }, problem.message),
      actionButton("Try again", () => show(), { busy: "Trying…" }),
    ];
  }
  // Another view was requested in the meantime.
  if (turn !== turns) return;

  document.title = `${route.title} · Your account`;
  main.replaceChildren(h("h1", { tabindex: "-1" }, route.title), ...[content].flat().filter(Boolean));
  main.removeAttribute("aria-busy");
  showFrame(route === routes.profile ? "profile" : name);
  if (focus) (main.querySelector(focus) ?? main.querySelector("h1")).focus({ preventScroll: focus === "h1" });
}

/** Updates the frame around the views: the navigation and the user. */
export function showFrame(name) {
  const member = Boolean(session.token);
  document.body.classList.toggle("guest", !member);
  nav.hidden = !member;
  who.hidden = !member;
  for (const link of nav.querySelectorAll("a")) {
    const current = link.getAttribute("href") === `#${name}`;
    if (name && current) link.setAttribute("aria-current", "page");
    else if (name) link.removeAttribute("aria-current");
  }
  who.replaceChildren();
  if (!member || !session.user) return;
  who.append(
    avatarOf(session.user).element,
    h("span", { class: "name" }, session.user.name),
    actionButton("Log out", logOut, { busy: "Logging out…" }),
  );
}
