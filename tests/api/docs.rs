//! The front page, GET /docs, and the pages beside it.

use std::io::Read as _;

use current_user::api::{Brand, Logo};
use flate2::read::GzDecoder;
use reqwest::Method;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, IF_NONE_MATCH};
use serde_json::json;

use crate::support::{Reply, Setup, TestApp, TestDatabase, apply, every_database};

/// Sends `GET` with this `Accept`.
async fn get_as(app: &TestApp, path: &str, accept: &str) -> Reply {
    Reply::to(app.anonymous.request(Method::GET, path).header(ACCEPT, accept)).await
}

/// What browsers send for a page.
const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[apply(every_database)]
async fn the_front_page_is_for_people_and_has_links_for_programs(app: TestApp) {
    for accept in ["*/*", BROWSER] {
        let page = get_as(&app, "/", accept).await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        assert!(page.text.contains("<h1>Example Accounts</h1>"));
        let paths = page.text.split("href=\"").filter_map(|link| link.split('"').next());
        for path in paths.filter(|path| path.starts_with('/')) {
            app.anonymous.get(path).await.expect(200);
        }
    }
    let reply = get_as(&app, "/", "application/json").await.expect(200);
    assert_eq!(reply.header("content-type"), "application/json");
    let varies: Vec<_> = reply.headers.get_all("vary").iter().collect();
    assert!(varies.iter().any(|name| *name == "accept"), "{varies:?}");
    let links = reply.json();
    let base = app.anonymous.base();
    let expected = json!({
        "account": format!("{base}/account"),
        "docs": format!("{base}/docs"),
        "document": format!("{base}/openapi.yaml"),
        "me": format!("{base}/me"),
        "problems": format!("{base}/docs/problems"),
    });
    assert_eq!(links, expected);
    // None of the pages is a redirect.
    for path in ["/", "/docs", "/docs/", "/docs/problems", "/account"] {
        app.anonymous.get(path).await.expect(200);
    }
    app.anonymous.post("/", json!({})).await.expect_problem(405, "method_not_allowed");
}

#[apply(every_database)]
async fn a_browser_that_finds_nothing_gets_a_page_and_a_program_a_problem(app: TestApp) {
    let request = app.anonymous.request(Method::GET, "/nothing").header(ACCEPT, BROWSER);
    let page = request.send().await.unwrap();
    assert_eq!(page.status(), 404);
    assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(page.text().await.unwrap().contains("<h1>There is no such page</h1>"));
    for accept in ["*/*", "application/json"] {
        get_as(&app, "/nothing", accept).await.expect_problem(404, "not_found");
    }
    // An operation always replies as the document says.
    let nobodys = "/erasures/00000000-0000-4000-8000-000000000000";
    get_as(&app, nobodys, BROWSER).await.expect_problem(404, "not_found");
}

#[apply(every_database)]
async fn swagger_ui_finds_its_files_from_both_addresses(app: TestApp) {
    for address in ["/docs", "/docs/"] {
        let page = app.anonymous.get(address).await.expect(200);
        assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
        assert!(page.text.contains("<title>Example Accounts API</title>"));
        let files: Vec<&str> =
            page.text.split('"').filter(|text| text.contains("/docs/")).collect();
        assert!(files.len() >= 5, "{files:?}");
        for file in files {
            app.anonymous.get(file).await.expect(200);
        }
    }
}

#[apply(every_database)]
async fn the_name_of_the_service_is_text_on_every_page(database: TestDatabase) {
    let name = "</script><b>Ada & Sons".to_owned();
    let setup = Setup::default();
    let brand = Brand { name, ..setup.brand };
    let app = TestApp::start(database, Setup { brand, demo: true, ..setup }).await;
    for path in ["/", "/account", "/docs", "/docs/clients", "/docs/problems"] {
        let page = app.anonymous.get(path).await.expect(200).text;
        assert!(page.contains("&lt;b&gt;Ada &amp; Sons") && !page.contains("<b>Ada"), "{path}");
    }
}

