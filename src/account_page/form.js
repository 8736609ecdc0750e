// Forms: labels, hints and errors beside their fields. Only the service validates, so that the rules exist once.

import { Problem } from "./api.js";
import { h } from "./dom.js";
import { keep, recall } from "./drafts.js";
import { field } from "./field.js";
import { whileBusy } from "./notice.js";
import { hasText, t } from "./texts.js";

/**
 * A form. What is typed is kept as a draft under the name `draft`, if there is one, together with
 * `seen`, the stored values that the user saw. `action` gets the values by name, and resolves to false
 * if they are not saved yet. A problem that it throws is shown beside the field that it is about: its
 * pointer names the field, or `codes` maps its code to the field, like `{ wrong_code: "code" }`.
 * Without a field it is shown at the end.
 */
export function form({ fields, submit, busy = submit, action, codes = {}, kind = "primary", draft, seen, before, after }) {
  const kept = (draft && recall(draft)?.typed) ?? {};
  const built = fields.map((one) => field(one.name in kept ? { ...one, value: kept[one.name] } : one));
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
    let elsewhere = false;
    const errors = [...problem.errors];
    if (built.some((one) => one.name === codes[problem.code])) {
      errors.push({ pointer: `/${codes[problem.code]}`, text: problem.message });
    }
    for (const error of errors) {
      const owner = built.find((one) => error.pointer === `/${one.name}`);
      if (owner) owner.complain(error.text ?? sentence(owner, error.code));
      else elsewhere = true;
    }
    const first = built.find((one) => one.invalid);
    if (!first || elsewhere) alert.replaceChildren(h("p", { class: "alert" }, problem.message));
    first?.control.focus();
  };

  const valuesOf = (list) => Object.fromEntries(list.map((one) => [one.name, one.value]));

  /** Keeps what was changed, except passwords. The class tells others not to replace the form. */
  const note = () => {
    element.classList.add("changed");
    if (!draft) return;
    const changed = built.filter((one, index) => !one.secret && one.value !== (fields[index].value ?? ""));
    keep(draft, changed.length ? { typed: valuesOf(changed), seen } : undefined);
  };
  const forget = () => {
    element.classList.remove("changed");
    if (draft) keep(draft, undefined);
  };
  element.addEventListener("input", note);
  if (Object.keys(kept).length) element.prepend(unsaved(element, forget));

  element.addEventListener("submit", (event) => {
    event.preventDefault();
    whileBusy(button, busy, async () => {
      alert.replaceChildren();
      for (const one of built) {
        one.complain("");
        await one.settled?.();
      }
      try {
        if ((await action(valuesOf(built))) !== false) forget();
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem;
        show(problem);
      }
    });
  });
  return element;
}

/** Says that a form shows a draft. Discarding it shows the view as the service has it. */
function unsaved(element, forget) {
  element.classList.add("changed");
  const discard = () => {
    forget();
    dispatchEvent(new Event("hashchange"));
  };
  const button = h("button", { type: "button", class: "plain", onclick: discard }, t("draft.discard"));
  return h("div", { class: "info draft" }, h("p", {}, t("draft.unsaved")), button);
}

/** What to do about an error in a field. The service's own message is written for developers. */
function sentence({ rules, label }, code) {
  if (hasText(`errors.${rules}_${code}`)) return t(`errors.${rules}_${code}`);
  if (hasText(`errors.${code}`)) return t(`errors.${code}`, { label });
  return t("errors.invalid", { label });
}

/** A hidden field that tells password managers which user a form is about. */
export function usernameFor(email) {
  return h("input", { type: "email", autocomplete: "username", value: email, hidden: true, readonly: true });
}
