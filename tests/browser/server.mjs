// The built program on a free port and a throw-away database.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** Starts `serve --demo` with more flags, if any. Resolves to its address and a way to stop it. */
export async function startServer(...flags) {
  const program = process.env.CURRENT_USER_BIN;
  if (!program) {
    throw new Error("set CURRENT_USER_BIN to the built program, like target/debug/current-user");
  }
  const serve = ["serve", "--demo", "--listen", "127.0.0.1:0", "--log", "warn", "--limits", "off", ...flags];
  const server = spawn(program, serve, {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => server.once("exit", resolve));
  for await (const line of createInterface({ input: server.stdout })) {
    const found = line.match(/http:\/\/[^/]+/);
    if (found) {
      server.stdout.resume();
      return {
        origin: found[0],
        stop: () => {
          server.kill("SIGTERM");
          return ended;
        },
      };
    }
  }
  throw new Error("the server ended before it served");
}