#[apply(every_database)]
async fn the_operator_has_a_logo_a_colour_and_a_home(database: TestDatabase) {
    let setup = Setup::default();
    let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let brand = Brand {
        logo: Some(Logo { media_type: "image/svg+xml", bytes: svg.as_slice().into() }),
        accent: Some("#ffcc00".parse().unwrap()),
        home: Some("https://example.com/".parse().unwrap()),
        ..setup.brand
    };
    let app = TestApp::start(database, Setup { brand, ..setup }).await;
    let logo = app.anonymous.get("/logo").await.expect(200);
    assert_eq!((logo.header("content-type"), logo.text.as_bytes()), ("image/svg+xml", &svg[..]));
    assert!(logo.header("content-security-policy").ends_with("sandbox"), "it runs no script");
    for path in ["/", "/account", "/docs"] {
        let page = app.anonymous.get(path).await.expect(200).text;
        let page = page.replace("&#x2f;", "/");
        for part in ["src=\"/logo\"", "href=\"/logo\"", "\"brand\" href=\"https://example.com/\""] {
            assert!(page.contains(part), "{path}: {part}");
        }
    }
    for path in ["/site.css", "/account"] {
        let style = app.anonymous.get(path).await.expect(200).text;
        // The light one is as dark as it must be to be read, and the dark one is the colour itself.
        assert!(style.contains(":root { --accent: #826800;"), "{path}");
        assert!(style.contains("dark) { :root { --accent: #ffcc00;"), "{path}");
    }
}

#[test]
fn the_commands_that_generate_clients_have_the_versions_that_are_tested() {
    let page = include_str!("../../src/pages/clients.html");
    let packages = [
        include_str!("../clients/openapi-typescript/package.json"),
        include_str!("../clients/hey-api/package.json"),
    ];
    let pinned = |package: &str, name: &str| {
        let package: serde_json::Value = serde_json::from_str(package).unwrap();
        let dependencies = ["dependencies", "devDependencies"];
        let version = dependencies.iter().find_map(|kind| package[*kind][name].as_str());
        format!("{name}@{}", version.unwrap())
    };
    let requirements = [
        include_str!("../clients/openapi-python-client/requirements.txt"),
        include_str!("../clients/openapi-generator/requirements.txt"),
    ];
    let first = |name: &str| {
        let mut lines = requirements.iter().flat_map(|text| text.lines());
        lines.find(|line| line.starts_with(name)).unwrap().to_owned()
    };
    for tool in [
        pinned(packages[0], "openapi-typescript"),
        pinned(packages[1], "@hey-api/openapi-ts"),
        first("openapi-python-client=="),
        first("openapi-generator-cli=="),
    ] {
        assert!(page.contains(&format!("{tool} ")), "{tool}");
    }
}

#[apply(every_database)]
async fn swagger_ui_may_load_nothing_from_elsewhere(app: TestApp) {
    let page = app.anonymous.get("/docs").await.expect(200);
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self';"), "{policy}");
    assert!(!policy.contains("http"), "{policy}");
}

#[apply(every_database)]
async fn swagger_ui_can_be_turned_off(database: TestDatabase) {
    let app = TestApp::start(database, Setup { docs: false, ..Setup::default() }).await;
    for path in ["/docs", "/docs/", "/docs/clients", "/docs/main.js", "/docs/swagger-ui-bundle.js"]
    {
        app.anonymous.get(path).await.expect_problem(404, "not_found");
    }
    let front = app.anonymous.get("/").await.expect(200).text;
    assert!(!front.contains("\"/docs\"") && !front.contains("/docs/clients"));
    let links = get_as(&app, "/", "application/json").await.expect(200).json();
    assert!(links.get("docs").is_none() && links.get("problems").is_some());
    for path in ["/openapi.yaml", "/openapi.json", "/openapi-3.1.yaml", "/docs/problems"] {
        app.anonymous.get(path).await.expect(200);
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
