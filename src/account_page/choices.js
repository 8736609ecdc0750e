// What pickers offer: the languages, time zones and countries that the service accepts.

import { call } from "./api.js";
import { clockIn, languageName, regionName, timezoneName } from "./format.js";
import { language } from "./texts.js";

let loading;

async function load() {
  loading ??= call("GET", "/account/choices.json", { cache: "no-cache" });
  try {
    return (await loading).data;
  } catch (problem) {
    loading = undefined;
    throw problem;
  }
}

const byLabel = new Intl.Collator(language).compare;

function sorted(choices) {
  return choices.sort((a, b) => byLabel(a.label, b.label));
}

/** Languages by their names in the page's language, and in their own. Those of the browser and of the page come first. */
export async function locales() {
  const { locales: tags } = await load();
  const near = [...navigator.languages, language];
  const own = [...new Set(near)].filter((tag) => languageName(tag));
  const choice = (tag) => ({ value: tag, label: languageName(tag) || tag, detail: languageName(tag, tag), search: tag });
  return [...own.map(choice), ...sorted(tags.filter((tag) => !own.includes(tag)).map(choice))];
}

/** Time zones, each with the time there. They are also found by names like "Central European Time". */
export async function timezones() {
  const { timezones: names } = await load();
  return names.map((name) => ({ value: name, label: zoneName(name), detail: clockIn(name), search: timezoneName(name) }));
}

/** `America/New_York` is "America/New York". */
export function zoneName(name) {
  return name.replaceAll("_", " ");
}

/** Countries to which the service sends codes, each with its calling code and its trunk prefix. */
export async function countries() {
  const { countries: all } = await load();
  return sorted(
    all.map(([country, code, prefix]) => ({ value: country, label: regionName(country), detail: `+${code}`, code, prefix })),
  );
}
