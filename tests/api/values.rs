//! The values of a profile: which are accepted, and in which form they are stored.

use serde_json::json;

use crate::support::{PASSWORD, TestApp, apply, every_database};

#[apply(every_database)]
async fn a_value_is_stored_in_one_form(app: TestApp) {
    let ada = app.user().await;
    let cases = [
        ("bio", "one\r\ntwo\rthree\n", "one\ntwo\nthree\n", "line breaks of other systems"),
        ("bio", "a\tb", "a\tb", "a tab"),
        ("locale", "EN-us-POSIX", "en-US-posix", "a variant that only CLDR has"),
        ("locale", "UND", "und", "no language in particular"),
        ("locale", "X-Klingon", "x-klingon", "private use"),
        ("name", "\u{200B}Ada", "\u{200B}Ada", "there is something to see"),
    ];
    for (property, sent, stored, why) in cases {
        let me = ada.patch("/me", json!({ property: sent })).await.expect(200).json();
        assert_eq!(me[property], stored, "{why}");
        assert_eq!(ada.get("/me").await.expect(200).json()[property], stored, "{why}");
    }
}

#[apply(every_database)]
async fn a_line_break_counts_as_one_character(app: TestApp) {
    let ada = app.user().await;
    let me = ada.patch("/me", json!({ "bio": "\r\n".repeat(4096) })).await.expect(200).json();
    assert_eq!(me["bio"], "\n".repeat(4096));
    for longer in ["\r\n".repeat(4097), "a".repeat(4097), "a".repeat(9000)] {
        let problem = ada.patch("/me", json!({ "bio": longer })).await;
        let problem = problem.expect_problem(422, "validation_failed");
        assert_eq!(
            problem["errors"],
            json!([{ "pointer": "/bio", "code": "too_long", "message": "must have at most 4096 characters" }])
        );
    }
}

#[apply(every_database)]
async fn a_name_that_nobody_can_read_is_422(app: TestApp) {
    let ada = app.user().await;
    let cases = [
        ("\u{200B}\u{200D}", "invisible", "must have at least 1 visible character"),
        ("\u{3164}", "invisible", "must have at least 1 visible character"),
        (
            "Ada\u{2028}Lovelace",
            "forbidden_character",
            "must not contain control characters, line separators or bidirectional overrides",
        ),
    ];
    for (name, code, message) in cases {
        let body = json!({ "email": "bob@example.com", "password": PASSWORD, "name": name });
        for reply in [
            ada.patch("/me", json!({ "name": name })).await,
            app.anonymous.post("/signup", body).await,
        ] {
            let problem = reply.expect_problem(422, "validation_failed");
            let error = json!([{ "pointer": "/name", "code": code, "message": message }]);
            assert_eq!(problem["errors"], error);
        }
    }
}

#[apply(every_database)]
async fn an_avatar_url_has_a_whole_host_name(app: TestApp) {
    let ada = app.user().await;
    for url in ["https://../", "https://./a.png", "https://images..example.com/ada.png"] {
        let problem = ada.patch("/me", json!({ "avatarUrl": url })).await;
        let problem = problem.expect_problem(422, "validation_failed");
        assert_eq!(problem["errors"][0]["code"], "invalid_url", "{url}");
    }
}
