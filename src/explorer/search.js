// Finds operations by any of their words. Swagger UI finds tags only.

/** A plugin with the search field, and with the search itself. */
export const search = (system) => ({
  fn: {
    opsFilter: (tagged, phrase) => {
      const titled = filtered(tagged, phrase, TITLE);
      return titled.size ? titled : filtered(tagged, phrase, [...TITLE, "description"]);
    },
  },
  wrapComponents: {
    operations: (Original) => (props) => {
      const h = system.React.createElement;
      const phrase = system.layoutSelectors.currentFilter();
      const isFiltered = typeof phrase === "string" && phrase;
      const isEmpty = isFiltered && !system.fn.opsFilter(system.specSelectors.taggedOperations(), phrase).size;
      return isEmpty ? h("p", {}, `No operation matches “${phrase}”.`) : h(Original, props);
    },
    FilterContainer: () => () => {
      const h = system.React.createElement;
      const phrase = system.layoutSelectors.currentFilter();
      return h("input", {
        type: "search",
        className: "search",
        placeholder: "Find an operation",
        "aria-label": "Find an operation",
        value: typeof phrase === "string" ? phrase : "",
        onChange: (event) => system.layoutActions.updateFilter(event.target.value),
      });
    },
  },
});

/** The properties of an operation whose words count first. */
const TITLE = ["operationId", "summary"];

function filtered(tagged, phrase, properties) {
  const found = (operations) => operations.filter((one) => matches(one, phrase, properties));
  return tagged.map((tag) => tag.update("operations", found)).filter((tag) => tag.get("operations").size);
}

function matches(one, phrase, properties) {
  const { path, method, operation } = one.toObject();
  const text = [method, path, ...properties.map((name) => operation.get(name))];
  return phrase.toLowerCase().split(/\s+/).every((word) => text.join(" ").toLowerCase().includes(word));
}
