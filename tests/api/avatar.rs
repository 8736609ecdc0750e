//! PUT and DELETE /me/avatar, GET /avatars/{file}

use std::time::{Duration, Instant};

use image::{DynamicImage, GenericImageView as _, ImageFormat};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, IF_NONE_MATCH};
use serde_json::{Value, json};

use crate::support::{
    Client, Reply, SECRET, Setup, TestApp, TestDatabase, TestImage, animated, apply, bomb,
    every_database, plain_png,
};

const FORMATS: [ImageFormat; 3] = [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP];
const MIB: usize = 1024 * 1024;

/// The path of the user's uploaded avatar.
fn shown(user: &Value) -> Option<String> {
    let url = user.get("avatarUrl")?.as_str().unwrap();
    let start = url.find("/avatars/").unwrap_or_else(|| panic!("{url} was not uploaded"));
    Some(url[start..].to_owned())
}

/// Uploads an image as the user's avatar. Returns the path of the avatar.
async fn upload(client: &Client, image: &[u8]) -> String {
    let reply = client.upload(image).await.expect(200);
    shown(&reply.json()).unwrap()
}

/// The content of an avatar.
async fn bytes(client: &Client, path: &str) -> Vec<u8> {
    let reply = client.request(Method::GET, path).send().await.unwrap();
    assert_eq!(reply.status(), 200);
    reply.bytes().await.unwrap().to_vec()
}

