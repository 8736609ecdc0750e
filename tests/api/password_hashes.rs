//! Hashes of passwords that were made with other parameters.

use argon2::password_hash::phc::{Output, PasswordHash, Salt};
use argon2::{Algorithm, Argon2, Params, Version};

use crate::support::{PASSWORD, TestApp, apply, every_database};

const TODAY: &str = "$argon2id$v=19$m=19456,t=2,p=1$";

/// A hash of [`PASSWORD`] as an earlier version, or another service, could have made it.
fn old_hash(output: usize) -> String {
    let params = Params::new(8192, 1, 1, Some(output)).unwrap();
    let mut bytes = vec![0; output];
    let salt = b"an older salt";
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    argon2.hash_password_into(PASSWORD.as_bytes(), salt, &mut bytes).unwrap();
    let hash = PasswordHash {
        algorithm: "argon2id".parse().unwrap(),
        version: Some(Version::V0x13.into()),
        params: (&params).try_into().unwrap(),
        salt: Some(Salt::new(salt).unwrap()),
        hash: Some(Output::new(&bytes).unwrap()),
    };
    hash.to_string()
}

async fn set_hash(app: &TestApp, hash: &str) {
    app.database.execute(&format!("UPDATE passwords SET hash = '{hash}'")).await;
}

async fn hash(app: &TestApp) -> String {
    app.database.query("SELECT hash FROM passwords").await.pop().unwrap()
}

async fn set_at(app: &TestApp) -> String {
    app.database.query("SELECT CAST(updated_at AS text) FROM passwords").await.pop().unwrap()
}

#[apply(every_database)]
async fn a_hash_with_other_parameters_is_renewed_at_the_next_login(app: TestApp) {
    let phone = app.user().await;
    for output in [32, 16] {
        let (old, since) = (old_hash(output), set_at(&app).await);
        set_hash(&app, &old).await;
        app.clock.advance(std::time::Duration::from_secs(60));
        let wrong = app.anonymous.try_log_in("ada@example.com", "a wrong password").await;
        wrong.expect_problem(401, "invalid_credentials");
        assert_eq!(hash(&app).await, old, "a wrong password changes nothing");

        let laptop = app.log_in("ada@example.com").await;
        let renewed = hash(&app).await;
        assert!(renewed.starts_with(TODAY), "{renewed}");
        assert_eq!(set_at(&app).await, since, "the password is the same");
        for client in [&phone, &laptop] {
            client.get("/me").await.expect(200);
        }
        app.log_in("ada@example.com").await;
        assert_eq!(hash(&app).await, renewed, "once is enough");
    }
}

#[apply(every_database)]
async fn it_is_renewed_when_the_password_is_proved_again_too(app: TestApp) {
    let ada = app.user().await;
    set_hash(&app, &old_hash(32)).await;
    ada.reauthenticate(PASSWORD).await.expect(200);
    assert!(hash(&app).await.starts_with(TODAY));
    app.log_in("ada@example.com").await;
}

#[apply(every_database)]
async fn logins_at_the_same_moment_all_succeed(app: TestApp) {
    app.user().await;
    set_hash(&app, &old_hash(32)).await;
    let logins = (0..6).map(|_| app.anonymous.try_log_in("ada@example.com", PASSWORD));
    for reply in futures_util::future::join_all(logins).await {
        reply.expect(200);
    }
    assert!(hash(&app).await.starts_with(TODAY));
}
