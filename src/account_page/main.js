// The views by name, and what connects them with the service and the session.

import { explainLogIn, forgotPassword, logIn, signUp } from "./access.js";
import { hooks } from "./api.js";
import { data } from "./data.js";
import { closeDialogs, reauthenticate } from "./dialog.js";
import { forgetDrafts } from "./drafts.js";
import { emails } from "./emails.js";
import { events } from "./events.js";
import { acceptInvitation, recover, refuseEmail, resetPassword, verifyEmail } from "./links.js";
import { finishLogOut, logOut } from "./log-out.js";
import { tellKept } from "./notice.js";
import { password } from "./password.js";
import { phone } from "./phone.js";
import { profile } from "./profile.js";
import { receipt } from "./receipt.js";
import { go, mailed, show, start } from "./router.js";
import { session } from "./session.js";
import { sessions } from "./sessions.js";
import { followTabs } from "./tabs.js";
import { t } from "./texts.js";

const member = (title, render) => ({ title, render, membersOnly: true });
const guest = (title, render) => ({ title, render, guestsOnly: true });
const link = (title, render) => ({ title, render, takesToken: true });
// Without a prototype, so that a fragment names nothing else.
const VIEWS = {
  __proto__: null,
  profile: member(t("profile.title"), profile),
  emails: member(t("emails.title"), emails),
  phone: member(t("phone.title"), phone),
  password: member(t("password.title"), password),
  sessions: member(t("sessions.title"), sessions),
  events: member(t("events.title"), events),
  data: member(t("data.title"), data),
  "log-in": guest(t("log_in.title"), logIn),
  "sign-up": guest(t("sign_up.title"), signUp),
  "forgot-password": { title: t("forgot_password.title"), render: forgotPassword },
  "verify-email": link(t("verify_email.title"), verifyEmail),
  "refuse-email": link(t("refuse_email.title"), refuseEmail),
  "reset-password": link(t("reset_password.title"), resetPassword),
  invitation: link(t("invitation.title"), acceptInvitation),
  recover: link(t("recover.title"), recover),
  receipt: { title: t("receipt.title"), render: receipt },
};

hooks.reauthenticate = reauthenticate;
hooks.sessionEnded = () => leave(t("log_in.ended"));

followTabs({
  // The view shows what has changed, unless somebody is typing in it.
  changed: () => document.querySelector("dialog[open], form.changed") ?? show(null),
  replaced: () => {
    if (session.user) forgetDrafts();
    location.reload();
  },
  ended: () => {
    forgetDrafts();
    session.end();
    leave(t("log_in.ended_elsewhere"));
  },
});

/** Shows why there is no session any more. */
function leave(text) {
  closeDialogs();
  explainLogIn(text);
  return show();
}

const explainLogOut = (complete) => explainLogIn(complete ? t("log_out.done") : t("log_out.later"));

finishLogOut(explainLogOut).finally(() =>
  start(VIEWS, async () => {
    for (const name of Object.keys(mailed)) delete mailed[name];
    explainLogOut(await logOut());
    await go("log-in");
  }).then(tellKept),
);
