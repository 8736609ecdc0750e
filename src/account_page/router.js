// Which view the fragment asks for, and how one view follows another.

import { loadMe } from "./api.js";
import { pictureOf } from "./avatar.js";
import { closeDialogs } from "./dialog.js";
import { h } from "./dom.js";
import { actionButton, dismiss } from "./notice.js";
import { session } from "./session.js";

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const who = document.getElementById("who");

/** Tokens that mails brought, by the view that uses them up. In memory only. */
export const mailed = {};

let routes = {};
let logOut;
let turns = 0;

/** Shows what the fragment asks for, from now on. */
export function start(views, onLogOut) {
  routes = views;
  logOut = onLogOut;
  window.addEventListener("hashchange", () => {
    dismiss();
    closeDialogs();
    window.scrollTo(0, 0);
    show();
  });
  // The fragment names views: this link must not change it.
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  // Where a page opens is the browser's to say.
  return show(null);
}

/** Goes to a view, also when it is the one that is shown. */
export function go(fragment) {
  if (location.hash === `#${fragment}`) return show();
  history.pushState(null, "", `#${fragment}`);
  window.scrollTo(0, 0);
  return show();
}

function asked() {
  const [, name, value] = location.hash.match(/^#([a-z-]+)(?:(?:=|%3D)([\w-]+))?/i) ?? [];
  if (value && routes[name]?.takesToken) {
    // At once, before it gets into the history or over somebody's shoulder.
    history.replaceState(null, "", `#${name}`);
    mailed[name] = value;
  }
  return { name, value };
}

/** Shows the view once its data is there, and moves focus to `focus`. */
export async function show(focus = "h1") {
  const turn = (turns += 1);
  const { name, value } = asked();
  let route = routes[name] ?? routes.profile;
  if (route.guestsOnly && session.token) route = routes.profile;
  // In place: logging in shows what was asked for.
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
  // Something else was asked for in the meantime.
  if (turn !== turns) return;

  document.title = `${route.title} · Your account`;
  main.replaceChildren(h("h1", { tabindex: "-1" }, route.title), ...[content].flat().filter(Boolean));
  main.removeAttribute("aria-busy");
  showFrame(route === routes.profile ? "profile" : name);
  if (focus) (main.querySelector(focus) ?? main.querySelector("h1")).focus({ preventScroll: focus === "h1" });
}

/** What stands around the views. */
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
    pictureOf(session.user).element,
    h("span", { class: "name" }, session.user.name),
    actionButton("Log out", logOut, { busy: "Logging out…" }),
  );
}
