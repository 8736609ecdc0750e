// The profile: the avatar, and the properties in `FIELDS`.

import { call, loadMe } from "./api.js";
import { avatarCard } from "./avatar-card.js";
import { card, h } from "./dom.js";
import { form } from "./form.js";
import { clockIn, languageName } from "./format.js";
import { done } from "./notice.js";
import { show, showFrame } from "./router.js";
import { session } from "./session.js";

const FIELDS = { name: "Name", bio: "Bio", locale: "Language", timezone: "Time zone" };

// The languages that are suggested. Any other tag can be typed.
const LANGUAGES =
  "ar bg bn ca cs cy da de de-AT de-CH el en en-AU en-CA en-GB en-IE en-IN en-NZ en-US en-ZA es es-419 es-ES es-MX " +
  "et eu fa fi fil fr fr-BE fr-CA fr-CH ga gl gu he hi hr hu hy id is it it-CH ja ka kk km kn ko lt lv mk ml mn mr ms " +
  "my nb ne nl nl-BE nn pa pl pt pt-BR pt-PT ro ru si sk sl sq sr sv sw ta te th tr uk ur uz vi zh-Hans zh-Hant zu";

export function profile() {
  return [pendingNote(), avatarCard(), card("About you", profileForm())];
}

function pendingNote() {
  const { status, defaultEmail } = session.user;
  if (status !== "pending" || !defaultEmail) return undefined;
  const link = h("a", { href: "#emails" }, "Send it again");
  return h("p", { class: "info" }, `Please confirm ${defaultEmail} with the message that we sent to it. `, link, ".");
}

/** The form. `edits` replace the stored values. */
function profileForm(edits = {}) {
  const base = stored();
  const tag = session.etag;
  const values = { ...base, ...edits };
  const element = form({
    submit: "Save",
    busy: "Saving…",
    fields: [
      { name: "name", label: FIELDS.name, value: values.name, autocomplete: "name" },
      { name: "bio", label: FIELDS.bio, value: values.bio, rows: 4 },
      {
        name: "locale",
        label: FIELDS.locale,
        value: values.locale,
        options: LANGUAGES.split(" ").map((tag) => h("option", { value: tag, label: languageName(tag) })),
        oninput: (tag) => languageName(tag.trim()) || "A language tag, like en-GB. We write messages in the closest language that we have.",
        beside: (control) => deviceButton(control, "language", navigator.language),
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
      },
      {
        name: "timezone",
        label: FIELDS.timezone,
        value: values.timezone,
        options: ["UTC", ...Intl.supportedValuesOf("timeZone")].map((zone) => h("option", { value: zone })),
        oninput: (zone) => timeIn(zone.trim()),
        beside: (control) => deviceButton(control, "time zone", Intl.DateTimeFormat().resolvedOptions().timeZone),
        autocomplete: "off",
        autocapitalize: "off",
        spellcheck: "false",
      },
    ],
    action: (now) => save(base, tag, now, (successor) => element.replaceWith(successor)),
  });
  return element;
}

function timeIn(zone) {
  const time = zone && clockIn(zone);
  return time ? `It is ${time} there now.` : "The name of a time zone, like Europe/London.";
}

function deviceButton(control, what, value) {
  if (!value) return undefined;
  const use = () => {
    control.value = value;
    control.dispatchEvent(new Event("input"));
  };
  return h("button", { type: "button", "aria-label": `Use this device’s ${what}`, onclick: use }, "Use this device’s");
}

function stored() {
  const { name, bio = "", locale = "", timezone = "" } = session.user;
  return { name, bio, locale, timezone };
}

function changes(base, now) {
  const changed = Object.entries(now).filter(([name, value]) => value !== base[name]);
  return Object.fromEntries(changed);
}

/** Saves the changed values, unless the profile was changed elsewhere in the meantime. */
async function save(base, tag, now, replace) {
  const edits = changes(base, now);
  if (Object.keys(edits).length === 0) return done("Nothing was changed, so nothing was saved.");
  // A name can't be removed. An empty one is sent as it is, and the service explains the error.
  const removed = ([name, value]) => [name, value.trim() || name === "name" ? value : null];
  const body = Object.fromEntries(Object.entries(edits).map(removed));
  try {
    await patch(body, tag);
  } catch (problem) {
    if (problem.code !== "precondition_failed") throw problem;
    await loadMe();
    const elsewhere = Object.keys(changes(base, stored()));
    // The tag also changes with values that are not in this form, like the number of sessions.
    if (elsewhere.length > 0) return explain(elsewhere, edits, replace);
    await patch(body, session.etag);
  }
  // Shows the values in the canonical spelling that is stored now.
  await show("button.primary");
  done("Your profile was saved.");
}

async function patch(body, tag) {
  const headers = { "If-Match": tag };
  const reply = await call("PATCH", "/me", { body, headers });
  session.user = reply.data;
  session.etag = reply.headers.get("ETag");
}

/** Shows the stored values together with what the user typed, and lets the user decide. */
function explain(elsewhere, edits, replace) {
  const names = elsewhere.map((name) => FIELDS[name]).join(", ");
  const successor = profileForm(edits);
  replace(successor);
  showFrame();
  const text =
    `Your changes were not saved, because your profile was changed elsewhere in the meantime (${names}). ` +
    "The form now shows the new values and your own changes. Check them, then save again.";
  successor.querySelector("[role=alert]").append(h("p", { class: "alert" }, text));
  successor.querySelector("button.primary").focus();
}
