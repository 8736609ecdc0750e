//! What a person does in a lifetime, through the client of openapi-generator's `rust`.

use std::{env, error::Error, fmt::Debug};

use current_user_client::{
    apis::{
        Error as ClientError, access_api, configuration::Configuration, current_user_api,
        sessions_api,
    },
    models::{self, Problem, ProblemCode, UpdateMe},
};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_path = env::args().nth(1).ok_or("the address of the service is missing")?;
    let email = format!("{}@example.com", uuid::Uuid::new_v4());
    let password = "correct horse battery staple".to_owned();

    let anyone = Configuration { base_path, ..Configuration::default() };
    let sign_up = models::SignUp::new(email.clone(), password.clone(), "Ada".into());
    let user = access_api::sign_up(&anyone, sign_up).await?;
    assert_eq!(user.name, "Ada");

    let log_in = models::LogIn::new(email, password);
    let token = access_api::log_in(&anyone, log_in.clone()).await?.token;
    let client = Configuration { bearer_access_token: Some(token), ..anyone.clone() };

    let me = current_user_api::get_me(&client, None).await?;
    assert_eq!(me.name, "Ada");
    assert_eq!(me.bio, None);

    // In the merge patch, `None` keeps and `Some(None)` clears.
    let set = UpdateMe {
        name: Some("Ada Lovelace".into()),
        bio: Some(Some("First programmer.".into())),
        ..UpdateMe::new()
    };
    let me = current_user_api::update_me(&client, set, None).await?;
    assert_eq!(me.bio.as_deref(), Some("First programmer."));

    let clear = UpdateMe { bio: Some(None), ..UpdateMe::new() };
    let me = current_user_api::update_me(&client, clear, None).await?;
    assert_eq!(me.bio, None);
    assert_eq!(me.name, "Ada Lovelace");

    access_api::log_in(&anyone, log_in).await?;
    assert_eq!(sessions_api::list_sessions(&client).await?.len(), 2);
    sessions_api::revoke_other_sessions(&client).await?;
    let sessions = sessions_api::list_sessions(&client).await?;
    assert!(matches!(&sessions[..], [session] if session.current));

    let wrong = UpdateMe {
        locale: Some(Some("xx-XX".into())),
        timezone: Some(Some("Mars/Olympus".into())),
        ..UpdateMe::new()
    };
    let problem = refused(current_user_api::update_me(&client, wrong, None).await, 422);
    assert_eq!(problem.code, ProblemCode::ValidationFailed);
    let errors = problem.errors.unwrap_or_default();
    let pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/locale", "/timezone"]);
    assert!(errors.iter().all(|error| !error.code.is_empty() && !error.message.is_empty()));

    current_user_api::delete_me(&client, None).await?;

    let problem = refused(current_user_api::get_me(&client, None).await, 401);
    assert_eq!(problem.code, ProblemCode::InvalidToken);
    Ok(())
}

/// The problem of a reply that has to be one. The generated error types hold it
/// too, but under the first status of the operation, whatever the reply's is.
fn refused<T: Debug, E: Debug>(reply: Result<T, ClientError<E>>, status: u16) -> Problem {
    match reply {
        Err(ClientError::ResponseError(reply)) if reply.status == status => {
            serde_json::from_str(&reply.content).expect("a problem")
        }
        other => panic!("expected {status}: {other:?}"),
    }
}
