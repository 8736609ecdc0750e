//! `users invite`.

use std::process::Stdio;

use chrono::Duration;
use current_user::clock::{Clock as _, SystemClock};
use current_user::value::{Email, TextValue as _};
use entity::one_time_token::{self, Purpose};
use entity::{outbox, password};
use sea_orm::{DatabaseConnection, EntityTrait as _, IntoActiveModel as _};
use uuid::Uuid;

use super::{Service, Unserved, id, without_emails};
use crate::support::{PASSWORD, apply, every_database, new_one_time_token};

#[apply(every_database)]
async fn an_invitation_waits_in_the_outbox(Unserved { administrator, other, .. }: Unserved) {
    let ada = administrator.json(&["invite", "Ada.L@example.com", "--locale", "EN-gb"]);
    assert_eq!(ada["status"], "invited");
    assert_eq!(ada["name"], "Ada.L", "the name is the local part of the address");
    assert_eq!(ada["defaultEmail"], "Ada.L@example.com");
    assert_eq!(ada["locale"], "en-GB");
    assert_eq!(ada["activeSessions"], 0);
    let shown = administrator.json(&["show", "ada.l@example.com"]);
    assert_eq!(without_emails(shown.clone()), ada);
    assert_eq!(shown["emails"][0]["default"], true);
    assert_eq!(shown["emails"][0]["verified"], false);
    assert!(password::Entity::find().all(&other).await.unwrap().is_empty());

    let said = administrator.prints(&["invite", "ada.l@example.com", "--name", "Ada Lovelace"]);
    let expected = "(Ada Lovelace, Ada.L@example.com) is invited again: \
        a server on this database sends the mail\n";
    assert_eq!(said, format!("{} {expected}", id(&ada)));
    let said = administrator.prints(&["invite", "bob@example.com"]);
    assert!(said.ends_with(" is invited: a server on this database sends the mail\n"), "{said}");

    let rows = outbox::Entity::find().all(&other).await.unwrap();
    let of_ada = |row: &&outbox::Model| row.user_id == id(&ada).parse().ok();
    assert_eq!((rows.len(), rows.iter().filter(of_ada).count()), (3, 2));
    for row in rows.iter().filter(of_ada) {
        assert_eq!(
            (row.kind, &*row.recipient),
            (outbox::MessageKind::Invitation, "Ada.L@example.com")
        );
        assert_eq!(row.attempts, 0);
    }
    let list = administrator.json(&["list", "--status", "invited"]);
    assert_eq!(list["results"].as_array().unwrap().len(), 2);
    assert_eq!(list["results"][1]["name"], "Ada Lovelace");
    assert_eq!(list["results"][1]["locale"], "en-GB", "a second invitation keeps the locale");
}

#[apply(every_database)]
async fn a_verified_address_is_not_invited_but_a_mere_claim_hinders_nobody(service: Service) {
    let administrator = &service.administrator;
    let (_, ada) = service.user("ada@example.com", "Ada").await;
    service.user("bob@example.com", "Bob").await;
    service.verify("ada@example.com").await;

    let line = administrator.fails(&["invite", "ADA@example.com"]);
    let expected =
        format!("ADA@example.com is taken; `current-user users show {}` shows the owner", id(&ada));
    assert_eq!(line, expected);
    assert_eq!(administrator.json(&["invite", "bob@example.com"])["status"], "invited");
    assert_eq!(administrator.json(&["list"])["results"].as_array().unwrap().len(), 3);
}

#[apply(every_database)]
async fn two_invitations_at_once_make_one_user(Unserved { administrator, .. }: Unserved) {
    let start = |_| {
        let mut command = administrator.command(&["invite", "ada@example.com"]);
        command.stdout(Stdio::null()).spawn().unwrap()
    };
    for mut process in [(), (), ()].map(start) {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!(administrator.json(&["list"])["results"].as_array().unwrap().len(), 1);
}

#[apply(every_database)]
async fn who_is_invited_accepts_unless_they_are_banned(service: Service) {
    let (administrator, anonymous) = (&service.administrator, service.server.client());
    let ada = administrator.json(&["invite", "ada@example.com"]);
    let token = insert_invitation(&service.other, id(&ada).parse().unwrap()).await;

    administrator.prints(&["ban", "ada@example.com"]);
    let refused = anonymous.confirm_password_reset(&token, PASSWORD).await;
    assert_eq!(refused.status.as_u16() / 100, 4, "{}", refused.text);
    assert_eq!(administrator.json(&["unban", "ada@example.com"])["status"], "invited");

    anonymous.confirm_password_reset(&token, PASSWORD).await.expect(204);
    let client = anonymous.log_in("ada@example.com").await;
    assert_eq!(client.get("/me").await.expect(200).json()["status"], "active");
    let line = administrator.fails(&["invite", "ada@example.com"]);
    assert!(line.starts_with("ada@example.com is taken; "), "{line}");
}

/// Inserts a token of an invitation, as if it had been mailed. Returns the token.
async fn insert_invitation(other: &DatabaseConnection, user_id: Uuid) -> String {
    let ((token, token_hash), now) = (new_one_time_token(), SystemClock.now());
    let row = one_time_token::Model {
        id: Uuid::from_u128(1),
        user_id,
        purpose: Purpose::AcceptInvitation,
        email: Email::parse("ada@example.com").unwrap(),
        normalized: "ada@example.com".to_owned(),
        token_hash: token_hash.into(),
        message_id: Uuid::nil(),
        reason: None,
        issued_at: now,
        since: now,
        expires_at: now + Duration::days(1),
    };
    one_time_token::Entity::insert(row.into_active_model())
        .exec_without_returning(other)
        .await
        .unwrap();
    token
}
