// The session. Its token lives as long as the tab, the rest as long as the page.

const KEY = "current-user.token";

export const session = {
  /** The last reply of GET /me, and its ETag. */
  user: undefined,
  etag: undefined,

  get token() {
    return sessionStorage.getItem(KEY);
  },

  begin(token, user) {
    sessionStorage.setItem(KEY, token);
    this.user = user;
  },

  end() {
    sessionStorage.removeItem(KEY);
    this.user = undefined;
    this.etag = undefined;
  },
};
