//! The order in which messages are sent: nobody delays the messages of others.

use futures_util::future::join_all;

use crate::support::{Setup, TestApp, TestDatabase, apply, every_database};

/// The addresses that got mail since the first `before` ones, in this order.
fn recipients(app: &TestApp, before: usize) -> Vec<String> {
    app.inbox.mailbox.all().split_off(before).into_iter().flat_map(|mail| mail.to).collect()
}

/// Signs up this many users with addresses of the domain. Nobody verifies them.
async fn victims(app: &TestApp, domain: &str, count: usize) -> Vec<String> {
    let emails: Vec<String> = (0..count).map(|number| format!("{number}@{domain}")).collect();
    join_all(emails.iter().map(|email| app.sign_up(email))).await;
    emails
}

/// An application without limits, as if every request came from a client of its own.
async fn start(database: TestDatabase) -> TestApp {
    TestApp::start(database, Setup { limits: None, hashers: 8, ..Setup::default() }).await
}

#[apply(every_database)]
async fn a_client_that_requests_many_messages_delays_its_own_only(database: TestDatabase) {
    let app = start(database).await;
    app.active_user().await;
    let victims = victims(&app, "example.org", 20).await;
    app.sign_up("bob@example.org").await;
    app.deliver().await;
    let before = app.inbox.mailbox.all().len();
    let attacker = app.anonymous.at_address([127, 0, 0, 2]);
    for email in &victims {
        attacker.request_password_reset(email).await.expect(202);
    }
    // One of two who come last has a verified address, and the other one has not.
    let other = app.anonymous.at_address([127, 0, 0, 3]);
    other.request_password_reset("bob@example.org").await.expect(202);
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    app.deliver().await;
    let sent = recipients(&app, before);
    assert_eq!(sent.len(), 22);
    assert_eq!(sent[0], "ada@example.com", "the owner of a verified address comes first");
    let place = sent.iter().position(|email| email == "bob@example.org").unwrap();
    assert!(place <= 3, "{place}: {sent:?}");
}

#[apply(every_database)]
async fn many_clients_delay_the_messages_of_one_domain_only(database: TestDatabase) {
    let app = start(database).await;
    let victims = victims(&app, "example.org", 10).await;
    app.sign_up("bob@example.com").await;
    app.deliver().await;
    let before = app.inbox.mailbox.all().len();
    for (email, number) in victims.iter().zip(10..) {
        let client = app.anonymous.at_address([127, 0, 0, number]);
        client.request_password_reset(email).await.expect(202);
    }
    app.anonymous.request_password_reset("bob@example.com").await.expect(202);
    app.deliver().await;
    let sent = recipients(&app, before);
    let place = sent.iter().position(|email| email == "bob@example.com").unwrap();
    assert!(place <= 1, "{place}: {sent:?}");
}

#[apply(every_database)]
async fn a_message_that_has_waited_is_not_overtaken_for_ever(database: TestDatabase) {
    let app = start(database).await;
    app.active_user().await;
    app.sign_up("bob@example.org").await;
    app.deliver().await;
    let before = app.inbox.mailbox.all().len();
    app.anonymous.request_password_reset("bob@example.org").await.expect(202);
    app.clock.advance(std::time::Duration::from_secs(301));
    app.anonymous.request_password_reset("ada@example.com").await.expect(202);
    app.deliver().await;
    assert_eq!(recipients(&app, before), ["bob@example.org", "ada@example.com"]);
}
