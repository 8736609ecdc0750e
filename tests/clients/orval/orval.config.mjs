export default {
  currentUser: {
    input: process.env.OPENAPI,
    output: { target: "generated/client.ts", client: "fetch", mode: "split", clean: true },
  },
};
