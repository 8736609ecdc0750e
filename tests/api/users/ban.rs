//! `users ban` and `users unban`.

use entity::user;
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{Administrator, Service, id, without_emails};
use crate::support::{Nodes, PASSWORD, apply, every_database};

#[apply(every_database)]
async fn a_ban_shows_on_every_node_with_the_next_request(nodes: Nodes) {
    let administrator = Administrator::of(&nodes.database);
    let clients = nodes.user("ada@example.com").await;
    let me = clients[0].get("/me").await.expect(200).json();
    for client in &clients {
        nodes.warm(client).await;
    }

    let said = administrator.prints(&["ban", "ada@example.com"]);
    let ada = format!("{} (Ada, ada@example.com)", id(&me));
    assert_eq!(said, format!("{ada} is banned; 1 session ended\n"));
    for client in &clients {
        let refused = client.right_within(nodes.lease(), |reply| reply.status == 401).await;
        refused.0.expect_problem(401, "invalid_token");
    }
    for node in [&nodes.a, &nodes.b] {
        let refused = node.try_log_in("ada@example.com", PASSWORD).await;
        refused.expect_problem(403, "account_banned");
    }
    let banned = administrator.json(&["show", "ada@example.com"]);
    assert_eq!((&banned["status"], &banned["activeSessions"]), (&json!("banned"), &json!(0)));
    assert!(banned["updatedAt"].as_str() > me["updatedAt"].as_str());

    let said = administrator.prints(&["ban", "ada@example.com"]);
    assert_eq!(said, format!("{ada} is banned already; no session ended\n"));
    let said = administrator.prints(&["unban", "ada@example.com"]);
    assert_eq!(said, format!("{ada} is not banned any more, but pending\n"));
    let said = administrator.prints(&["unban", "ada@example.com"]);
    assert_eq!(said, format!("{ada} is not banned, but pending\n"));
    for client in &clients {
        let reply = client.get("/me").await;
        reply.expect_problem(401, "invalid_token");
    }
    let [at_a, _] = nodes.log_in("ada@example.com").await;
    assert_eq!(at_a.get("/me").await.expect(200).json()["status"], "pending");
}

#[apply(every_database)]
async fn ban_and_unban_print_the_user_as_json(service: Service) {
    let administrator = &service.administrator;
    let (_, ada) = service.user("ada@example.com", "Ada").await;
    service.verify("ada@example.com").await;
    let banned = administrator.json(&["ban", id(&ada)]);
    assert_eq!(banned, without_emails(administrator.json(&["show", id(&ada)])));
    assert_eq!(banned["status"], "banned");
    let pardoned = administrator.json(&["unban", id(&ada)]);
    assert_eq!(pardoned, without_emails(administrator.json(&["show", id(&ada)])));
    assert_eq!(pardoned["status"], "active", "the user has a verified address");
}

#[apply(every_database)]
async fn no_session_comes_back_with_the_pardon(service: Service) {
    let (ada, me) = service.user("ada@example.com", "Ada").await;
    // A ban by another program leaves the session in the database.
    let ban = user::Entity::update_many().col_expr(user::Column::Status, "banned".into());
    ban.exec(&service.other).await.unwrap();
    let said = service.administrator.prints(&["ban", id(&me)]);
    assert!(said.ends_with(" is banned already; 1 session ended\n"), "{said}");
    service.administrator.prints(&["unban", id(&me)]);
    service.server.client().log_in("ada@example.com").await;
    ada.get("/me").await.expect_problem(401, "invalid_token");
}
