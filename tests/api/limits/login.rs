//! POST /login and POST /restore under attack.

use std::time::Duration;

use futures_util::future::join_all;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::json;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::{ELSEWHERE, HOUR, guess};
use crate::support::{Client, PASSWORD, Reply, TestApp, apply, every_database};

#[apply(every_database)]
async fn one_client_guesses_twenty_times_an_hour_at_one_account_or_at_none(app: TestApp) {
    app.sign_up("ada@example.com").await;
    for email in ["ada@example.com", "nobody@example.com"] {
        guess(&app.anonymous, email, 20).await;
        let reply = app.anonymous.try_log_in(email, PASSWORD).await;
        assert_eq!(reply.header("retry-after"), "3600");
        reply.expect_problem(429, "too_many_requests");
        // Another spelling is the same account.
        let reply = app.anonymous.restore(&email.to_uppercase(), PASSWORD).await;
        reply.expect_problem(429, "too_many_requests");
    }
    app.clock.advance(HOUR - Duration::from_secs(1));
    let reply = app.anonymous.try_log_in("ada@example.com", PASSWORD).await;
    assert_eq!(reply.header("retry-after"), "1");
    reply.expect_problem(429, "too_many_requests");
    app.clock.advance(Duration::from_secs(1));
    app.log_in("ada@example.com").await;
}

#[apply(every_database)]
async fn one_client_guesses_a_hundred_times_an_hour_at_all_accounts(app: TestApp) {
    for number in 0..10 {
        guess(&app.anonymous, &format!("{number}@example.com"), 10).await;
    }
    let reply = app.anonymous.try_log_in("ada@example.com", "a guess").await;
    reply.expect_problem(429, "too_many_requests");
    guess(&app.client_from(ELSEWHERE), "ada@example.com", 1).await;
}

#[apply(every_database)]
async fn all_clients_guess_a_hundred_times_an_hour_at_one_account_and_the_owner_gets_in(
    app: TestApp,
) {
    app.active_user().await;
    let known = app.anonymous.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    for client in 10..15 {
        guess(&app.client_from([127, 0, 0, client]), "ada@example.com", 20).await;
    }
    let stranger = app.client_from([127, 0, 0, 15]);
    let refused = stranger.try_log_in("ada@example.com", "a guess").await;
    refused.expect_problem(429, "too_many_requests");

    // The network is known, and so is the device, wherever it is.
    app.log_in("ada@example.com").await;
    stranger.on_device_of(&known).try_log_in("ada@example.com", PASSWORD).await.expect(200);
    // A reset is a way in from a device that is not known.
    let elsewhere = app.client_from([127, 0, 0, 16]);
    elsewhere.try_log_in("ada@example.com", PASSWORD).await.expect(429);
    elsewhere.request_password_reset("ada@example.com").await.expect(202);
    let token = app.token_mailed_to("ada@example.com").await;
    elsewhere.confirm_password_reset(&token, "incorrect donkey").await.expect(204);
    elsewhere.try_log_in("ada@example.com", "incorrect donkey").await.expect(200);
}

#[apply(every_database)]
async fn requests_are_forgotten_when_they_no_longer_count(app: TestApp) {
    guess(&app.anonymous, "ada@example.com", 2).await;
    assert_eq!(app.database.count("rate_limits", "true").await, 3);
    app.clock.advance(HOUR - Duration::from_secs(1));
    app.delete_expired_requests().await;
    assert_eq!(app.database.count("rate_limits", "true").await, 3);
    app.clock.advance(Duration::from_secs(1));
    app.delete_expired_requests().await;
    assert_eq!(app.database.count("rate_limits", "true").await, 0);
}

#[apply(every_database)]
async fn a_known_client_has_a_budget_of_its_own_and_no_more(app: TestApp) {
    app.sign_up("ada@example.com").await;
    let known = app.anonymous.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    let device = app.client_from(ELSEWHERE).on_device_of(&known);
    guess(&device, "ada@example.com", 20).await;
    device.try_log_in("ada@example.com", PASSWORD).await.expect_problem(429, "too_many_requests");
    // The device is unknown to other accounts.
    guess(&device, "bob@example.com", 20).await;
    device.try_log_in("bob@example.com", "a guess").await.expect_problem(429, "too_many_requests");
}

#[apply(every_database)]
async fn a_reset_forgets_the_clients_that_were_known_before(app: TestApp) {
    app.active_user().await;
    let thief = app.client_from(ELSEWHERE);
    let known = thief.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    app.reset_password("ada@example.com", "incorrect donkey").await;
    let thief = thief.on_device_of(&known);
    let reply = thief.try_log_in("ada@example.com", "a guess").await;
    assert!(reply.header("ratelimit").contains("\"login-client-account\""), "{:?}", reply.headers);
}

