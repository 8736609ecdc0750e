//! Limits: how often something may be requested. They have their defaults here.

mod addresses;
mod login;
mod nodes;
mod resets;

use std::time::Duration;

use current_user::account::limits::{Limit, Limits};

use crate::support::{Client, TestApp};

const HOUR: Duration = Duration::from_secs(60 * 60);
/// The addresses of clients that know nothing of each other.
const ELSEWHERE: [u8; 4] = [127, 0, 0, 2];

impl TestApp {
    /// A client that connects from another network.
    fn client_from(&self, address: [u8; 4]) -> Client {
        self.anonymous.at_address(address)
    }
}

/// Guesses the password of an address this many times. All of the guesses reach the hasher.
async fn guess(client: &Client, email: &str, times: usize) {
    for _ in 0..times {
        client.try_log_in(email, "a guess").await.expect_problem(401, "invalid_credentials");
    }
}

#[test]
fn the_configuration_page_lists_every_limit_with_its_default() {
    let page = include_str!("../../../docs/configuration.md");
    let (_, limits) = page.split_once("\n## Limits\n").unwrap();
    let rows = limits.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let name = cells.next()?.trim_end_matches('`').to_owned();
        Some((name, cells.next()?.parse().ok()?))
    });
    let limits =
        Limit::ALL.iter().map(|limit| (limit.name().to_owned(), Limits::default().max(*limit)));
    assert_eq!(rows.collect::<Vec<_>>(), limits.collect::<Vec<_>>());
}
