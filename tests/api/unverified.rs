//! Accounts whose users have verified no address: what their users are told, and when they are
//! erased.

use std::time::Duration;

use crate::support::{PASSWORD, Setup, TestApp, TestDatabase, apply, every_database};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const ADA: &str = "ada@example.com";

#[apply(every_database)]
async fn an_account_without_a_verified_address_is_erased_after_thirty_days_with_one_notice(
    app: TestApp,
) {
    app.sign_up(ADA).await;
    app.sign_up_and_log_in("eve@example.com").await;
    app.verify("eve@example.com").await;
    assert_eq!(app.mails_to(ADA).await.len(), 1);
    app.clock.advance(23 * DAY - Duration::from_secs(1));
    app.expire_unverified().await;
    assert_eq!(app.mails_to(ADA).await.len(), 1, "too early for the notice");

    app.clock.advance(Duration::from_secs(1));
    for _ in 0..3 {
        app.expire_unverified().await;
    }
    let mails = app.mails_to(ADA).await;
    assert_eq!(mails.len(), 2, "one notice");
    let notice = mails[1].text();
    assert!(notice.starts_with("Hello,") && !notice.contains("Ada"), "{notice}");
    assert!(notice.contains("On 2026-12-23 08:22 UTC, the account is erased."), "{notice}");
    assert!(!notice.contains('#'), "no token: {notice}");

    app.clock.advance(7 * DAY - Duration::from_secs(1));
    app.expire_unverified().await;
    app.anonymous.try_log_in(ADA, PASSWORD).await.expect(200);
    app.clock.advance(Duration::from_secs(1));
    app.expire_unverified().await;
    app.anonymous.try_log_in(ADA, PASSWORD).await.expect_problem(401, "invalid_credentials");
    assert_eq!(app.mails_to(ADA).await.len(), 2, "no other message");
    assert_eq!(app.database.count("users", "id IS NOT NULL").await, 1);
    assert_eq!(app.database.count("erasures", "erased_at IS NOT NULL").await, 1);
    app.anonymous.try_log_in("eve@example.com", PASSWORD).await.expect(200);
}

#[apply(every_database)]
async fn whoever_verifies_an_address_after_the_notice_stays(app: TestApp) {
    app.sign_up(ADA).await;
    app.clock.advance(23 * DAY);
    app.expire_unverified().await;
    let ada = app.log_in(ADA).await;
    let email = ada.get("/me/emails").await.expect(200).json()[0]["id"].clone();
    let path = format!("/me/emails/{}/verification", email.as_str().unwrap());
    ada.post(&path, ().into()).await.expect(202);
    // The notice has a later turn than the token.
    let mails = app.mails_to(ADA).await;
    let request = mails.iter().rfind(|mail| mail.text().contains('#')).unwrap();
    ada.verify_email(&request.token()).await.expect(204);
    app.clock.advance(300 * DAY);
    app.expire_unverified().await;
    app.log_in(ADA).await;
}

#[apply(every_database)]
async fn banned_and_invited_users_stay_and_a_restored_one_gets_no_second_notice(app: TestApp) {
    app.sign_up("banned@example.com").await;
    app.sign_up("invited@example.com").await;
    let statuses = "UPDATE users SET status = CASE
        WHEN id IN (SELECT user_id FROM emails WHERE email LIKE 'banned%') THEN 'banned'
        ELSE 'invited' END";
    app.database.execute(statuses).await;
    app.sign_up(ADA).await;
    app.clock.advance(23 * DAY);
    app.expire_unverified().await;
    let ada = app.log_in(ADA).await;
    ada.delete("/me").await.expect(202);
    app.anonymous.restore(ADA, PASSWORD).await.expect(200);
    app.expire_unverified().await;
    let mails = app.mails_to(ADA).await;
    let notices = mails.iter().filter(|mail| mail.subject().contains("erased"));
    assert_eq!(notices.count(), 1);

    app.clock.advance(400 * DAY);
    app.expire_unverified().await;
    assert_eq!(app.database.count("users", "status = 'banned' OR status = 'invited'").await, 2);
    assert_eq!(app.database.count("users", "id IS NOT NULL").await, 2);
    let mails = app.inbox.mailbox.all();
    assert!(mails.iter().all(|mail| !mail.subject().contains("erased") || mail.to == [ADA]));
}

