// The fields of forms: a control with its label, its hint and its error.

import { combobox } from "./combobox.js";
import { freshId, h } from "./dom.js";
import { t } from "./texts.js";

/**
 * A control with its label. `beside` is shown next to it. `choices` are what can be chosen. `rules` is
 * the name by which the texts of its errors are found, if it is not the name of the field.
 */
export function field({ name, label, rules = name, hint, type = "text", value = "", rows, choices, known, beside, oninput, ...more }) {
  const id = freshId(name);
  const hintElement = h("p", { class: "hint", id: `${id}-hint` }, hint);
  const error = h("p", { class: "error", id: `${id}-error` });
  const attributes = { id, name, ...more };
  const box = choices && combobox({ id, name, label, value, choices, known, attributes: more });
  const control = box?.control ?? plainControl(type, value, rows, attributes);
  const isCheckbox = type === "checkbox";
  const one = {
    name,
    rules,
    label,
    control,
    secret: type === "password",
    settled: box?.settled,
    get value() {
      return isCheckbox ? control.checked : (box ?? control).value;
    },
    set value(chosen) {
      (box ?? control).value = chosen;
      control.dispatchEvent(new Event("input", { bubbles: true }));
    },
    get invalid() {
      return control.hasAttribute("aria-invalid");
    },
    complain(text) {
      error.textContent = text;
      if (text) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      describe(text);
    },
  };

  const describe = (invalid) => {
    const ids = [invalid && error.id, hintElement.textContent && hintElement.id].filter(Boolean);
    if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
    else control.removeAttribute("aria-describedby");
  };
  if (oninput) {
    const update = () => {
      hintElement.textContent = oninput(one.value);
      describe(control.getAttribute("aria-invalid"));
    };
    control.addEventListener("input", update);
    update();
  }
  describe(false);

  const labelElement = h("label", { for: id }, label);
  const whole = box?.element ?? control;
  const parts = isCheckbox
    ? [h("div", { class: "line" }, control, labelElement)]
    : [labelElement, h("div", { class: "line" }, whole, one.secret && reveal(control, name, label), beside?.(one))];
  one.element = h("div", { class: "field" }, parts, error, hintElement);
  return one;
}

function plainControl(type, value, rows, attributes) {
  if (rows) return h("textarea", { rows, ...attributes }, value);
  if (type === "checkbox") return h("input", { type, checked: Boolean(value), ...attributes });
  return h("input", { type, value, ...attributes });
}

/** A button that shows the password, so that nobody has to type it twice. */
function reveal(control, name, label) {
  const button = h("button", { type: "button", class: "plain", "aria-label": t(`reveal.${name}`) }, t("reveal.button"));
  button.addEventListener("click", () => {
    const hide = control.type === "text";
    control.type = hide ? "password" : "text";
    button.textContent = hide ? t("reveal.button") : t("reveal.hide");
    const about = t("actions.about", { action: button.textContent, what: label });
    button.setAttribute("aria-label", hide ? t(`reveal.${name}`) : about);
  });
  return button;
}
