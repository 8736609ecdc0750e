// Forms: labels, hints, and errors where they belong. The service is who checks, so that there is one truth.

import { Problem } from "./api.js";
import { freshId, h } from "./dom.js";
import { whileBusy } from "./notice.js";

/**
 * A form. `action` gets the values by name; what it throws is shown, beside a field where
 * the problem names one: by a pointer, or by its code in `codes`, like `{ wrong_code: "code" }`.
 */
export function form({ fields, submit, busy = submit, action, codes = {}, kind = "primary", before, after }) {
  const built = fields.map(field);
  const alert = h("div", { role: "alert" });
  const button = h("button", { class: kind }, submit);
  const element = h(
    "form",
    // Not the browser's checks, which speak another language than the service's.
    { novalidate: true },
    before,
    built.map((one) => one.element),
    h("div", {}, alert, h("div", { class: "actions" }, button, after)),
  );

  const show = (problem) => {
    if (problem.code === "session_ended") return;
    const rest = [];
    const errors = [...problem.errors];
    if (built.some((one) => one.name === codes[problem.code])) {
      errors.push({ pointer: `/${codes[problem.code]}`, message: problem.message, whole: true });
    }
    for (const error of errors) {
      const owner = built.find((one) => error.pointer === `/${one.name}`);
      if (owner) owner.complain(error.whole ? error.message : sentence(owner.label, error.message));
      else rest.push(sentence(`“${error.pointer.slice(1)}”`, error.message));
    }
    const first = built.find((one) => one.invalid);
    if (!first || rest.length) {
      alert.replaceChildren(h("p", { class: "alert" }, [problem.message, ...rest].join(" ")));
    }
    first?.control.focus();
  };

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(button, busy, async () => {
      alert.replaceChildren();
      for (const one of built) one.complain("");
      try {
        await action(Object.fromEntries(built.map((one) => [one.name, one.control.value])));
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        show(problem);
      }
    });
  });
  return element;
}

/** `must be a URL, like …` said of a field, without the marks for code. */
function sentence(label, message) {
  return `${label} ${message.replace(/`([^`]*)`/g, "$1")}.`;
}

/** One labelled control. `beside` stands next to it, `options` are what a data list offers. */
function field({ name, label, hint, type = "text", value = "", rows, options, beside, oninput, ...more }) {
  const id = freshId(name);
  const hintElement = h("p", { class: "hint", id: `${id}-hint` }, hint);
  const error = h("p", { class: "error", id: `${id}-error` });
  const attributes = { id, name, ...more, list: options && `${id}-list` };
  const control = rows
    ? h("textarea", { rows, ...attributes }, value)
    : h("input", { type, value, ...attributes });
  const describe = (invalid) => {
    const ids = [invalid && error.id, hintElement.textContent && hintElement.id].filter(Boolean);
    if (ids.length) control.setAttribute("aria-describedby", ids.join(" "));
    else control.removeAttribute("aria-describedby");
  };
  if (oninput) {
    const update = () => {
      hintElement.textContent = oninput(control.value);
      describe(control.getAttribute("aria-invalid"));
    };
    control.addEventListener("input", update);
    update();
  }
  describe(false);

  const line = h("div", { class: "line" }, control, type === "password" && reveal(control, label), beside?.(control));
  const list = options && h("datalist", { id: `${id}-list` }, options);
  return {
    name,
    label,
    control,
    element: h("div", { class: "field" }, h("label", { for: id }, label), line, list, error, hintElement),
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
}

/** Shows what was typed, which spares typing it twice. */
function reveal(control, label) {
  const button = h("button", { type: "button", class: "plain", "aria-label": `Show ${label.toLowerCase()}` }, "Show");
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    const shown = control.type === "text";
    control.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
  return button;
}

/** Tells password managers whose password a form is about. */
export function usernameFor(email) {
  return h("input", { type: "email", autocomplete: "username", value: email, hidden: true, readonly: true });
}
