// Formats data for people: dates, durations, devices, initials.

import { h } from "./dom.js";
import { session } from "./session.js";

/** The page is in English. The user's kind of English decides how dates look. */
function dateFormat(timeZone) {
  const language = session.user?.locale?.startsWith("en") ? session.user.locale : "en-GB";
  const format = (zone) =>
    new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
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

/** A hint that tells in which time zone the times of a view are. */
export function timesNote() {
  return h("p", { class: "hint" }, `Times are in ${dateFormat(session.user?.timezone).resolvedOptions().timeZone}.`);
}

/** `90` is "2 minutes". It is rounded up, so that the next attempt works. */
export function forHowLong(seconds) {
  const [count, unit] =
    seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [seconds / 60, "minute"] : [seconds / 3600, "hour"];
  const whole = Math.ceil(count);
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}

// The first pattern that matches wins, because most browsers claim to be others as well.
const BROWSERS = [
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\/|Opera/, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Version\/.*Safari\//, "Safari"],
];
const SYSTEMS = [
  [/iPhone|iPod/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/CrOS/, "ChromeOS"],
  [/Mac OS X|Macintosh/, "macOS"],
  [/Linux|X11/, "Linux"],
];

/** `Mozilla/5.0 (X11; …` is "Firefox on Linux", `curl/8.1` is "curl". */
export function device(userAgent) {
  if (!userAgent) return "Unknown device";
  const named = (list) => list.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = named(BROWSERS) ?? userAgent.split(/[/ (]/)[0].slice(0, 40);
  const system = named(SYSTEMS);
  return system ? `${browser} on ${system}` : browser;
}

export function isPhone(userAgent = "") {
  return /iPhone|iPod|Android.*Mobile/.test(userAgent);
}

/** "Ada Lovelace" is "AL". */
export function initials(name) {
  const words = name.trim().split(/\s+/);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((word) => [...word][0] ?? "");
  return letters.join("").toUpperCase();
}

/** The name of a language. Empty if the browser does not know it. */
export function languageName(tag) {
  try {
    const name = new Intl.DisplayNames("en", { type: "language", fallback: "none" }).of(tag);
    return name ?? "";
  } catch {
    return "";
  }
}

/** The current time in a time zone. Empty if the browser does not know it. */
export function clockIn(timeZone) {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeStyle: "short", timeZone }).format(new Date());
  } catch {
    return "";
  }
}
