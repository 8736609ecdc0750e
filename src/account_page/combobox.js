// A field to choose one of many things by searching for it. It is the "editable combobox with list
// autocomplete" of the WAI-ARIA Authoring Practices.

import { comboboxList } from "./combobox-list.js";
import { freshId, h } from "./dom.js";
import { exact, search } from "./search.js";
import { t } from "./texts.js";

/**
 * A combobox. `choices` resolves to a list of `{ value, label, detail, search }`. It is called when
 * somebody needs them. `detail` is shown beside the label, `search` is only searched in. `label` is
 * what the label of the field says. `known` finds the label of a value
 * that is not in the list, or not yet. `attributes` are for the input, which is `control`.
 *
 * The text of the control is what people read and type. The chosen value is `value` of the result.
 * A choice dispatches `input` at the control, like typing does.
 */
export function combobox({ id = freshId("combobox"), name, label, value = "", choices, known = (one) => one, attributes = {} }) {
  let loaded;
  let loading;
  let failed = false;
  let settling;
  // What the control says about `value`.
  let shown = value && known(value);

  const control = h("input", {
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    ...attributes,
    id,
    name,
    role: "combobox",
    "aria-autocomplete": "list",
  });
  control.value = shown;
  const list = comboboxList({ id, label, control, choose });
  const button = h("button", { type: "button", tabindex: "-1", "aria-label": t("picker.open", { label }) });
  const element = h("div", { class: "combobox" }, control, button, list.elements);

  /** Loads the choices once. After a failure, the next call tries again. */
  async function load() {
    loading ??= Promise.resolve().then(choices);
    try {
      failed = false;
      loaded ??= await loading;
    } catch {
      failed = true;
      loading = undefined;
    }
    say(value);
    if (list.isOpen) render();
  }

  /** Shows the label of a value, unless somebody is typing. */
  function say(chosen, force = control.value === shown) {
    value = chosen;
    shown = loaded?.find((choice) => choice.value === value)?.label ?? (value && known(value));
    if (force) control.value = shown;
  }

  function choose(chosen) {
    close();
    const changed = chosen !== value;
    say(chosen, true);
    if (changed) control.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Ends typing: chooses what was typed in full, or goes back to the last choice. */
  function settle() {
    settling = finish();
  }

  async function finish() {
    close();
    if (control.value === shown) return;
    if (!control.value.trim()) return choose(control.required ? value : "");
    if (!loaded) await load();
    // In the meantime somebody may have gone on typing, or have chosen something else.
    if (list.isOpen || control.value === shown) return;
    choose(exact(loaded ?? [], control.value)?.value ?? value);
  }

  function render() {
    const query = control.value === shown ? "" : control.value;
    const text = failed ? "picker.failed" : loaded ? "picker.none" : "picker.loading";
    list.show(search(loaded ?? [], query), { chosen: value, first: query.trim() !== "", text: t(text) });
  }

  const outside = ({ target }) => element.contains(target) || settle();

  function open() {
    if (list.isOpen) return;
    list.open();
    document.addEventListener("pointerdown", outside);
    if (!loaded) load();
    render();
  }

  /** Opens the list for people who point. The text is selected, so that typing replaces it. */
  function point() {
    // The browser first puts the caret where they clicked.
    if (!list.isOpen && control.value === shown) setTimeout(() => control.select());
    open();
  }

  function close() {
    list.close();
    document.removeEventListener("pointerdown", outside);
  }

  function move(key) {
    const opening = !list.isOpen;
    open();
    // The key that opens the list shows what is chosen, if anything.
    if (!opening || !list.active) list.step(key);
  }

  /** Whether the key did something. Others do what they always do. */
  function press({ key, altKey }) {
    if (altKey && key === "ArrowDown") open();
    else if (altKey && key === "ArrowUp") close();
    else if (altKey) return false;
    else if (key === "ArrowDown" || key === "ArrowUp") move(key);
    else if (key === "Escape" && !list.isOpen && control.value !== shown) control.value = shown;
    else if (!list.isOpen) {
      // Enter submits the form, with what was typed.
      if (key === "Enter") settle();
      return false;
    } else if (key === "Home" || key === "End") move(key);
    else if (key === "Escape") {
      control.value = shown;
      close();
    }
    else if (key !== "Enter") return false;
    else if (list.active) list.active.click();
    // Any other text found nothing. It stays, so that people can correct it.
    else if (!control.value.trim()) settle();
    return true;
  }

  control.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (press(event)) event.preventDefault();
  });
  control.addEventListener("input", () => {
    if (list.isOpen) render();
    else if (control.value !== shown) open();
  });
  control.addEventListener("focus", load);
  control.addEventListener("click", point);
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => {
    control.focus();
    if (list.isOpen) close();
    else point();
  });
  element.addEventListener("focusout", ({ relatedTarget }) => element.contains(relatedTarget) || settle());
  if (value) load();

  return {
    element,
    control,
    /** Resolves when the value is that of the text. */
    settled: () => settling,
    get value() {
      return value;
    },
    set value(next) {
      say(next, true);
      if (next) load();
    },
  };
}
