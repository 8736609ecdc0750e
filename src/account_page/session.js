// The session of this browser. Its token is in a cookie that no script can read. The server puts
// the user into the page.

const element = document.getElementById("session");
const given = JSON.parse(element.textContent);
// Nothing of the user stays when they log out.
element.remove();

export const session = {
  /** The last reply of GET /me. Null if nobody is logged in, undefined if the page can't tell yet. */
  user: given.user,
  etag: given.etag,

  begin(user, etag) {
    this.user = user;
    this.etag = etag;
  },

  end() {
    this.begin(null, undefined);
  },
};