/// The names of the files in the folder.
fn files(app: &TestApp) -> Vec<String> {
    let entries = app.avatars.path().read_dir().unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The names of the files in the database.
async fn rows(app: &TestApp) -> Vec<String> {
    app.database.query("SELECT file FROM avatars ORDER BY file").await
}

/// Checks that the avatar at `path` is the only one, or that there is none.
async fn assert_only(app: &TestApp, path: Option<&str>) {
    let expected: Vec<&str> =
        path.iter().map(|path| path.trim_start_matches("/avatars/")).collect();
    assert_eq!(files(app), expected);
    assert_eq!(rows(app).await, expected);
}

fn is_red(image: &DynamicImage, x: u32, y: u32) -> bool {
    let [red, _, blue, _] = image.get_pixel(x, y).0;
    assert!(red.abs_diff(blue) > 100, "the pixel is neither red nor blue: {red} {blue}");
    red > blue
}

#[apply(every_database)]
async fn an_image_becomes_the_picture_that_everybody_sees(app: TestApp) {
    let ada = app.user().await;
    let before = ada.get("/me").await.expect(200);
    for format in FORMATS {
        app.clock.advance(Duration::from_secs(1));
        let reply = ada.upload(&TestImage::new(format).bytes()).await.expect(200);
        let user = reply.json();
        let path = shown(&user).unwrap();
        assert_eq!(user["avatarUrl"], format!("{}{path}", app.anonymous.base()));
        assert!(user["updatedAt"].as_str() > before.json()["updatedAt"].as_str());

        let got = ada.get("/me").await.expect(200);
        assert_eq!(got.text, reply.text);
        assert_eq!(got.header("etag"), reply.header("etag"));
        assert_ne!(got.header("etag"), before.header("etag"));

        let avatar = image::load_from_memory(&bytes(&app.anonymous, &path).await).unwrap();
        assert_eq!(avatar.dimensions(), (512, 512), "{format:?}");
        assert!(is_red(&avatar, 10, 256) && !is_red(&avatar, 500, 256), "{format:?}");
    }
}

#[apply(every_database)]
async fn what_a_picture_is_called_does_not_matter(app: TestApp) {
    let ada = app.user().await;
    let names = ["image/png", "image/jpeg", "Image/WebP", "application/octet-stream; x=y"];
    for name in names {
        let request = ada.request(Method::PUT, "/me/avatar").header(CONTENT_TYPE, name);
        let reply = Reply::to(request.body(plain_png(3, 5))).await.expect(200);
        let path = shown(&reply.json()).unwrap();
        let reply = app.anonymous.request(Method::GET, &path).send().await.unwrap();
        assert_eq!(reply.headers()[CONTENT_TYPE], "image/jpeg", "{name}");
    }
}

#[apply(every_database)]
async fn a_picture_is_upright_and_tells_nothing(app: TestApp) {
    let ada = app.user().await;
    for format in FORMATS {
        for (width, height) in [(600, 400), (400, 600)] {
            let upright = TestImage { format, width, height, orientation: 1 };
            let turned = TestImage { orientation: 6, ..upright };
            for (image, is_upright) in [(upright, true), (turned, false)] {
                let image = image.bytes();
                let says = |bytes: &[u8]| {
                    bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
                };
                assert!(says(&image));
                let bytes = bytes(&ada, &upload(&ada, &image).await).await;
                assert!(!says(&bytes), "{format:?}");

                // After a clockwise turn the left half is on top.
                let avatar = image::load_from_memory(&bytes).unwrap();
                assert!(is_red(&avatar, 10, 10), "{format:?}");
                assert_eq!(is_red(&avatar, 10, 500), is_upright, "{format:?}");
                assert_eq!(is_red(&avatar, 500, 10), !is_upright, "{format:?}");
                assert!(!is_red(&avatar, 500, 500), "{format:?}");
            }
        }
    }
}

#[apply(every_database)]
async fn a_picture_may_be_kept_for_ever_and_does_no_harm(app: TestApp) {
    let ada = app.user().await;
    let path = upload(&ada, &plain_png(8, 8)).await;
    let request = app.anonymous.request(Method::GET, &path);
    let reply = request.send().await.unwrap();
    let headers = reply.headers().clone();
    assert_eq!(headers["content-type"], "image/jpeg");
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'; sandbox"), "{policy}");

    let request = app.anonymous.request(Method::GET, &path);
    let reply = Reply::to(request.header(IF_NONE_MATCH, &headers["etag"])).await.expect(304);
    assert_eq!(
        (reply.text.as_str(), reply.header("etag")),
        ("", headers["etag"].to_str().unwrap())
    );
    let head = Reply::to(app.anonymous.request(Method::HEAD, &path)).await.expect(200);
    assert_eq!(head.text, "");
}

#[apply(every_database)]
async fn nothing_but_pictures_is_found(app: TestApp) {
    let ada = app.user().await;
    let path = upload(&ada, &plain_png(8, 8)).await;
    std::fs::write(app.avatars.path().join("secret"), "secret").unwrap();
    let other = format!("/avatars/{}.jpg", "a".repeat(32));
    let paths = [
        "/avatars",
        "/avatars/",
        "/avatars/secret",
        "/avatars/..%2f..%2fetc%2fpasswd",
        "/avatars/%2e%2e/secret",
        "/avatars/%00",
        "/avatars/%ff",
        &other,
        &path.to_uppercase(),
        &path.replace(".jpg", ".png"),
        &format!("{path}/"),
        &format!("{path}%231"),
    ];
    for path in paths {
        app.anonymous.get(path).await.expect_problem(404, "not_found");
    }
    let request = app.anonymous.request(Method::DELETE, &path);
    Reply::to(request).await.expect_problem(405, "method_not_allowed");
    bytes(&ada, &path).await;
}

#[apply(every_database)]
async fn what_is_no_image_that_can_be_shown_is_422_and_changes_nothing(app: TestApp) {
    let ada = app.user().await;
    let path = upload(&ada, &plain_png(8, 8)).await;
    let before = ada.get("/me").await.expect(200).text;
    let mut cases = vec![
        (Vec::new(), "nothing"),
        (b"just text".to_vec(), "text"),
        (b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "another format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), "SVG"),
        (bomb(30_000, 30_000), "a decompression bomb"),
        (bomb(8193, 1), "too wide"),
        (bomb(1, 8193), "too high"),
        (animated(ImageFormat::Png), "an animated PNG"),
        (animated(ImageFormat::WebP), "an animated WebP"),
    ];
    for format in FORMATS {
        let whole = TestImage::new(format).bytes();
        cases.push((whole[..whole.len() / 2].to_vec(), "cut in half"));
    }
    for (image, why) in cases {
        let since = Instant::now();
        let reply = ada.upload(&image).await;
        assert_eq!(reply.status, 422, "{why}");
        reply.expect_problem(422, "invalid_image");
        assert!(since.elapsed() < Duration::from_secs(3), "{why} took {:?}", since.elapsed());
    }
    assert_eq!(ada.get("/me").await.expect(200).text, before);
    assert_only(&app, Some(&path)).await;
    upload(&ada, &bomb(8192, 8192)).await;
}

#[apply(every_database)]
async fn an_image_of_5_mib_is_taken_and_a_larger_one_is_413(app: TestApp) {
    let ada = app.user().await;
    // The service ignores bytes after the end of an image.
    let mut image = plain_png(8, 8);
    image.resize(5 * MIB, 0);
    upload(&ada, &image).await;
    image.push(0);
    ada.upload(&image).await.expect_problem(413, "payload_too_large");
}

#[apply(every_database)]
async fn what_does_not_call_itself_an_image_is_415(app: TestApp) {
    let ada = app.user().await;
    for name in ["image/gif", "image/svg+xml", "image/*", "application/json", "text/plain", ""] {
        let request = ada.request(Method::PUT, "/me/avatar").header(CONTENT_TYPE, name);
        let reply = Reply::to(request.body(plain_png(8, 8))).await;
        reply.expect_problem(415, "unsupported_media_type");
    }
    let request = ada.request(Method::PUT, "/me/avatar").body(plain_png(8, 8));
    Reply::to(request).await.expect_problem(415, "unsupported_media_type");
    app.anonymous.upload(&plain_png(8, 8)).await.expect_problem(401, "missing_token");
}

#[apply(every_database)]
async fn an_image_has_six_times_as_long_to_arrive_as_json(database: TestDatabase) {
    let body_timeout = Duration::from_millis(100);
    let app = TestApp::start(database, Setup { body_timeout, ..Setup::default() }).await;
    let ada = app.user().await;
    let never = futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>();
    let request = ada.request(Method::PUT, "/me/avatar").header(CONTENT_TYPE, "image/png");
    let since = Instant::now();
    let reply = Reply::to(request.body(reqwest::Body::wrap_stream(never))).await;
    reply.expect_problem(408, "request_timeout");
    assert!(since.elapsed() >= 6 * body_timeout, "{:?}", since.elapsed());
}

#[apply(every_database)]
async fn a_picture_that_is_replaced_or_removed_is_deleted(app: TestApp) {
    let ada = app.user().await;
    let url = "https://example.com/ada.png";
    let patch = |url: Value| ada.patch("/me", json!({ "avatarUrl": url }));

    let first = upload(&ada, &plain_png(8, 8)).await;
    let second = upload(&ada, &plain_png(8, 8)).await;
    assert_ne!(first, second, "each upload must get another name");
    app.delete_unused_avatars().await.unwrap();
    app.anonymous.get(&first).await.expect_problem(404, "not_found");
    assert_only(&app, Some(&second)).await;

    assert!(patch(Value::Null).await.expect(200).json().get("avatarUrl").is_none());
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, None).await;

    upload(&ada, &plain_png(8, 8)).await;
    assert_eq!(patch(json!(url)).await.expect(200).json()["avatarUrl"], url);
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, None).await;

    // An upload replaces a URL.
    let third = upload(&ada, &plain_png(8, 8)).await;
    ada.patch("/me", json!({ "bio": "x" })).await.expect(200);
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, Some(&third)).await;
    ada.delete("/me/avatar").await.expect(204);
    assert!(ada.get("/me").await.expect(200).json().get("avatarUrl").is_none());
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, None).await;
}

