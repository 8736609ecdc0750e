// Names devices for people, by the `User-Agent` that they sent.

import { t } from "./texts.js";

/**
 * Loads Bowser 2.15.1 (bowser on npm): es5.js, unchanged. Only views with devices need it. Without it,
 * a device has the name of its program.
 */
export async function loadDevices() {
  // The file is a classic script, which defines a global.
  await import("/account/bowser.js").catch(() => {});
}

/** `Mozilla/5.0 (X11; …` is "Firefox on Linux", `curl/8.1` is "curl". */
export function device(userAgent) {
  if (!userAgent) return t("devices.unknown");
  const { browser, os, platform } = parse(userAgent);
  const name = browser.name || userAgent.split(/[/ (]/)[0].slice(0, 40);
  const system = platform.model || os.name;
  if (!system) return name;
  const names = { browser: name, system };
  return platform.vendor === "Apple" && platform.model ? t("devices.on_apple", names) : t("devices.on_system", names);
}

export function isPhone(userAgent) {
  return parse(userAgent).platform.type === "mobile";
}

function parse(userAgent) {
  const nothing = { browser: {}, os: {}, platform: {} };
  return userAgent && globalThis.bowser ? globalThis.bowser.parse(userAgent) : nothing;
}
