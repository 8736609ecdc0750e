// The list of a combobox: its options, which of them is active, and where it is on the screen.

import { freshId, h } from "./dom.js";
import { t } from "./texts.js";

/** How many options are shown at a time. Typing finds the others. */
const MAX_OPTIONS = 100;

/** How high the list gets if there is room, and its distance from the edge of the screen, in pixels. */
const HEIGHT = 320;
const GAP = 12;

/** The list below or above `control`, which keeps the focus. `choose` gets the value of the option that was chosen. */
export function comboboxList({ id, label, control, choose }) {
  let active;
  // Without the index, browsers would let Tab stop at a list that scrolls.
  const options = h("ul", { id: `${id}-options`, role: "listbox", tabindex: "-1", "aria-label": label });
  const note = h("p", { class: "hint" });
  const popup = h("div", { class: "options", hidden: true }, options, note);
  const status = h("p", { role: "status" });
  control.setAttribute("aria-controls", options.id);
  control.setAttribute("aria-expanded", "false");
  popup.addEventListener("mousedown", (event) => event.preventDefault());

  const option = ({ value, label, detail }, chosen) =>
    h(
      "li",
      { id: freshId(id), role: "option", "aria-selected": String(value === chosen), onclick: () => choose(value) },
      h("span", {}, label),
      detail !== label && detail && h("span", { class: "detail" }, detail),
    );

  /** Makes an option the one that Enter chooses. */
  const activate = (next) => {
    active?.classList.remove("active");
    active = next ?? undefined;
    active?.classList.add("active");
    active?.scrollIntoView({ block: "nearest" });
    if (active) control.setAttribute("aria-activedescendant", active.id);
    else control.removeAttribute("aria-activedescendant");
  };

  /** Puts the list where the screen, without its keyboard, has room for it. */
  const place = () => {
    const { top, bottom } = control.getBoundingClientRect();
    const { offsetTop, height } = visualViewport;
    const above = top - offsetTop - GAP;
    const below = offsetTop + height - bottom - GAP;
    popup.style.maxHeight = `${HEIGHT}px`;
    const upwards = below < popup.offsetHeight && above > below;
    popup.classList.toggle("upwards", upwards);
    popup.style.maxHeight = `${Math.min(HEIGHT, upwards ? above : below)}px`;
  };

  return {
    elements: [popup, status],

    get isOpen() {
      return !popup.hidden;
    },

    get active() {
      return active;
    },

    open() {
      popup.hidden = false;
      visualViewport.addEventListener("resize", place);
    },

    close() {
      popup.hidden = true;
      visualViewport.removeEventListener("resize", place);
      control.setAttribute("aria-expanded", "false");
      status.textContent = "";
      activate(undefined);
    },

    /** Shows choices, and activates the first one or the chosen one. If there are none, `text` says why. */
    show(found, { chosen, first, text }) {
      const index = first ? -1 : found.findIndex((choice) => choice.value === chosen);
      // The chosen one is always there.
      const sorted = index < MAX_OPTIONS ? found : [found[index], ...found.toSpliced(index, 1)];
      options.replaceChildren(...sorted.slice(0, MAX_OPTIONS).map((choice) => option(choice, chosen)));
      options.hidden = found.length === 0;
      const more = found.length - MAX_OPTIONS;
      note.textContent = options.hidden ? text : more > 0 ? t("picker.more", { count: more }) : "";
      status.textContent = options.hidden ? text : t("picker.count", { count: found.length });
      control.setAttribute("aria-expanded", String(!options.hidden));
      place();
      activate(first ? options.firstChild : options.querySelector("[aria-selected=true]"));
    },

    /** Activates another option, as this key says. */
    step(key) {
      const all = [...options.children];
      const from = all.indexOf(active);
      if (key === "Home") activate(all[0]);
      else if (key === "End") activate(all.at(-1));
      else if (key === "ArrowDown") activate(all[from + 1] ?? all[0]);
      else activate(from > 0 ? all[from - 1] : all.at(-1));
    },
  };
}
