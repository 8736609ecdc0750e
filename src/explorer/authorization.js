// Authorizes requests by itself: it uses the token of the latest reply that contains one, and drops
// it when the token is refused.

import { note } from "./page.js";

/** The plugin, and the interceptors that go into the configuration of Swagger UI. */
export function authorization() {
  let system;
  const plugin = () => ({
    afterLoad(loaded) {
      system = loaded;
    },
    statePlugins: {
      auth: {
        wrapSelectors: {
          // Nobody can type a cookie: the browser sends it by itself, and this page wants none.
          definitionsToAuthorize: (original) => (...args) => original(...args).filterNot(isCookie),
          definitionsForRequirements: (original) => (...args) => original(...args).filterNot(isCookie),
        },
        wrapActions: {
          authorizeWithPersistOption: (original) => (payload) => shown(original(payload)),
          restoreAuthorization: (original) => (payload) => shown(original(payload)),
          logoutWithPersistOption: (original) => (payload) => {
            const done = shown(original(payload));
            note("The token is forgotten here. Its session goes on until it ends by itself.");
            return done;
          },
        },
      },
      oas3: {
        wrapActions: {
          setRequestBodyValidateError: (original) => (payload) => {
            note("This operation needs a body. Choose a file, or write one.");
            return original(payload);
          },
        },
      },
    },
  });
  const shown = (result) => {
    // The token is stored when the action is done.
    queueMicrotask(() => show(system));
    return result;
  };
  // Without a token, a request must not be one of somebody who is logged in to the account page.
  const requestInterceptor = (request) => Object.assign(request, { credentials: "omit" });
  const responseInterceptor = (reply) => {
    // The document itself is loaded before there is anything to authorize.
    if (system?.specSelectors.specJson().size) {
      follow(system, reply);
      document.dispatchEvent(new Event("replied"));
    }
    return reply;
  };
  return { interceptors: { requestInterceptor, responseInterceptor }, plugin };
}

const isCookie = (definition) => definition.some((scheme) => scheme.get("in") === "cookie");

/** Shows whether requests carry a token. */
function show(system) {
  const text = token(system) ? "You are logged in: requests carry the token of your session." : "";
  document.getElementById("session").textContent = text;
}

/** The operations that return the token of a session. */
const TOKEN_OF_SESSION = new Set(["/login", "/restore", "/me/reauthentication"]);

/** The operations that set the cookie of a session. */
const WITH_COOKIE = new Set(["/login/cookie", "/restore/cookie"]);

function follow(system, reply) {
  const body = reply.body ?? {};
  const path = new URL(reply.url, location.href).pathname;
  if (reply.ok && TOKEN_OF_SESSION.has(path)) {
    use(system, body.token);
    const who = body.user ? ` as ${body.user.defaultEmail ?? body.user.name}` : "";
    note(`You are logged in${who}. From now on, every request carries the new token.`);
  } else if (body.code === "invalid_token" && token(system)) {
    drop(system);
    note("The token has ended, so it is no longer used. Log in to get another one.");
  } else if (reply.ok && WITH_COOKIE.has(path)) {
    note("The session is in a cookie, which this page does not keep. Log in with POST /login to go on here.");
  } else if (reply.status === 204 && path === "/logout") {
    drop(system);
    note("You are logged out.");
  }
}

/** The name and the definition of the scheme with a bearer token. */
function scheme(system) {
  const schemes = system.specSelectors.specJson().getIn(["components", "securitySchemes"]);
  return schemes.findEntry((one) => one.get("scheme") === "bearer");
}

function token(system) {
  if (!system.specSelectors.specJson().size) return undefined;
  const [name] = scheme(system);
  return system.authSelectors.authorized().getIn([name, "value"]);
}

/** Lets every request carry the token. */
export function use(system, value) {
  const [name, schema] = scheme(system);
  system.authActions.authorizeWithPersistOption({ [name]: { name, value, schema: schema.toJS() } });
}

function drop(system) {
  const [name] = scheme(system);
  system.authActions.logoutWithPersistOption([name]);
}
