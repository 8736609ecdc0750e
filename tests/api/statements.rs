//! The statements that requests execute: they are few, and each one uses an index.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use current_user::account::limits::{Limit, Limits};
use current_user::store::Observer;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};
use sea_orm::{ConnectionTrait as _, DatabaseConnection, Statement, TransactionTrait as _};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{
    Client, PASSWORD, Reply, Setup, TestApp, TestDatabase, apply, every_database, plain_png,
    unknown_one_time_token,
};

/// The executed statements, except those that begin and end transactions.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Statement>>>);

const BEGIN: [&str; 2] = ["RELEASE work; ", "SAVEPOINT work; "];

impl Log {
    fn setup(&self) -> Setup {
        let log = self.clone();
        let observer = Observer::new(move |info| {
            // With this statement the service notices that another program wrote to SQLite.
            if info.statement.sql != "PRAGMA data_version" {
                let mut statement = info.statement.clone();
                // `BEGIN` is sent together with the first statement of the transaction.
                statement.sql = BEGIN
                    .iter()
                    .fold(&*statement.sql, |sql, begin| sql.trim_start_matches(begin))
                    .to_owned();
                log.0.lock().unwrap().push(statement);
            }
        });
        Setup { cache_bytes: 1024 * 1024, observer: Some(observer), ..Setup::default() }
    }

    fn take(&self) -> Vec<Statement> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

/// A request, and the number of statements that it executes on SQLite. On PostgreSQL a change of a
/// user executes `locks` more statements. They lock the user, and sometimes a phone number first, and
/// the limits that count the request.
struct Case {
    why: &'static str,
    request: RequestBuilder,
    on_sqlite: usize,
    locks: usize,
}

/// Every operation at least once, as a user with this number of sessions.
async fn cases(app: &TestApp, sessions: u128) -> Vec<Case> {
    const LOCKS: usize = 1;
    const NONE: usize = 0;
    let (ada, none) = (app.user().await, &app.anonymous);
    let (phone, gone) = (app.log_in("ada@example.com").await, app.log_in("ada@example.com").await);
    gone.log_out().await.expect(204);
    let tablet = app.log_in("ada@example.com").await;
    fill(app, sessions).await;
    let bea = app.another_active_user("bea@example.com").await;
    app.warm(&ada).await;

    let bio = json!({ "bio": "First programmer." });
    let login = json!({ "email": "ada@example.com", "password": PASSWORD });
    let eve = json!({ "email": "eve@example.com", "password": PASSWORD, "name": "Eve" });
    let passwords = json!({ "currentPassword": PASSWORD, "newPassword": "another donkey" });
    let nobodys = "DELETE /me/sessions/00000000-0000-7000-8000-000000000000";
    let nobodys_recovery = "DELETE /me/recovery-tokens/00000000-0000-7000-8000-000000000000";
    let nobodys_receipt = "GET /erasures/00000000-0000-4000-8000-000000000000";
    let restore = json!({ "email": "ada@example.com", "password": "another donkey" });
    let email = &ada.get("/me/emails").await.expect(200).json()[0]["id"];
    let email = email.as_str().unwrap();
    let (default, again) =
        (format!("DELETE /me/emails/{email}"), format!("POST /me/emails/{email}/verification"));
    let choice = json!({ "emailId": email });
    let second = json!({ "email": "second@example.com" });
    let token = json!({ "token": unknown_one_time_token() });
    let reset = json!({ "token": unknown_one_time_token(), "newPassword": "a donkey" });
    let number = json!({ "phoneNumber": "+442071838750" });
    let (code, password) = (json!({ "code": "000000" }), json!({ "password": PASSWORD }));
    type Row<'a> = (&'static str, &'a Client, &'a str, Option<Value>, usize, usize);
    let cases: [Row<'_>; 35] = [
        ("from the cache", &ada, "GET /me", None, 0, NONE),
        ("past the cache", &ada, "HEAD /me", None, 1, NONE),
        ("no token", none, "GET /me", None, 0, NONE),
        ("a session that has ended", &gone, "GET /me", None, 1, NONE),
        ("a change", &ada, "PATCH /me", Some(bio), 3, LOCKS),
        ("after the change", &ada, "GET /me", None, 1, NONE),
        ("no change", &ada, "PATCH /me", Some(json!({})), 2, LOCKS),
        ("all sessions", &ada, "GET /me/sessions", None, 2, NONE),
        ("signing up", none, "POST /signup", Some(eve), 14, 3 * LOCKS),
        ("logging in", none, "POST /login", Some(login), 21, 5 * LOCKS),
        ("logging out", &phone, "POST /logout", None, 5, LOCKS),
        ("ending one session", &ada, nobodys, None, 5, LOCKS),
        ("all addresses", &ada, "GET /me/emails", None, 2, NONE),
        ("another address", &ada, "POST /me/emails", Some(second), 19, 4 * LOCKS),
        ("another verification mail", &ada, &again, None, 14, 5 * LOCKS),
        ("a default that is not verified", &ada, "PUT /me/default-email", Some(choice), 3, LOCKS),
        ("removing the default", &ada, &default, None, 3, LOCKS),
        ("an unknown token", &ada, "POST /email-verifications", Some(token.clone()), 2, NONE),
        ("a refusal", none, "POST /email-verifications/refusals", Some(token), 1, NONE),
        ("the recovery tokens", &ada, "GET /me/recovery-tokens", None, 3, NONE),
        ("no recovery tokens", &ada, "DELETE /me/recovery-tokens", None, 5, LOCKS),
        ("nobody's recovery token", &ada, nobodys_recovery, None, 4, LOCKS),
        (
            "a reset of an unknown address",
            none,
            "POST /password-resets",
            Some(json!({ "email": "x@example.com" })),
            7,
            3 * LOCKS,
        ),
        (
            "a reset with an unknown token",
            none,
            "POST /password-resets/confirm",
            Some(reset),
            1,
            NONE,
        ),
        ("re-authentication", &tablet, "POST /me/reauthentication", Some(password), 12, 3 * LOCKS),
        (
            "a code that was never sent",
            &ada,
            "POST /me/phone-number/verification",
            Some(code),
            2,
            NONE,
        ),
        ("a phone number", &bea, "PUT /me/phone-number", Some(number), 12, 6 * LOCKS),
        ("no phone number", &ada, "DELETE /me/phone-number", None, 3, LOCKS),
        ("another password", &ada, "PUT /me/password", Some(passwords), 19, 3 * LOCKS),
        ("ending all others", &ada, "DELETE /me/sessions", None, 3, LOCKS),
        ("the events", &ada, "GET /me/events", None, 2, NONE),
        ("an unknown receipt", none, nobodys_receipt, None, 1, NONE),
        ("nothing to restore", none, "POST /restore", Some(restore), 10, 5 * LOCKS),
        ("the export", &ada, "GET /me/export", None, 22, LOCKS),
        ("the deletion", &ada, "DELETE /me", None, 10, LOCKS),
    ];
    let case = |(why, client, request, body, on_sqlite, locks): Row<'_>| {
        let (method, path) = request.split_once(' ').unwrap();
        let request = client.request(method.parse().unwrap(), path);
        let request = body.iter().fold(request, |request, body| request.json(body));
        Case { why, request, on_sqlite, locks }
    };
    let mut cases: Vec<Case> = cases.map(case).into();
    let avatar = |why, on_sqlite| {
        let request = ada.request(Method::PUT, "/me/avatar");
        let request = request.header(CONTENT_TYPE, "image/png").body(plain_png(8, 8));
        Case { why, request, on_sqlite, locks: 2 * LOCKS }
    };
    let no_avatar = ada.request(Method::DELETE, "/me/avatar");
    let no_avatar = Case { why: "no avatar", request: no_avatar, on_sqlite: 4, locks: LOCKS };
    let avatars = [avatar("an avatar", 6), avatar("another avatar", 7), no_avatar];
    let deletion = cases.pop();
    cases.extend(avatars.into_iter().chain(deletion));
    cases
}