#[apply(every_database)]
async fn delete_removes_a_url_as_well_and_nothing_twice(app: TestApp) {
    let ada = app.user().await;
    ada.patch("/me", json!({ "avatarUrl": "https://example.com/" })).await.expect(200);
    ada.delete("/me/avatar").await.expect(204);
    let me = ada.get("/me").await.expect(200);
    assert!(me.json().get("avatarUrl").is_none());
    app.clock.advance(Duration::from_secs(1));
    ada.delete("/me/avatar").await.expect(204);
    assert_eq!(ada.get("/me").await.expect(200).text, me.text, "updatedAt must not change");
}

#[apply(every_database)]
async fn of_two_uploads_at_once_one_picture_remains(app: TestApp) {
    let ada = app.user().await;
    for _ in 0..5 {
        let image = plain_png(64, 64);
        let (one, two) = tokio::join!(upload(&ada, &image), upload(&ada, &image));
        let last = shown(&ada.get("/me").await.expect(200).json()).unwrap();
        assert!([one, two].contains(&last));
        // Several nodes may delete unused files at the same time.
        let (one, two) = tokio::join!(app.delete_unused_avatars(), app.delete_unused_avatars());
        one.and(two).unwrap();
        assert_only(&app, Some(&last)).await;
    }
}

#[apply(every_database)]
async fn the_files_of_a_user_who_is_erased_are_deleted(app: TestApp) {
    let ada = app.user().await;
    upload(&ada, &plain_png(8, 8)).await;
    app.delete_unused_avatars().await.unwrap();
    assert_eq!(files(&app).len(), 1);
    app.database.execute("DELETE FROM users").await;
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, None).await;
}

