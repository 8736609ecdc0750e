// The whole life of a user, through openapi-typescript and openapi-fetch.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";

type Problem = components["schemas"]["Problem"];

const [, , baseUrl = ""] = process.argv;
const account = { email: `${randomUUID()}@example.com`, password: "correct horse battery staple" };

const anyone = createClient<paths>({ baseUrl });

const signedUp = await anyone.POST("/signup", { body: { ...account, name: "Ada" } });
assert.equal(signedUp.data?.status, "pending");

function withToken(token: string) {
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${token}` } });
}

async function logIn(body = account) {
  const { data, error } = await anyone.POST("/login", { body });
  assert(data, error?.detail);
  return withToken(data.token);
}
const client = await logIn();

/** The token or the code of the last message with a subject. Only a demo shows messages. */
async function received(to: string, subject: string) {
  for (let tries = 0; tries < 100; tries += 1) {
    const reply = await fetch(`${baseUrl}/dev/messages`);
    const messages = (await reply.json()) as { to: string; subject: string; text: string }[];
    const message = messages.find((one) => one.to === to && one.subject === subject);
    const secret = message?.text.match(/cu1_[a-z2-7]{58}|\b\d{6}\b/);
    if (secret) return secret[0];
    await setTimeout(100);
  }
  throw new Error(`no message "${subject}" was sent to ${to}`);
}

async function verifyEmail(email: string) {
  const token = await received(email, "Confirm your email address");
  const { response } = await client.POST("/email-verifications", { body: { token } });
  assert.equal(response.status, 204);
}
await verifyEmail(account.email);

const me = await client.GET("/me");
assert.equal(me.data?.status, "active");
assert.equal(me.data.name, "Ada");
assert.equal(me.data.bio, undefined);

const set = await client.PATCH("/me", { body: { name: "Ada Lovelace", bio: "First programmer." } });
assert.equal(set.data?.bio, "First programmer.");

const cleared = await client.PATCH("/me", { body: { bio: null } });
assert.equal(cleared.data?.bio, undefined);
assert.equal(cleared.data?.name, "Ada Lovelace");

await logIn();
const sessions = await client.GET("/me/sessions");
assert.deepEqual(sessions.data?.map((session) => session.current), [false, true]);
await client.DELETE("/me/sessions");
const others = await client.GET("/me/sessions");
assert.deepEqual(others.data?.map((session) => session.current), [true]);

const refused = await client.PATCH("/me", { body: { locale: "xx-XX", timezone: "Mars/Olympus" } });
assert.equal(refused.response.status, 422);
const problem: Problem | undefined = refused.error;
assert.equal(problem?.code, "validation_failed");
assert.deepEqual(problem.errors?.map(({ pointer }) => pointer), ["/locale", "/timezone"]);
for (const { code, message } of problem.errors) assert(code && message);

const email = `${randomUUID()}@example.com`;
const added = await client.POST("/me/emails", { body: { email } });
assert.equal(added.data?.verified, false);
await verifyEmail(email);
const chosen = await client.PUT("/me/default-email", { body: { emailId: added.data.id } });
assert.equal(chosen.data?.defaultEmail, email);
const emails = await client.GET("/me/emails");
assert.deepEqual(emails.data?.map((one) => one.email), [account.email, email]);
assert.deepEqual(emails.data.map((one) => one.default), [false, true]);
const removed = await client.DELETE("/me/emails/{emailId}", {
  params: { path: { emailId: emails.data[0]?.id ?? "" } },
});
assert.equal(removed.response.status, 204);

const phoneNumber = "+442071838751";
assert.equal(chosen.data.phoneNumber, "");
await client.PUT("/me/phone-number", { body: { phoneNumber } });
const code = await received(phoneNumber, "Your code for current-user");
const reachable = await client.POST("/me/phone-number/verification", { body: { code } });
assert.equal(reachable.data?.phoneNumber, phoneNumber);
await client.DELETE("/me/phone-number");
const unreachable = await client.GET("/me");
assert.equal(unreachable.data?.phoneNumber, "");

const newPassword = "incorrect donkey battery staple";
await anyone.POST("/password-resets", { body: { email } });
const token = await received(email, "Choose a new password");
await anyone.POST("/password-resets/confirm", { body: { token, newPassword } });
const ended = await client.GET("/me");
assert.equal(ended.response.status, 401);
const credentials = { email, password: newPassword };
const again = await logIn(credentials);

const latest = await again.GET("/me/events", { params: { query: { limit: 2 } } });
assert.deepEqual(latest.data?.results.map((event) => event.type), ["logged_in", "password_reset"]);
const { nextPageToken = "" } = latest.data;
const before = await again.GET("/me/events", {
  params: { query: { limit: 1, pageToken: nextPageToken } },
});
assert.deepEqual(before.data?.results.map((event) => event.type), ["password_reset_mailed"]);

const held = await again.GET("/me/export");
assert.equal(held.data?.user.name, "Ada Lovelace");
assert.deepEqual(held.data.emails.map((one) => one.email), [email]);
assert.equal(held.data.events[0]?.type, "signed_up");

const left = await again.DELETE("/me");
assert.equal(left.response.status, 202);
const receiptId = left.response.headers.get("Location")?.replace("/erasures/", "") ?? "";
// Reading a receipt needs no token.
const receipt = await anyone.GET("/erasures/{receiptId}", { params: { path: { receiptId } } });
assert.equal(receipt.data?.status, "scheduled");
const closed = await anyone.POST("/login", { body: credentials });
assert.equal(closed.response.status, 403);
assert.equal(closed.error?.code, "account_deleted");
assert.equal(closed.error.restorableUntil, receipt.data.scheduledFor);

const restored = await anyone.POST("/restore", { body: credentials });
assert(restored.data, restored.error?.detail);
const back = withToken(restored.data.token);
const same = await back.GET("/me");
assert.equal(same.data?.id, me.data.id);
const twice = await anyone.POST("/restore", { body: credentials });
assert.equal(twice.response.status, 409);
assert.equal(twice.error?.code, "account_not_deleted");

const deleted = await back.DELETE("/me");
assert.equal(deleted.response.status, 202);

const gone = await back.GET("/me");
assert.equal(gone.response.status, 401);
assert.equal(gone.error?.code, "invalid_token");
