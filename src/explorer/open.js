// Opens an operation with its form filled in.

/**
 * Opens an operation, and scrolls to it. `parameters` are values by name. `values` replace the
 * properties of the same name in the body. With `executes`, a `GET` is sent at once, because it
 * changes nothing.
 */
export async function open(system, operationId, { parameters = {}, values = {}, executes = false } = {}) {
  const { path, method, tag } = operationOf(system, operationId);
  system.layoutActions.updateFilter("");
  system.layoutActions.show(["operations", tag, operationId], true);
  const operation = await resolved(system, path, method);
  fillParameters(system, operation, [path, method], parameters);
  fillBody(system, operation, [path, method], values);
  if (executes && method === "get") system.specActions.execute({ operation, path, method });
  document.querySelector(`[id$="-${operationId}"]`).scrollIntoView({ block: "start" });
}

/** The path, the method and the tag of an operation. */
export function operationOf(system, operationId) {
  const operations = system.specSelectors.operations();
  const found = operations.find((one) => one.getIn(["operation", "operationId"]) === operationId);
  return { ...found.toObject(), tag: found.getIn(["operation", "tags", 0]) };
}

/** The operation with its references resolved, and its form on the page. */
async function resolved(system, path, method) {
  system.specActions.requestResolvedSubtree(["paths", path, method]);
  for (;;) {
    await new Promise(requestAnimationFrame);
    const operation = system.specSelectors.specResolvedSubtree(["paths", path, method]);
    if (operation) {
      await new Promise(requestAnimationFrame);
      return operation;
    }
  }
}

function fillParameters(system, operation, pathMethod, parameters) {
  for (const parameter of operation.get("parameters") ?? []) {
    const value = parameters[parameter.get("name")];
    if (value !== undefined) system.specActions.changeParamByIdentity(pathMethod, parameter, value, false);
  }
}

function fillBody(system, operation, pathMethod, values) {
  if (!operation.hasIn(["requestBody", "content", "application/json"])) return;
  const body = JSON.parse(system.oas3Selectors.selectDefaultRequestBodyValue(...pathMethod));
  for (const name of Object.keys(body)) {
    if (name in values) body[name] = values[name];
  }
  system.oas3Actions.setRequestBodyValue({ value: JSON.stringify(body, null, 2), pathMethod });
}
