//! `users delete`.

use super::{Administrator, Service, id};
use crate::support::{Nodes, PASSWORD, apply, every_database};

#[apply(every_database)]
async fn delete_does_what_users_do_to_themselves(nodes: Nodes) {
    let administrator = Administrator::of(&nodes.database);
    let clients = nodes.user("ada@example.com").await;
    let me = clients[0].get("/me").await.expect(200).json();
    let ada = format!("{} (Ada, ada@example.com)", id(&me));
    for client in &clients {
        nodes.warm(client).await;
    }

    let line = administrator.fails(&["delete", "ada@example.com"]);
    let expected = "there is no terminal to ask on; pass --yes to delete user ";
    assert_eq!(line, format!("{expected}{}", id(&me)));
    clients[0].get("/me").await.expect(200);

    let said = administrator.prints(&["delete", "ada@example.com", "--yes"]);
    assert_eq!(said, format!("{ada} is deleted; 1 session ended\n"));
    for client in &clients {
        let refused = client.right_within(nodes.lease(), |reply| reply.status == 401).await;
        refused.0.expect_problem(401, "invalid_token");
    }
    let refused = nodes.b.try_log_in("ada@example.com", PASSWORD).await;
    refused.expect_problem(403, "account_deleted");

    let said = administrator.prints(&["delete", "ada@example.com", "--yes"]);
    assert_eq!(said, format!("{ada} is deleted already; no session ended\n"));
    let deleted = administrator.json(&["delete", "ada@example.com", "--yes"]);
    assert_eq!(deleted["status"], "deleted");
    let line = administrator.fails(&["ban", "ada@example.com"]);
    assert!(line.contains("is deleted: nobody can log in as them"), "{line}");
    let said = administrator.prints(&["unban", "ada@example.com"]);
    assert_eq!(said, format!("{ada} is not banned, but deleted\n"));
}

#[apply(every_database)]
async fn deleting_does_not_end_a_ban_unnoticed(service: Service) {
    let (_, ada) = service.user("ada@example.com", "Ada").await;
    service.administrator.prints(&["ban", id(&ada)]);
    let line = service.administrator.fails(&["delete", id(&ada), "--yes"]);
    assert!(line.contains(&format!("`current-user users unban {}`", id(&ada))), "{line}");
    assert_eq!(service.administrator.json(&["show", id(&ada)])["status"], "banned");
}
