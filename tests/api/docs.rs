//! GET /docs, and the links to it.

use std::io::Read as _;

use flate2::read::GzDecoder;
use reqwest::Method;
use reqwest::header::{ACCEPT_ENCODING, IF_NONE_MATCH};

use crate::support::{Reply, TestApp, apply, every_database};

#[apply(every_database)]
async fn the_root_leads_to_swagger_ui(app: TestApp) {
    let root = app.anonymous.get("/").await.expect(307);
    assert_eq!(root.header("location"), "/docs");
}

#[apply(every_database)]
async fn swagger_ui_finds_its_files_from_both_addresses(app: TestApp) {
    for address in ["/docs", "/docs/"] {
        let page = app.anonymous.get(address).await.expect(200);
        assert_eq!(page.header("content-type"), "text/html");
        let files: Vec<&str> =
            page.text.split('"').filter(|text| text.contains("/docs/")).collect();
        assert!(files.len() >= 5, "{files:?}");
        for file in files {
            app.anonymous.get(file).await.expect(200);
        }
    }
}

#[apply(every_database)]
async fn swagger_ui_may_load_nothing_from_elsewhere(app: TestApp) {
    let page = app.anonymous.get("/docs").await.expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
    let settings = app.anonymous.get("/docs/swagger-initializer.js").await.expect(200);
    for setting in ["\"persistAuthorization\": true", "\"tryItOutEnabled\": true"] {
        assert!(settings.text.contains(setting), "{setting}");
    }
}

#[apply(every_database)]
async fn the_type_of_a_problem_leads_to_its_explanation(app: TestApp) {
    let problem = app.anonymous.get("/nothing").await.expect_problem(404, "not_found");
    let (page, anchor) = problem["type"].as_str().unwrap().split_once('#').unwrap();
    let page = app.anonymous.get(page).await.expect(200);
    assert!(page.text.contains(&format!("id=\"{anchor}\"")));
}

#[apply(every_database)]
async fn files_are_compressed_for_those_who_take_it(app: TestApp) {
    for path in ["/docs", "/docs/swagger-ui.css", "/openapi.yaml", "/openapi.json"] {
        let plain = app.anonymous.get(path).await.expect(200);
        assert_eq!(plain.header("content-encoding"), "");
        let request = app.anonymous.request(Method::GET, path);
        let response = request.header(ACCEPT_ENCODING, "gzip, br").send().await.unwrap();
        let headers = response.headers().clone();
        assert_eq!(headers["vary"], "accept-encoding", "{path}");
        assert_eq!(headers["etag"], plain.header("etag"), "{path}");
        let mut bytes = response.bytes().await.unwrap().to_vec();
        if headers.contains_key("content-encoding") {
            assert!(bytes.len() < plain.text.len(), "{path}");
            let mut text = Vec::new();
            GzDecoder::new(&*bytes).read_to_end(&mut text).unwrap();
            bytes = text;
        }
        assert_eq!(String::from_utf8(bytes).unwrap(), plain.text, "{path}");
    }
}

#[apply(every_database)]
async fn files_that_the_client_has_are_not_sent_again(app: TestApp) {
    for path in ["/docs", "/docs/swagger-ui-bundle.js", "/openapi-3.1.yaml"] {
        let tag = app.anonymous.get(path).await.expect(200).header("etag").to_owned();
        let request = app.anonymous.request(Method::GET, path).header(IF_NONE_MATCH, tag);
        assert_eq!(Reply::to(request).await.expect(304).text, "");
    }
}