#[apply(every_database)]
async fn all_accounts_are_kept_if_the_operator_says_so(database: TestDatabase) {
    let setup = Setup { unverified_retention: Duration::ZERO, ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    app.sign_up(ADA).await;
    app.clock.advance(400 * DAY);
    app.expire_unverified().await;
    assert!(app.mails_to(ADA).await.is_empty(), "the token of the sign-up came too late");
    app.log_in(ADA).await;
}

#[apply(every_database)]
async fn users_who_were_never_told_are_told_first_however_old_they_are(app: TestApp) {
    app.sign_up(ADA).await;
    app.clock.advance(400 * DAY);
    app.expire_unverified().await;
    let mails = app.mails_to(ADA).await;
    assert!(mails.iter().any(|mail| mail.subject().contains("erased")), "{}", mails.len());
    app.clock.advance(7 * DAY - Duration::from_secs(1));
    app.expire_unverified().await;
    app.log_in(ADA).await;
    app.clock.advance(Duration::from_secs(1));
    app.expire_unverified().await;
    app.anonymous.try_log_in(ADA, PASSWORD).await.expect_problem(401, "invalid_credentials");
}

/// The mails with this subject to an address.
async fn mails_about(app: &TestApp, email: &str, subject: &str) -> Vec<String> {
    let mails = app.mails_to(email).await;
    let about = mails.iter().filter(|mail| mail.subject() == subject);
    about.map(|mail| mail.text()).collect()
}

const CHANGED: &str = "The password of an account with your address was changed";
const DELETED: &str = "An account with your address was deleted";

#[apply(every_database)]
async fn an_unverified_address_is_told_of_a_new_password_and_of_the_deletion(app: TestApp) {
    let ada = app.sign_up_and_log_in(ADA).await;
    ada.change_password(PASSWORD, "incorrect donkey battery").await.expect(204);
    ada.delete("/me").await.expect(202);

    let changed = mails_about(&app, ADA, CHANGED).await;
    let deleted = mails_about(&app, ADA, DELETED).await;
    assert_eq!((changed.len(), deleted.len()), (1, 1));
    assert!(deleted[0].contains("Until 2026-12-23 08:22 UTC it can be restored"), "{}", deleted[0]);
    // The address may belong to another person, who must get no power over the account.
    for notice in changed.iter().chain(&deleted) {
        assert!(notice.starts_with("Hello,") && !notice.contains("Ada"), "{notice}");
        assert!(!notice.contains('#') && !notice.contains("/erasures/"), "no link: {notice}");
    }
}

#[apply(every_database)]
async fn a_deletion_that_was_undone_is_not_told_to_an_unverified_address(app: TestApp) {
    let ada = app.sign_up_and_log_in(ADA).await;
    ada.delete("/me").await.expect(202);
    app.anonymous.restore(ADA, PASSWORD).await.expect(200);
    assert!(mails_about(&app, ADA, DELETED).await.is_empty());
}

#[apply(every_database)]
async fn an_account_that_is_erased_at_once_is_told_before(database: TestDatabase) {
    let setup = Setup { deletion_grace: Duration::ZERO, ..Setup::default() };
    let app = TestApp::start(database, setup).await;
    app.sign_up_and_log_in(ADA).await.delete("/me").await.expect(202);
    app.erase().await;
    let deleted = mails_about(&app, ADA, DELETED).await;
    assert!(deleted[0].contains("There is no way back."), "{deleted:?}");
    app.clock.advance(DAY);
    app.erase().await;
    assert_eq!(app.database.count("users", "id IS NOT NULL").await, 0);
}
