//! POST /signup, POST /me/emails, and what they could tell.

use futures_util::future::join_all;

use super::{ELSEWHERE, HOUR};
use crate::support::{PASSWORD, TestApp, apply, every_database};

#[apply(every_database)]
async fn one_client_asks_for_thirty_addresses_an_hour_taken_or_not(app: TestApp) {
    let ada = app.active_user().await;
    // The address of the user itself was the first.
    for _ in 1..15 {
        app.anonymous.try_sign_up("ada@example.com").await.expect_problem(409, "email_taken");
        ada.add_email("ada@example.com").await.expect_problem(409, "email_taken");
    }
    app.anonymous.try_sign_up("new@example.com").await.expect(201);
    for email in ["ada@example.com", "free@example.com"] {
        app.anonymous.try_sign_up(email).await.expect_problem(429, "too_many_requests");
        ada.add_email(email).await.expect_problem(429, "too_many_requests");
    }
    app.client_from(ELSEWHERE).try_sign_up("free@example.com").await.expect(201);
    app.clock.advance(HOUR);
    app.anonymous.try_sign_up("other@example.com").await.expect(201);
}

#[apply(every_database)]
async fn re_authentication_counts_guesses_before_it_hashes_them(app: TestApp) {
    let thief = app.user().await;
    let replies = join_all((0..40).map(|_| thief.reauthenticate("a guess"))).await;
    let hashed = replies.iter().filter(|reply| reply.status == 403).count();
    let refused = replies.iter().filter(|reply| reply.status == 429).count();
    assert_eq!((hashed, refused), (10, 30));
}

#[apply(every_database)]
async fn who_proves_the_right_password_uses_up_nothing(app: TestApp) {
    let ada = app.user().await;
    for _ in 0..11 {
        ada.change_password(PASSWORD, PASSWORD).await.expect(204);
    }
    ada.reauthenticate("a guess").await.expect_problem(403, "wrong_password");
}
