// Shows the responses of an operation on one screen. The headers of a success take one line. Each
// error status takes one line, too: the codes, and what to do.

/** A plugin that shows them in this way. */
export const responses = (system) => ({
  wrapComponents: {
    response: (Original) => (props) =>
      system.React.createElement(Number(props.code) >= 400 ? Problem : Original, { ...props, system }),
    headers: (Original) => (props) => {
      const h = system.React.createElement;
      const names = props.headers.keySeq().join(", ");
      return h("details", { className: "headers" }, h("summary", {}, `Headers: ${names}`), h(Original, props));
    },
  },
});

function Problem({ code, response, className, system }) {
  const h = system.React.createElement;
  const found = response.getIn(["content", "application/problem+json", "examples"]);
  const examples = found ? found.valueSeq().map((example) => example.get("value").toJS()).toArray() : [];
  const codes = examples.flatMap((problem, index) => [
    index ? " or " : "",
    h("code", { key: problem.code }, problem.code),
  ]);
  const line = [h("span", { key: "codes" }, codes), " ", words(h, examples[0]?.detail ?? response.get("description"))];
  const headers = response.get("headers")?.keySeq().join(", ");
  return h(
    "tr",
    { className: `response problem ${className ?? ""}`, "data-code": code },
    h("td", { className: "response-col_status" }, code),
    h(
      "td",
      { colSpan: 2 },
      h(
        "details",
        {},
        h("summary", {}, line),
        examples.map((problem) => h(Explanation, { key: problem.code, problem, h })),
        headers && h("p", {}, `Headers: ${headers}`),
      ),
    ),
  );
}

/** A text whose words in backticks are code. */
function words(h, text) {
  return text.split("`").map((part, index) => (index % 2 ? h("code", { key: index }, part) : part));
}

function Explanation({ problem, h }) {
  const { code, title, detail } = problem;
  return h(
    "div",
    { className: "explanation" },
    h("p", {}, h("a", { href: `/docs/problems#${code}` }, h("code", {}, code)), ` ${title}. `, words(h, detail)),
    h("details", {}, h("summary", {}, "Example"), h("pre", { className: "example" }, JSON.stringify(problem, null, 2))),
  );
}
