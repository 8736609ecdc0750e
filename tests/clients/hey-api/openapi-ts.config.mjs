export default {
  input: process.env.OPENAPI,
  // Node.js wants the extension in imports.
  output: { path: "generated", importFileExtension: ".js" },
};
