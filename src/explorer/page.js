// The page around Swagger UI.

/** What the service says about itself. */
export const settings = JSON.parse(document.getElementById("settings").textContent);

/** How long a note stays, in milliseconds. */
const NOTE = 10_000;
let timer;

/** Tells the reader what happened, wherever they are on the page. */
export function note(text) {
  const place = document.getElementById("note");
  place.textContent = text;
  clearTimeout(timer);
  timer = setTimeout(() => place.replaceChildren(), NOTE);
}

/** Lets Swagger UI be dark where the system is. It knows a class for that, and no media query. */
export function followColorScheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const follow = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
  dark.addEventListener("change", follow);
  follow();
}
