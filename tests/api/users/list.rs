//! `users list`, and its tables.

use entity::{session, user};
use sea_orm::EntityTrait as _;
use serde_json::{Value, json};

use super::{Service, id, pretty, short};
use crate::support::{apply, every_database};

#[apply(every_database)]
async fn list_shows_users_as_they_see_themselves_newest_first(service: Service) {
    let administrator = &service.administrator;
    let empty = administrator.says(&["list"]);
    assert_eq!(empty, (String::new(), "no users\n".to_owned()));
    assert_eq!(administrator.prints(&["list", "--json"]), "{\n  \"results\": []\n}\n");

    let (_, ada) = service.user("ada@example.com", "Ada").await;
    let (bob, _) = service.user("bob@example.com", "Bob Ross").await;
    service.server.client().log_in("bob@example.com").await;
    let bob = bob.get("/me").await.expect(200).json();

    let table = format!(
        "ID                                    STATUS   NAME      EMAIL            SESSIONS  CREATED
{}  pending  Bob Ross  bob@example.com  2         {}
{}  pending  Ada       ada@example.com  1         {}
",
        id(&bob),
        short(&bob["createdAt"]),
        id(&ada),
        short(&ada["createdAt"]),
    );
    assert_eq!(administrator.prints(&["list"]), table);
    let both = json!({ "results": [bob, ada] });
    assert_eq!(administrator.prints(&["list", "--json"]), pretty(&both));
}

#[apply(every_database)]
async fn list_takes_a_status_and_goes_on_where_it_ended(service: Service) {
    let administrator = &service.administrator;
    let (_, ada) = service.user("ada@example.com", "Ada").await;
    let (_, bob) = service.user("bob@example.com", "Bob").await;
    let (_, eve) = service.user("eve@example.com", "Eve").await;
    administrator.prints(&["ban", id(&bob)]);
    let ids = |list: &Value| -> Vec<String> {
        list["results"].as_array().unwrap().iter().map(|user| id(user).to_owned()).collect()
    };

    assert_eq!(ids(&administrator.json(&["list", "--status", "pending"])), [id(&eve), id(&ada)]);
    assert_eq!(ids(&administrator.json(&["list", "--status", "banned"])), [id(&bob)]);
    let first = administrator.json(&["list", "--limit", "2"]);
    assert_eq!(ids(&first), [id(&eve), id(&bob)]);
    assert_eq!(first["next"], bob["id"]);
    let rest = administrator.json(&["list", "--limit", "2", "--after", id(&bob)]);
    assert_eq!(ids(&rest), [id(&ada)]);
    assert_eq!(rest.get("next"), None);
    assert_eq!(
        administrator.json(&["list", "--limit", "3"]).get("next"),
        None,
        "the page contains all users"
    );

    let (printed, noted) = administrator.says(&["list", "--limit", "1"]);
    assert_eq!(printed.lines().count(), 2);
    assert_eq!(noted, format!("there are more users; continue with --after {}\n", id(&eve)));
}

#[apply(every_database)]
async fn nothing_that_a_terminal_obeys_is_printed(service: Service) {
    let (_, ada) = service.user("ada@example.com", "Ada").await;
    // The service itself accepts no such name.
    let hostile = "A\u{1b}[2J\n\u{9b}2J\u{7f}\u{202e}da";
    let rename = user::Entity::update_many().col_expr(user::Column::Name, hostile.into());
    rename.exec(&service.other).await.unwrap();
    let agent = session::Entity::update_many().col_expr(session::Column::UserAgent, hostile.into());
    agent.exec(&service.other).await.unwrap();

    let commands: [&[&str]; 5] = [
        &["list"],
        &["show", id(&ada)],
        &["sessions", id(&ada)],
        &["ban", id(&ada)],
        &["unban", id(&ada)],
    ];
    for command in commands {
        for form in [&[][..], &["--json"]] {
            let printed = service.administrator.prints(&[command, form].concat());
            let obeyed = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
            assert!(!printed.contains(obeyed), "{printed:?}");
        }
    }
    let list = service.administrator.prints(&["list"]);
    assert!(list.contains(r"A\u{1b}[2J\n\u{9b}2J\u{7f}\u{202e}da"), "{list}");
    assert_eq!(service.administrator.json(&["show", id(&ada)])["name"], hostile);
}
