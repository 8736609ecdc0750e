//! `users delete`.

use super::{Operator, credentials, id, services};
use crate::support::two_nodes;

#[tokio::test]
async fn delete_does_what_users_do_to_themselves() {
    for nodes in two_nodes().await {
        let operator = Operator::of(&nodes.database);
        let clients = nodes.user("ada@example.com").await;
        let me = clients[0].get("/me").await.expect(200).json();
        let ada = format!("{} (Ada, ada@example.com)", id(&me));
        for client in &clients {
            nodes.warm(client).await;
        }

        let line = operator.fails(&["delete", "ada@example.com"]);
        let expected = "there is no terminal to ask on; say --yes to delete user ";
        assert_eq!(line, format!("{expected}{}", id(&me)));
        clients[0].get("/me").await.expect(200);

        let said = operator.prints(&["delete", "ada@example.com", "--yes"]);
        assert_eq!(said, format!("{ada} is deleted; 1 session ended\n"));
        for client in &clients {
            let refused = client.right_within(nodes.lease(), |reply| reply.status == 401).await;
            refused.0.expect_problem(401, "invalid_token");
        }
        let refused = nodes.b.post("/login", credentials("ada@example.com")).await;
        refused.expect_problem(403, "account_deleted");

        let said = operator.prints(&["delete", "ada@example.com", "--yes"]);
        assert_eq!(said, format!("{ada} is deleted already; no session ended\n"));
        let deleted = operator.json(&["delete", "ada@example.com", "--yes"]);
        assert_eq!(deleted["status"], "deleted");
        let line = operator.fails(&["ban", "ada@example.com"]);
        assert!(line.contains("is deleted: nobody can log in as them"), "{line}");
        let said = operator.prints(&["unban", "ada@example.com"]);
        assert_eq!(said, format!("{ada} is not banned, but deleted\n"));
    }
}

#[tokio::test]
async fn deleting_does_not_end_a_ban_unnoticed() {
    for service in services().await {
        let (_, ada) = service.user("ada@example.com", "Ada").await;
        service.operator.prints(&["ban", id(&ada)]);
        let line = service.operator.fails(&["delete", id(&ada), "--yes"]);
        assert!(line.contains(&format!("`current-user users unban {}`", id(&ada))), "{line}");
        assert_eq!(service.operator.json(&["show", id(&ada)])["status"], "banned");
    }
}
