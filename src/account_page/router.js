// Shows the view that the fragment names, and the frame around it.

import { loadMe } from "./api.js";
import { avatarOf } from "./avatar.js";
import { closeDialogs } from "./dialog.js";
import { h } from "./dom.js";
import { actionButton, dismiss } from "./notice.js";
import { session } from "./session.js";
import { t } from "./texts.js";

const main = document.getElementById("main");
const nav = document.getElementById("nav");
const who = document.getElementById("who");

/** Tokens from mailed links, by the view that uses them. They are kept in memory only. */
export const mailed = {};

/** The name of the service. */
const SERVICE = document.querySelector("meta[name=application-name]").content;

let routes = {};
let logOut;
let turns = 0;
/** Whether the user in the page may be older than the view. The server puts a current one into the page. */
let stale = false;

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

/** The user has just come from the service, so the next view need not load it again. */
export function tellFresh() {
  stale = false;
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
  let content;
  let route = routeOf(name);
  showFrame(nameOf(route, name));
  main.setAttribute("aria-busy", "true");
  try {
    if (session.user === undefined || (route.membersOnly && stale)) await loadMe();
    // Only now the page may know whether there is a session.
    route = routeOf(name);
    stale = true;
    content = await route.render(value);
  } catch (problem) {
    // Now the page knows that nobody is logged in.
    if (problem.code === "session_ended") return turn === turns && show(focus);
    content = [
      h("p", { class: "alert", role: "alert" }, problem.message),
      actionButton(t("actions.try_again"), () => show(), { busy: t("actions.trying") }),
    ];
  }
  // Another view was requested in the meantime.
  if (turn !== turns) return;

  route = routeOf(name);
  document.title = `${route.title} · ${SERVICE}`;
  main.replaceChildren(h("h1", { tabindex: "-1" }, route.title), ...[content].flat().filter(Boolean));
  main.removeAttribute("aria-busy");
  showFrame(nameOf(route, name));
  if (focus) (main.querySelector(focus) ?? main.querySelector("h1")).focus({ preventScroll: focus === "h1" });
}

/** Gives the view that is shown another title, because it now is about something else. */
export function retitle(title) {
  document.title = `${title} · ${SERVICE}`;
  const heading = main.querySelector("h1");
  heading.textContent = title;
  heading.focus();
}

/** The view with this name, or the one that comes first. The fragment stays, so that logging in leads to its view. */
function routeOf(name) {
  const route = routes[name] ?? routes.profile;
  if (route.guestsOnly && session.user) return routes.profile;
  return route.membersOnly && session.user === null ? routes["log-in"] : route;
}

const nameOf = (route, name) => (route === routes.profile ? "profile" : name);

/** Updates the frame around the views: the navigation and the user. */
export function showFrame(name) {
  const member = Boolean(session.user);
  document.body.classList.toggle("guest", !member);
  nav.hidden = !member;
  who.hidden = !member;
  for (const link of nav.querySelectorAll("a")) {
    const current = link.getAttribute("href") === `#${name}`;
    if (name && current) {
      link.setAttribute("aria-current", "page");
      // On a phone, the navigation scrolls.
      link.parentElement.parentElement.scrollTo({ left: link.offsetLeft - 48 });
    }
    else if (name) link.removeAttribute("aria-current");
  }
  who.replaceChildren();
  if (!member) return;
  who.append(
    avatarOf(session.user).element,
    h("span", { class: "name" }, session.user.name),
    actionButton(t("log_out.submit"), logOut, { busy: t("log_out.busy") }),
  );
}
