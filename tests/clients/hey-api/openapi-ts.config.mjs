export default {
  input: process.env.OPENAPI,
  // Node.js requires the extension in imports.
  output: { path: "generated", importFileExtension: ".js" },
};
