// The profile: the avatar, and the properties in `FIELDS`.

import { call, loadMe } from "./api.js";
import { avatarCard } from "./avatar-card.js";
import { locales, timezones, zoneName } from "./choices.js";
import { card, h } from "./dom.js";
import { keep, recall } from "./drafts.js";
import { form } from "./form.js";
import { clockIn, languageName } from "./format.js";
import { actionButton, done, reloadWith } from "./notice.js";
import { show, showFrame, tellFresh } from "./router.js";
import { session } from "./session.js";
import { t } from "./texts.js";

const FIELDS = {
  name: t("fields.name"),
  bio: t("fields.bio"),
  locale: t("fields.locale"),
  timezone: t("fields.timezone"),
};

export function profile() {
  return [pendingNote(), avatarCard(), card(t("profile.about_title"), profileForm())];
}

function pendingNote() {
  const { status, defaultEmail } = session.user;
  if (status !== "pending" || !defaultEmail) return undefined;
  const link = actionButton(t("profile.send_again"), () => sendAgain(defaultEmail), { busy: t("actions.sending"), class: "plain" });
  return h("p", { class: "info" }, t("profile.pending", { email: defaultEmail, link }));
}

async function sendAgain(address) {
  const { data } = await call("GET", "/me/emails");
  const { id, email } = data.find((one) => one.email === address) ?? data[0];
  await call("POST", `/me/emails/${id}/verification`);
  done(t("profile.sent_again", { email }));
}

/** The form. `edits` replace the stored values. The user has made them to the values `seen`. */
function profileForm(edits = {}, seen = recall("profile")?.seen ?? stored()) {
  const base = stored();
  const tag = session.etag;
  const values = { ...base, ...edits };
  const element = form({
    draft: "profile",
    seen,
    submit: t("profile.submit"),
    busy: t("actions.saving"),
    fields: [
      { name: "name", label: FIELDS.name, value: values.name, autocomplete: "name" },
      { name: "bio", label: FIELDS.bio, value: values.bio, rows: 4 },
      {
        name: "locale",
        label: FIELDS.locale,
        value: values.locale,
        choices: locales,
        placeholder: t("picker.not_set"),
        known: (tag) => languageName(tag) || tag,
        hint: t("profile.locale_hint"),
        beside: (field) =>
          deviceButton(field, navigator.language, t("profile.device_locale"), t("profile.device_locale_label")),
      },
      {
        name: "timezone",
        label: FIELDS.timezone,
        value: values.timezone,
        choices: timezones,
        placeholder: t("picker.not_set"),
        known: zoneName,
        oninput: timeIn,
        beside: (field) =>
          deviceButton(field, deviceZone(), t("profile.device_timezone"), t("profile.device_timezone_label")),
      },
    ],
    action: (now) => save({ base, seen, tag }, now, (successor) => element.replaceWith(successor)),
  });
  return element;
}

function timeIn(zone) {
  const time = zone && clockIn(zone);
  return time ? t("profile.time_there", { time }) : t("profile.timezone_hint");
}

function deviceZone() {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** A button that fills in the value of this device. Its `name` says what its text leaves out. */
function deviceButton(field, value, text, name) {
  if (!value) return undefined;
  const use = () => (field.value = value);
  return h("button", { type: "button", "aria-label": name, onclick: use }, text);
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
async function save({ base, seen, tag }, now, replace) {
  const edits = changes(base, now);
  if (Object.keys(edits).length === 0) return done(t("profile.unchanged"));
  // The form may show a draft that is older than the stored values.
  const before = Object.keys(changes(seen, base));
  if (before.length > 0) return explain(before, edits, replace);
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
  keep("profile", undefined);
  tellFresh();
  // The server may have chosen another language for the page.
  if ("locale" in edits) return reloadWith("profile.saved");
  // Shows the values in the canonical spelling that is stored now.
  await show("button.primary");
  done(t("profile.saved"));
}

async function patch(body, tag) {
  const headers = { "If-Match": tag };
  const reply = await call("PATCH", "/me", { body, headers });
  session.user = reply.data;
  session.etag = reply.headers.get("ETag");
}

/** Shows the stored values together with what the user typed, and lets the user decide. Nothing is saved yet. */
function explain(elsewhere, edits, replace) {
  const fields = elsewhere.map((name) => FIELDS[name]).join(", ");
  const successor = profileForm(edits, stored());
  replace(successor);
  showFrame();
  successor.querySelector("[role=alert]").append(h("p", { class: "alert" }, t("profile.conflict", { fields })));
  successor.querySelector("button.primary").focus();
  return false;
}
