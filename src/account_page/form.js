// Forms: labels, hints and errors beside their fields. Only the service validates, so that the rules exist once.

import { Problem } from "./api.js";
import { freshId, h } from "./dom.js";
import { whileBusy } from "./notice.js";

/**
 * A form. `action` gets the values by name. A problem that it throws is shown beside the
 * field that it is about: its pointer names the field, or `codes` maps its code to the field,
 * like `{ wrong_code: "code" }`. Without a field it is shown at the end.
 */
export function form({ fields, submit, busy = submit, action, codes = {}, kind = "primary", before, after }) {
  const built = fields.map(field);
  const alert = h("div", { role: "alert" });
  const button = h("button", { class: kind }, submit);
  const element = h(
    "form",
    // Without the checks of the browser, whose messages are in another language.
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

/** An error like `must be a URL` as a sentence about the field, without backticks. */
function sentence(label, message) {
  return `${label} ${message.replace(/`([^`]*)`/g, "$1")}.`;
}

/** A control with its label. `beside` is shown next to it, `options` are suggested. */
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

/** A button that shows the password, so that nobody has to type it twice. */
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

/** A hidden field that tells password managers which user a form is about. */
export function usernameFor(email) {
  return h("input", { type: "email", autocomplete: "username", value: email, hidden: true, readonly: true });
}