#[apply(every_database)]
async fn a_right_password_costs_nothing_and_the_reply_says_what_is_left(app: TestApp) {
    app.sign_up("ada@example.com").await;
    app.database.execute("UPDATE users SET status = 'banned'").await;
    for _ in 0..25 {
        app.anonymous.try_log_in("ada@example.com", PASSWORD).await.expect(403);
    }
    let wrong = app.anonymous.try_log_in("ada@example.com", "a guess").await.expect(401);
    let mut policies: Vec<&str> = wrong.header("ratelimit-policy").split(", ").collect();
    policies.sort_unstable();
    assert_eq!(policies, ["\"login-client\";q=100;w=3600", "\"login-client-account\";q=20;w=3600"]);
    let mut limits: Vec<&str> = wrong.header("ratelimit").split(", ").collect();
    limits.sort_unstable();
    assert_eq!(limits, ["\"login-client\";r=99;t=3600", "\"login-client-account\";r=19;t=3600"]);
    let right = app.anonymous.try_log_in("ada@example.com", PASSWORD).await.expect(403);
    assert!(right.header("ratelimit").contains("\"login-client\";r=99;"), "{:?}", right.headers);
}

/// Signs up with an address that others claim as well, and logs in. What follows has a later time.
async fn claim(app: &TestApp, client: &Client, password: &str) -> Reply {
    let body = json!({ "email": "ada@example.com", "password": password, "name": "Somebody" });
    client.post("/signup", body).await.expect(201);
    let reply = client.try_log_in("ada@example.com", password).await.expect(200);
    app.clock.advance(Duration::from_secs(1));
    reply
}

#[apply(every_database)]
async fn the_right_password_of_one_account_pays_for_no_guesses_at_another(app: TestApp) {
    let opened = claim(&app, &app.anonymous, PASSWORD).await;
    let ada = app.anonymous.with_token_of(&opened);
    claim(&app, &app.client_from(ELSEWHERE), "a guess at Ada's").await;
    // Each time the password is a wrong one for Ada's account, and the right one for the other.
    let stranger = app.client_from([127, 0, 0, 3]);
    for _ in 0..20 {
        let reply = stranger.restore("ada@example.com", "a guess at Ada's").await;
        reply.expect_problem(409, "account_not_deleted");
    }
    let reply = stranger.restore("ada@example.com", "a guess at Ada's").await;
    reply.expect_problem(429, "too_many_requests");
    app.write_session_activity().await;
    let events = ada.get("/me/events?limit=100").await.expect(200).text;
    assert_eq!(events.matches("login_failed").count(), 20);
}

#[apply(every_database)]
async fn guesses_at_one_claim_of_an_address_keep_nobody_out_of_another(app: TestApp) {
    claim(&app, &app.anonymous, "the password of a stranger").await;
    for client in 10..15 {
        guess(&app.client_from([127, 0, 0, client]), "ada@example.com", 20).await;
    }
    let ada = app.client_from(ELSEWHERE);
    claim(&app, &ada, PASSWORD).await;
    ada.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    // The budget of the first claim is used up.
    let stranger = app.client_from([127, 0, 0, 3]);
    let refused = stranger.try_log_in("ada@example.com", "the password of a stranger").await;
    refused.expect_problem(429, "too_many_requests");
}

#[apply(every_database)]
async fn guesses_at_the_same_time_count_before_any_of_them_is_hashed(app: TestApp) {
    app.sign_up("ada@example.com").await;
    let guesses = (0..60).map(|_| app.anonymous.try_log_in("ada@example.com", "a guess"));
    let replies = join_all(guesses).await;
    let hashed = replies.iter().filter(|reply| reply.status == 401).count();
    let refused = replies.iter().filter(|reply| reply.status == 429).count();
    assert_eq!((hashed, refused), (20, 40));
}

#[apply(every_database)]
async fn a_guess_counts_even_if_the_guesser_hangs_up(app: TestApp) {
    let address = app.anonymous.base().trim_start_matches("http://");
    let body = r#"{"email":"ada@example.com","password":"a guess"}"#;
    let mut stream = TcpStream::connect(address).await.unwrap();
    let request = format!(
        "POST /login HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    // The guess is counted before it is hashed.
    let reader = app.store.reader();
    let count = "SELECT COUNT(*) FROM rate_limits";
    let counted = async {
        loop {
            let row = Statement::from_string(reader.get_database_backend(), count);
            let row = reader.query_one_raw(row).await.unwrap().unwrap();
            if row.try_get_by_index::<i64>(0).unwrap() == 3 {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), counted).await.unwrap();
    drop(stream);
    let reply = app.anonymous.try_log_in("ada@example.com", "a guess").await.expect(401);
    assert!(reply.header("ratelimit").contains("\"login-client\";r=98;"), "{:?}", reply.headers);
}
