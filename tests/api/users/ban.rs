//! `users ban` and `users unban`.

use entity::user;
use sea_orm::EntityTrait as _;
use serde_json::json;

use super::{Operator, credentials, id, services, without_emails};
use crate::support::two_nodes;

#[tokio::test]
async fn a_ban_shows_on_every_node_with_the_next_request() {
    for nodes in two_nodes().await {
        let operator = Operator::of(&nodes.database);
        let clients = nodes.user("ada@example.com").await;
        let me = clients[0].get("/me").await.expect(200).json();
        for client in &clients {
            nodes.warm(client).await;
        }

        let said = operator.prints(&["ban", "ada@example.com"]);
        let ada = format!("{} (Ada, ada@example.com)", id(&me));
        assert_eq!(said, format!("{ada} is banned; 1 session ended\n"));
        for client in &clients {
            let refused = client.right_within(nodes.lease(), |reply| reply.status == 401).await;
            refused.0.expect_problem(401, "invalid_token");
        }
        let credentials = credentials("ada@example.com");
        for node in [&nodes.a, &nodes.b] {
            let refused = node.post("/login", credentials.clone()).await;
            refused.expect_problem(403, "account_banned");
        }
        let banned = operator.json(&["show", "ada@example.com"]);
        assert_eq!((&banned["status"], &banned["activeSessions"]), (&json!("banned"), &json!(0)));
        assert!(banned["updatedAt"].as_str() > me["updatedAt"].as_str());

        let said = operator.prints(&["ban", "ada@example.com"]);
        assert_eq!(said, format!("{ada} is banned already; no session ended\n"));
        let said = operator.prints(&["unban", "ada@example.com"]);
        assert_eq!(said, format!("{ada} is not banned any more, but pending\n"));
        let said = operator.prints(&["unban", "ada@example.com"]);
        assert_eq!(said, format!("{ada} is not banned, but pending\n"));
        for client in &clients {
            let reply = client.get("/me").await;
            reply.expect_problem(401, "invalid_token");
        }
        let [at_a, _] = nodes.log_in("ada@example.com").await;
        assert_eq!(at_a.get("/me").await.expect(200).json()["status"], "pending");
    }
}

#[tokio::test]
async fn ban_and_unban_print_the_user_as_json() {
    for service in services().await {
        let operator = &service.operator;
        let (_, ada) = service.user("ada@example.com", "Ada").await;
        service.verify("ada@example.com").await;
        let banned = operator.json(&["ban", id(&ada)]);
        assert_eq!(banned, without_emails(operator.json(&["show", id(&ada)])));
        assert_eq!(banned["status"], "banned");
        let pardoned = operator.json(&["unban", id(&ada)]);
        assert_eq!(pardoned, without_emails(operator.json(&["show", id(&ada)])));
        assert_eq!(pardoned["status"], "active", "an address is verified");
    }
}

#[tokio::test]
async fn no_session_comes_back_with_the_pardon() {
    for service in services().await {
        let (ada, me) = service.user("ada@example.com", "Ada").await;
        // By somebody who knows only SQL: the session stays.
        let ban = user::Entity::update_many().col_expr(user::Column::Status, "banned".into());
        ban.exec(&service.other).await.unwrap();
        let said = service.operator.prints(&["ban", id(&me)]);
        assert!(said.ends_with(" is banned already; 1 session ended\n"), "{said}");
        service.operator.prints(&["unban", id(&me)]);
        service.server.client().log_in("ada@example.com").await;
        ada.get("/me").await.expect_problem(401, "invalid_token");
    }
}
