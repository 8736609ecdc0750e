//! `users show`, and references to users by id and by address.

use std::process::Output;

use current_user::clock::{Clock as _, SystemClock};
use current_user::value::{Email, TextValue as _};
use entity::email;
use sea_orm::{ColumnTrait as _, EntityTrait as _, IntoActiveModel as _, QueryFilter as _};
use serde_json::json;
use uuid::Uuid;

use super::{Service, Unserved, id, pretty, short};
use crate::support::{apply, every_database};

#[apply(every_database)]
async fn show_tells_all_of_a_user_who_is_named_by_id_or_address(service: Service) {
    let administrator = &service.administrator;
    let (ada, _) = service.user("Ada@example.com", "Ada").await;
    ada.add_email("ada@example.org").await.expect(201);
    let verified = service.verify("ada@example.com").await;
    let patch = json!({ "bio": "First\nprogrammer.", "locale": "en-GB" });
    let mut me = ada.patch("/me", patch).await.expect(200).json();

    let table = format!(
        "ID         {}
STATUS     pending
NAME       Ada
BIO        First\\nprogrammer.
AVATAR     -
EMAIL      Ada@example.com (default, verified {})
EMAIL      ada@example.org (not verified)
PHONE      -
LOCALE     en-GB
TIME ZONE  -
SESSIONS   1
CREATED    {}
UPDATED    {}
",
        id(&me),
        verified.format("%Y-%m-%d %H:%M:%SZ"),
        short(&me["createdAt"]),
        short(&me["updatedAt"]),
    );
    for name in [id(&me), "ada@EXAMPLE.com", "ada@example.org"] {
        assert_eq!(administrator.prints(&["show", name]), table, "{name}");
    }
    me["emails"] = ada.get("/me/emails").await.expect(200).json();
    assert_eq!(administrator.prints(&["show", "ada@example.com", "--json"]), pretty(&me));
}

#[apply(every_database)]
async fn an_address_that_several_claim_names_whoever_has_verified_it(service: Service) {
    let administrator = &service.administrator;
    let (_, first) = service.user("ada@example.com", "First").await;
    let (_, second) = service.user("ada@example.org", "Second").await;
    let second_id: Uuid = id(&second).parse().unwrap();
    let now = SystemClock.now();
    let claim = email::Model {
        id: Uuid::from_u128(1),
        user_id: second_id,
        email: Email::parse("ADA@example.com").unwrap(),
        normalized: "ada@example.com".to_owned(),
        logged_in_at: None,
        verified_at: None,
        is_default: false,
        erasure_notice_at: None,
        created_at: now,
        updated_at: now,
    };
    email::Entity::insert(claim.into_active_model())
        .exec_without_returning(&service.other)
        .await
        .unwrap();

    for action in ["show", "ban", "delete", "sessions"] {
        let Output { status, stdout, stderr } = administrator.run(&[action, "ada@example.com"]);
        assert_eq!((status.code(), &*stdout), (Some(1), &b""[..]), "{action}");
        let stderr = String::from_utf8(stderr).unwrap();
        let mut lines = stderr.lines();
        let line = "error: 2 users claim ada@example.com, and none has verified it; \
            name one by the id";
        assert_eq!(lines.next(), Some(line));
        assert!(lines.next().unwrap().starts_with("ID "), "{stderr}");
        assert!(lines.next().unwrap().starts_with(id(&second)), "{stderr}");
        assert!(lines.next().unwrap().starts_with(id(&first)), "{stderr}");
        assert_eq!(lines.next(), None);
    }

    let verified = email::Entity::update_many()
        .col_expr(email::Column::VerifiedAt, now.into())
        .filter(email::Column::Id.eq(Uuid::from_u128(1)));
    verified.exec(&service.other).await.unwrap();
    assert_eq!(administrator.json(&["show", "ada@example.com"])["id"], second["id"]);
}

#[apply(every_database)]
async fn who_does_not_exist_is_told_in_one_line(Unserved { administrator, .. }: Unserved) {
    let unknown = "019ab000-8a40-7c3e-9a51-0f6b2d8c4e17";
    for action in ["show", "ban", "unban", "delete", "sessions"] {
        for name in [unknown, "nobody@example.com"] {
            let line = administrator.fails(&[action, name]);
            let expected = "`current-user users list` lists the users";
            assert_eq!(line, format!("there is no user {name}; {expected}"));
        }
    }
}
