// The views by name, and what connects them with the service and the session.

import { explainLogIn, forgotPassword, logIn, signUp } from "./access.js";
import { call, hooks } from "./api.js";
import { data } from "./data.js";
import { closeDialogs, reauthenticate } from "./dialog.js";
import { emails } from "./emails.js";
import { events } from "./events.js";
import { acceptInvitation, recover, resetPassword, verifyEmail } from "./links.js";
import { password } from "./password.js";
import { phone } from "./phone.js";
import { profile } from "./profile.js";
import { receipt } from "./receipt.js";
import { go, show, start } from "./router.js";
import { session } from "./session.js";
import { sessions } from "./sessions.js";

const member = (title, render) => ({ title, render, membersOnly: true });
const guest = (title, render) => ({ title, render, guestsOnly: true });
const link = (title, render) => ({ title, render, takesToken: true });

const VIEWS = {
  profile: member("Profile", profile),
  emails: member("Email addresses", emails),
  phone: member("Phone number", phone),
  password: member("Password", password),
  sessions: member("Sessions", sessions),
  events: member("Events", events),
  data: member("Your data", data),
  "log-in": guest("Log in", logIn),
  "sign-up": guest("Create an account", signUp),
  "forgot-password": { title: "Forgot your password?", render: forgotPassword },
  "verify-email": link("Confirm your email address", verifyEmail),
  "reset-password": link("Choose a new password", resetPassword),
  invitation: link("Accept the invitation", acceptInvitation),
  recover: link("Recover your account", recover),
  receipt: { title: "Deleted account", render: receipt },
};

hooks.reauthenticate = reauthenticate;
hooks.sessionEnded = () => {
  closeDialogs();
  explainLogIn("Your session has ended. Log in again to continue.");
  show();
};

start(VIEWS, async () => {
  try {
    await call("POST", "/logout");
  } catch (problem) {
    if (problem.code !== "session_ended") throw problem;
  }
  session.end();
  explainLogIn("You are logged out.");
  await go("log-in");
});