/// Makes every statement fail that does `what` to a table.
async fn break_statements(app: &TestApp, what: &str, table: &str) {
    let fail = if app.database.is_sqlite() {
        format!(
            "CREATE TRIGGER broken BEFORE {what} ON {table} BEGIN SELECT RAISE(ABORT, 'x'); END"
        )
    } else {
        format!(
            "CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'x'; END $$;
            CREATE TRIGGER broken BEFORE {what} ON {table} FOR EACH ROW EXECUTE FUNCTION broken()"
        )
    };
    app.database.execute(&fail).await;
}

/// Undoes [`break_statements`].
async fn repair_statements(app: &TestApp, table: &str) {
    let repair = match app.database.is_sqlite() {
        true => "DROP TRIGGER broken".to_owned(),
        false => format!("DROP TRIGGER broken ON {table}; DROP FUNCTION broken"),
    };
    app.database.execute(&repair).await;
}

/// Checks that after an hour nothing is left of an upload that was interrupted, and that
/// the earlier avatar is still there.
async fn assert_it_never_happened(app: &TestApp, ada: &Client, path: &str) {
    app.delete_unused_avatars().await.unwrap();
    assert_eq!(rows(app).await.len(), 2, "the upload could still be running");
    app.clock.advance(Duration::from_secs(60 * 60));
    app.delete_unused_avatars().await.unwrap();
    assert_only(app, Some(path)).await;
    assert_eq!(shown(&ada.get("/me").await.expect(200).json()).unwrap(), path);
}

#[apply(every_database)]
async fn an_upload_that_ends_before_its_file_is_written_leaves_nothing(app: TestApp) {
    let ada = app.user().await;
    let path = upload(&ada, &plain_png(8, 8)).await;
    // A file takes the place of the folder.
    let (folder, away) = (app.avatars.path(), app.avatars.path().with_extension("away"));
    std::fs::rename(folder, &away).unwrap();
    std::fs::write(folder, "a file").unwrap();
    ada.upload(&plain_png(8, 8)).await.expect_problem(500, "internal_error");
    app.anonymous.get(&path).await.expect_problem(500, "internal_error");
    std::fs::remove_file(folder).unwrap();
    std::fs::rename(away, folder).unwrap();
    assert_it_never_happened(&app, &ada, &path).await;
}

#[apply(every_database)]
async fn an_upload_that_ends_before_it_is_shown_leaves_nothing(app: TestApp) {
    let ada = app.user().await;
    let path = upload(&ada, &plain_png(8, 8)).await;
    break_statements(&app, "UPDATE", "users").await;
    ada.upload(&plain_png(8, 8)).await.expect_problem(500, "internal_error");
    repair_statements(&app, "users").await;
    assert_eq!(files(&app).len(), 2, "the file was written before the error");
    // The upload is known to have failed, so its file is deleted without a delay.
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, Some(&path)).await;
    assert_eq!(shown(&ada.get("/me").await.expect(200).json()).unwrap(), path);
}

#[apply(every_database)]
async fn a_collection_that_ends_half_way_is_done_again(app: TestApp) {
    let ada = app.user().await;
    upload(&ada, &plain_png(8, 8)).await;
    ada.delete("/me/avatar").await.expect(204);
    break_statements(&app, "DELETE", "avatars").await;
    app.delete_unused_avatars().await.unwrap_err();
    repair_statements(&app, "avatars").await;
    assert_eq!(
        (files(&app).len(), rows(&app).await.len()),
        (0, 1),
        "the file is deleted, but not the row"
    );
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, None).await;
}

#[apply(every_database)]
async fn a_file_that_can_not_be_deleted_keeps_no_other(app: TestApp) {
    let ada = app.user().await;
    let path = upload(&ada, &plain_png(8, 8)).await;
    upload(&ada, &plain_png(8, 8)).await;
    // The service can't delete a folder as a file.
    let file = app.avatars.path().join(path.trim_start_matches("/avatars/"));
    std::fs::remove_file(&file).unwrap();
    std::fs::create_dir(&file).unwrap();
    ada.delete("/me/avatar").await.expect(204);
    app.delete_unused_avatars().await.unwrap_err();
    assert_only(&app, Some(&path)).await;
    std::fs::remove_dir(&file).unwrap();
    app.delete_unused_avatars().await.unwrap();
    assert_only(&app, None).await;
}
