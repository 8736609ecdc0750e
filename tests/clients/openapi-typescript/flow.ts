// What a person does in a lifetime, through openapi-typescript and openapi-fetch.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/schema.js";

type Problem = components["schemas"]["Problem"];

const [, , baseUrl = ""] = process.argv;
const account = { email: `${randomUUID()}@example.com`, password: "correct horse battery staple" };

const anyone = createClient<paths>({ baseUrl });

const signedUp = await anyone.POST("/signup", { body: { ...account, name: "Ada" } });
assert.equal(signedUp.data?.status, "pending");

async function logIn() {
  const { data, error } = await anyone.POST("/login", { body: account });
  assert(data, error?.detail);
  return createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${data.token}` } });
}
const client = await logIn();

const me = await client.GET("/me");
assert.equal(me.data?.name, "Ada");
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
const left = await client.GET("/me/sessions");
assert.deepEqual(left.data?.map((session) => session.current), [true]);

const refused = await client.PATCH("/me", { body: { locale: "xx-XX", timezone: "Mars/Olympus" } });
assert.equal(refused.response.status, 422);
const problem: Problem | undefined = refused.error;
assert.equal(problem?.code, "validation_failed");
assert.deepEqual(problem.errors?.map(({ pointer }) => pointer), ["/locale", "/timezone"]);
for (const { code, message } of problem.errors) assert(code && message);

const deleted = await client.DELETE("/me");
assert.equal(deleted.response.status, 202);

const gone = await client.GET("/me");
assert.equal(gone.response.status, 401);
assert.equal(gone.error?.code, "invalid_token");