/// Adds sessions of the only user to the database.
async fn fill(app: &TestApp, sessions: u128) {
    let other = app.database.connect().await;
    for number in 0..sessions {
        let copy = "INSERT INTO sessions (id, user_id, token_hash, created_at, authenticated_at,
                last_used_at, expires_at, user_agent, ip_address)
            SELECT $1, user_id, $2, created_at, authenticated_at, last_used_at, expires_at,
                user_agent, ip_address FROM sessions LIMIT 1";
        let values = [Uuid::from_u128(number).into(), number.to_be_bytes().to_vec().into()];
        let copy = Statement::from_sql_and_values(other.get_database_backend(), copy, values);
        other.execute_raw(copy).await.unwrap();
    }
    other.close().await.unwrap();
}

#[apply(every_database)]
async fn a_request_takes_few_statements_however_many_sessions_there_are(database: TestDatabase) {
    for sessions in [0, 50] {
        let log = Log::default();
        let app = TestApp::start(database.another().await, log.setup()).await;
        let cases = cases(&app, sessions).await;
        log.take();
        let mut wrong = Vec::new();
        for Case { why, request, on_sqlite, locks } in cases {
            Reply::to(request).await;
            let executed: Vec<_> = log.take().into_iter().map(|one| one.sql).collect();
            let is_sqlite = app.database.is_sqlite();
            let locks = if is_sqlite { 0 } else { locks };
            let expected = on_sqlite + locks;
            if executed.len() != expected {
                wrong.push(format!("{why}: {} and not {expected}: {executed:#?}", executed.len()));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

#[apply(every_database)]
async fn a_login_that_was_refused_a_moment_ago_executes_none(database: TestDatabase) {
    let log = Log::default();
    let limits = Limits::default().with(Limit::LoginClient, 3);
    let setup = Setup { limits: Some(limits), ..log.setup() };
    let app = TestApp::start(database, setup).await;
    app.sign_up("ada@example.com").await;
    let opened = app.anonymous.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    let device = app.anonymous.on_device_of(&opened);
    for _ in 0..3 {
        app.anonymous.try_log_in("x@example.com", "a guess").await.expect(401);
    }
    // A client without a device cookie is refused whatever the address, another for each address.
    let cases = [
        ("the first refusal", &app.anonymous, "x@example.com", true),
        ("a repeated login", &app.anonymous, "x@example.com", false),
        ("another address", &app.anonymous, "y@example.com", false),
        ("a device, first", &device, "x@example.com", true),
        ("a device, repeated", &device, "x@example.com", false),
        ("a device, another address", &device, "y@example.com", true),
    ];
    for (why, client, email, reads) in cases {
        log.take();
        let refused = client.try_log_in(email, "a guess").await;
        assert_eq!(refused.header("retry-after"), "3600", "{why}");
        assert!(refused.header("ratelimit").contains("\"login-client\";r=0;t=3600"), "{why}");
        refused.expect_problem(429, "too_many_requests");
        assert_eq!(!log.take().is_empty(), reads, "{why}");
    }
    device.try_log_in("ada@example.com", PASSWORD).await.expect(200);
    app.anonymous.try_log_in("x@example.com", "a guess").await.expect(429);
    app.clock.advance(Duration::from_secs(1));
    log.take();
    let refused = app.anonymous.try_log_in("x@example.com", "a guess").await.expect(429);
    assert_eq!(refused.header("retry-after"), "3599");
    assert!(!log.take().is_empty());
}

#[apply(every_database)]
async fn every_statement_finds_what_it_looks_for_by_an_index(database: TestDatabase) {
    let log = Log::default();
    let app = TestApp::start(database, log.setup()).await;
    let cases = cases(&app, 0).await;
    log.take();
    // The next use of the session is written.
    app.clock.advance(Duration::from_secs(301));
    for Case { request, .. } in cases {
        Reply::to(request).await;
        app.write_session_activity().await;
        app.deliver().await;
    }
    app.delete_unused_avatars().await.unwrap();
    app.clock.advance(Duration::from_secs(31 * 24 * 60 * 60));
    app.expire_unverified().await;
    app.clock.advance(Duration::from_secs(366 * 24 * 60 * 60));
    app.delete_old_events().await;
    app.delete_expired_requests().await;
    let all = log.take().into_iter().map(|statement| (statement.sql.clone(), statement));
    let all: BTreeMap<String, Statement> = all.collect();
    assert!(all.len() >= 45, "only {} statements", all.len());

    let other = app.database.connect().await;
    for (sql, statement) in all {
        let scans = if app.database.is_sqlite() {
            scans_of_sqlite(&other, statement).await
        } else {
            scans_of_postgres(&other, statement).await
        };
        assert!(scans.is_empty(), "{sql}\n{scans:#?}");
    }
    other.close().await.unwrap();
}

/// The steps of the query plan that read a whole table or a whole index.
async fn scans_of_sqlite(other: &DatabaseConnection, mut statement: Statement) -> Vec<String> {
    statement.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
    let plan = other.query_all_raw(statement).await.unwrap();
    let steps = plan.iter().map(|step| step.try_get::<String>("", "detail").unwrap());
    let reads_all = |step: &String| {
        // The rows of an INSERT are no table.
        let reads_table = step.starts_with("SCAN ") && !step.ends_with(" VALUES CLAUSE");
        reads_table || step.contains("AUTOMATIC")
    };
    steps.filter(reads_all).collect()
}

/// The same on PostgreSQL. The planner prefers such steps in a small table, so they are disabled as
/// far as possible.
async fn scans_of_postgres(other: &DatabaseConnection, mut statement: Statement) -> Vec<String> {
    statement.sql.insert_str(0, "EXPLAIN (FORMAT JSON) ");
    let transaction = other.begin().await.unwrap();
    transaction.execute_unprepared("SET LOCAL enable_seqscan = off").await.unwrap();
    let plan = transaction.query_one_raw(statement).await.unwrap().unwrap();
    transaction.rollback().await.unwrap();
    let plan: Value = plan.try_get_by_index(0).unwrap();
    let mut steps = vec![&plan[0]["Plan"]];
    let mut scans = Vec::new();
    while let Some(step) = steps.pop() {
        steps.extend(step["Plans"].as_array().into_iter().flatten());
        let reads_all = match step["Node Type"].as_str().unwrap() {
            "Seq Scan" => true,
            "Index Scan" | "Index Only Scan" | "Bitmap Index Scan" => {
                step.get("Index Cond").is_none()
            }
            _ => false,
        };
        if reads_all {
            scans.push(step.to_string());
        }
    }
    scans
}
