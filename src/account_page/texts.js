// The texts of the page. The server puts those of the reader's language before this script.

/* global TEXTS, LANGUAGE */

/** The language of the page, a BCP 47 tag. */
export const language = LANGUAGE;

const plurals = new Intl.PluralRules(LANGUAGE);

/**
 * The text with this key. `values` replace the placeholders: `{name}` by `values.name`. A text with
 * plural forms is chosen by `values.count`. If a value is an element, like a link, the result is a
 * list of texts and elements.
 */
export function t(key, values = {}) {
  const found = TEXTS[key];
  if (found === undefined) throw new Error(`there is no text for ${key}`);
  const text = typeof found === "string" ? found : (found[plurals.select(values.count)] ?? found.other);
  const parts = text.split(/\{(\w+)\}/).map((part, index) => (index % 2 ? values[part] : part));
  return parts.some((part) => part instanceof Node) ? parts.filter((part) => part !== "") : parts.join("");
}

/** Whether there is a text with this key. */
export function hasText(key) {
  return Object.hasOwn(TEXTS, key);
}
