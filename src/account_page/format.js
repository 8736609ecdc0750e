// Formats data for people: dates, durations, names of languages, initials.

import { h } from "./dom.js";
import { session } from "./session.js";
import { language, t } from "./texts.js";

/** The language of dates: the user's kind of the page's language, such as Swiss German, decides how they look. */
function dateLanguage() {
  const primary = (tag) => tag.split("-")[0];
  const { locale = "" } = session.user ?? {};
  if (primary(locale) === primary(language)) return locale;
  return language === "en" ? "en-GB" : language;
}

function dateFormat(timeZone) {
  const format = (zone) =>
    new Intl.DateTimeFormat(dateLanguage(), { dateStyle: "medium", timeStyle: "short", timeZone: zone });
  try {
    return format(timeZone);
  } catch {
    // The service may know time zones that this browser does not know.
    return format(undefined);
  }
}

/** A time in the user's time zone. */
export function when(moment) {
  return h("time", { datetime: moment }, dateFormat(session.user?.timezone).format(new Date(moment)));
}

/** A time in words, like "2 hours ago". Its title is the time itself. */
export function ago(moment) {
  const seconds = (new Date(moment) - Date.now()) / 1000;
  const [, unit, length] = UNITS.find(([limit]) => Math.abs(seconds) < limit);
  const words = new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.trunc(seconds / length), unit);
  const time = when(moment);
  time.title = time.textContent;
  time.textContent = Math.abs(seconds) < 60 ? t("times.now") : words;
  return time;
}

/** The limits in seconds up to which a unit is used, and the lengths of the units. */
const UNITS = [
  [3600, "minute", 60],
  [86_400, "hour", 3600],
  [30 * 86_400, "day", 86_400],
  [365 * 86_400, "month", 30 * 86_400],
  [Infinity, "year", 365 * 86_400],
];

/** The same for how long something takes. Up to two days are hours, because they are exact. */
const DURATIONS = [
  [60, "second", 1],
  [3600, "minute", 60],
  [2 * 86_400, "hour", 3600],
  [Infinity, "day", 86_400],
];

/** A hint that tells in which time zone the times of a view are. */
export function timesNote() {
  const zone = dateFormat(session.user?.timezone).resolvedOptions().timeZone;
  return h("p", { class: "hint" }, t("times.zone", { zone }));
}

/** `90` is "1 minute". It is rounded down, so that nobody comes too late. */
export function forHowLong(seconds) {
  const [, unit, length] = DURATIONS.find(([limit]) => seconds < limit);
  const whole = Math.floor(seconds / length);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "long" }).format(whole);
}

/** `90` is "in 2 minutes". It is rounded up, so that the next attempt works. */
export function inHowLong(seconds) {
  const [, unit, length] = DURATIONS.find(([limit]) => seconds < limit);
  return new Intl.RelativeTimeFormat(language).format(Math.ceil(seconds / length), unit);
}

/** "Ada Lovelace" is "AL". */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "");
  return letters.join("").toUpperCase();
}

/** The name of a language, in the page's language or in another one. Empty if the browser does not know it. */
export function languageName(tag, inLanguage = language) {
  return nameOf(tag, "language", inLanguage);
}

/** The name of a country. */
export function regionName(code) {
  return nameOf(code, "region", language) || code;
}

function nameOf(code, type, inLanguage) {
  try {
    const name = new Intl.DisplayNames(inLanguage, { type, fallback: "none" }).of(code) ?? "";
    return name.charAt(0).toLocaleUpperCase(inLanguage) + name.slice(1);
  } catch {
    return "";
  }
}

/** The current time in a time zone. Empty if the browser does not know it. */
export function clockIn(timeZone) {
  try {
    return new Intl.DateTimeFormat(dateLanguage(), { timeStyle: "short", timeZone }).format(new Date());
  } catch {
    return "";
  }
}

/** What people call a time zone, like "Central European Time". Empty if the browser does not know it. */
export function timezoneName(timeZone) {
  try {
    const format = new Intl.DateTimeFormat(language, { timeZone, timeZoneName: "longGeneric" });
    return format.formatToParts().find(({ type }) => type === "timeZoneName").value;
  } catch {
    return "";
  }
}
