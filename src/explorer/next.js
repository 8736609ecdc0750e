// The links of the document, as buttons that fill the next operation in.

import { open, operationOf } from "./open.js";

/** How many buttons are shown at once. */
const FIRST = 4;

/** A plugin that adds the buttons to the reply of an operation. */
export const next = (system) => ({
  wrapComponents: {
    liveResponse: (Original) => (props) => {
      const { createElement: h, useEffect, useRef } = system.React;
      const top = useRef();
      // Swagger UI passes another object each time, but it is the same reply.
      useEffect(() => reveal(top.current), [props.response.getIn(["headers", "x-request-id"])]);
      return h("div", { className: "live", ref: top }, h(Next, { ...props, system }), h(Original, props));
    },
  },
});

/** Scrolls to a reply whose status is out of sight. */
function reveal(element) {
  const { top } = element.getBoundingClientRect();
  if (top < 0 || top > innerHeight * 0.7) scrollBy(0, top - innerHeight * 0.4);
}

function Next({ response, path, method, system }) {
  const h = system.React.createElement;
  const status = String(response.get("status"));
  const operation = system.specSelectors.specResolvedSubtree(["paths", path, method]);
  const links = operation?.getIn(["responses", status, "links"])?.valueSeq().toJS() ?? [];
  if (!links.length) return null;
  links.sort((one, other) => rank(system, one) - rank(system, other));
  const button = (link) => {
    const go = () =>
      open(system, link.operationId, {
        parameters: evaluate(link.parameters ?? {}, response),
        values: sent(system, path, method),
        executes: true,
      });
    return h("button", { key: link.operationId, type: "button", title: link.description, onClick: go }, link.operationId);
  };
  const buttons = links.map(button);
  const others = buttons.length - FIRST;
  return h(
    "div",
    { className: "next" },
    h("span", {}, "Next:"),
    buttons.slice(0, FIRST),
    others > 0 && h("details", {}, h("summary", {}, `${others} more`), buttons.slice(FIRST)),
  );
}

/** The sort key of a link. `GET` operations come first, and shorter paths before longer ones. */
function rank(system, { operationId }) {
  const { path, method } = operationOf(system, operationId);
  return path.length + (method === "get" ? 0 : 1000);
}

/** The properties of the body that was sent, which the next body may have as well. */
function sent(system, path, method) {
  try {
    return JSON.parse(system.oas3Selectors.requestBodyValue(path, method)) ?? {};
  } catch {
    return {};
  }
}

/** The values of runtime expressions (OpenAPI 3.1, 4.8.20.4), as far as the document has them. */
function evaluate(parameters, response) {
  const value = (expression) => {
    const [, header] = expression.match(/^\$response\.header\.(.+)$/) ?? [];
    if (header) return response.getIn(["headers", header.toLowerCase()]);
    const [, pointer] = expression.match(/^\$response\.body#\/(.+)$/) ?? [];
    return pointer?.split("/").reduce((part, key) => part?.[key], JSON.parse(response.get("text")));
  };
  return Object.fromEntries(Object.entries(parameters).map(([name, expression]) => [name, value(expression)]));
}
