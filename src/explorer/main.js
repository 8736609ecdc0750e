// Starts Swagger UI, with the parts that this service adds to it.

import { authorization } from "./authorization.js";
import { demo } from "./demo.js";
import { next } from "./next.js";
import { followColorScheme, settings } from "./page.js";
import { responses } from "./responses.js";
import { search } from "./search.js";

followColorScheme();

const { interceptors, plugin } = authorization();

/** A plugin that offers no choice of servers. There is one: the one that serves the page. */
const oneServer = () => ({ wrapComponents: { ServersContainer: () => () => null } });

window.ui = SwaggerUIBundle({
  url: "/openapi-3.1.yaml",
  dom_id: "#swagger-ui",
  layout: "BaseLayout",
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [plugin, responses, next, search, oneServer],
  ...interceptors,
  deepLinking: true,
  persistAuthorization: true,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  displayOperationId: true,
  defaultModelsExpandDepth: 0,
  filter: true,
});

if (settings.demo) demo(window.ui.getSystem(), settings.demo);
