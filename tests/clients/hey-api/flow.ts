// What a person does in a lifetime, through the client of @hey-api/openapi-ts.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { createClient } from "./generated/client/index.js";
import {
  deleteMe,
  getMe,
  listSessions,
  logIn as openSession,
  type Problem,
  revokeOtherSessions,
  signUp,
  updateMe,
} from "./generated/index.js";

const [, , baseUrl = ""] = process.argv;
const account = { email: `${randomUUID()}@example.com`, password: "correct horse battery staple" };

const anyone = createClient({ baseUrl });

const signedUp = await signUp({ client: anyone, body: { ...account, name: "Ada" } });
assert.equal(signedUp.data?.status, "pending");

async function logIn() {
  const { data, error } = await openSession({ client: anyone, body: account });
  assert(data, error?.detail);
  return createClient({ baseUrl, auth: data.token });
}
const client = await logIn();

const me = await getMe({ client });
assert.equal(me.data?.name, "Ada");
assert.equal(me.data.bio, undefined);

const set = await updateMe({ client, body: { name: "Ada Lovelace", bio: "First programmer." } });
assert.equal(set.data?.bio, "First programmer.");

const cleared = await updateMe({ client, body: { bio: null } });
assert.equal(cleared.data?.bio, undefined);
assert.equal(cleared.data?.name, "Ada Lovelace");

await logIn();
const sessions = await listSessions({ client });
assert.deepEqual(sessions.data?.map((session) => session.current), [false, true]);
await revokeOtherSessions({ client });
const left = await listSessions({ client });
assert.deepEqual(left.data?.map((session) => session.current), [true]);

const refused = await updateMe({ client, body: { locale: "xx-XX", timezone: "Mars/Olympus" } });
assert.equal(refused.response?.status, 422);
const problem: Problem | undefined = refused.error;
assert.equal(problem?.code, "validation_failed");
assert.deepEqual(problem.errors?.map(({ pointer }) => pointer), ["/locale", "/timezone"]);
for (const { code, message } of problem.errors) assert(code && message);

const deleted = await deleteMe({ client });
assert.equal(deleted.response?.status, 202);

const gone = await getMe({ client });
assert.equal(gone.response?.status, 401);
assert.equal(gone.error?.code, "invalid_token");
