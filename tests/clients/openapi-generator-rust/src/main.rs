//! The whole life of a user, through the client of openapi-generator's `rust`.

use std::{env, error::Error, fmt::Debug, time::Duration};

use current_user_client::{
    apis::{
        Error as ClientError, access_api, configuration::Configuration, current_user_api,
        emails_api, leaving_api, password_api, phone_number_api, sessions_api,
    },
    models::{self, Event, Problem, ProblemCode, UpdateMe, UserPhoneNumber, event::Type},
};
use serde_json::Value;
use tokio::time::sleep;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let base_path = env::args().nth(1).ok_or("the address of the service is missing")?;
    let email = format!("{}@example.com", uuid::Uuid::new_v4());
    let password = "correct horse battery staple".to_owned();

    let anyone = Configuration { base_path, ..Configuration::default() };
    let sign_up = models::SignUp::new(email.clone(), password.clone(), "Ada".into());
    let user = access_api::sign_up(&anyone, sign_up).await?;
    assert_eq!(user.name, "Ada");

    let log_in = models::LogIn::new(email.clone(), password);
    let token = access_api::log_in(&anyone, log_in.clone()).await?.token;
    let client = Configuration { bearer_access_token: Some(token), ..anyone.clone() };

    verify_email(&client, &email).await?;
    let me = current_user_api::get_me(&client, None).await?;
    assert_eq!(me.status, models::user::Status::Active);
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

    let other = format!("{}@example.com", uuid::Uuid::new_v4());
    let add = models::AddEmail::new(other.clone());
    let added = emails_api::add_email(&client, add).await?;
    assert!(!added.verified);
    verify_email(&client, &other).await?;
    let choose = models::SetDefaultEmail::new(added.id);
    let me = emails_api::set_default_email(&client, choose).await?;
    assert_eq!(me.default_email.as_ref(), Some(&other));
    let emails = emails_api::list_emails(&client).await?;
    assert!(matches!(&emails[..], [old, new] if old.email == email && new.default));
    emails_api::delete_email(&client, &emails[0].id.to_string()).await?;

    let number = "+442071838756";
    assert_eq!(phone_number(&me), Some(""));
    let set = models::SetPhoneNumber::new(number.into());
    phone_number_api::set_phone_number(&client, set).await?;
    let code = received(&anyone, number, "Your code for current-user").await?;
    let verify = models::VerifyPhoneNumber::new(code);
    let me = phone_number_api::verify_phone_number(&client, verify).await?;
    assert_eq!(phone_number(&me), Some(number));
    phone_number_api::delete_phone_number(&client).await?;
    let me = current_user_api::get_me(&client, None).await?;
    assert_eq!(phone_number(&me), Some(""));

    let request = models::RequestPasswordReset::new(other.clone());
    password_api::request_password_reset(&anyone, request).await?;
    let token = received(&anyone, &other, "Choose a new password").await?;
    let password = "incorrect donkey battery staple".to_owned();
    let reset = models::ResetPassword::new(token, password.clone());
    password_api::reset_password(&anyone, reset).await?;
    refused(current_user_api::get_me(&client, None).await, 401);
    let log_in = models::LogIn::new(other.clone(), password);
    let token = access_api::log_in(&anyone, log_in.clone()).await?.token;
    let client = Configuration { bearer_access_token: Some(token), ..anyone.clone() };

    let page = current_user_api::list_events(&client, Some(2), None).await?;
    assert_eq!(types_of(&page.results), [Type::LoggedIn, Type::PasswordReset]);
    let next = page.next_page_token.ok_or("there are no more events")?.to_string();
    let page = current_user_api::list_events(&client, Some(1), Some(&next)).await?;
    assert_eq!(types_of(&page.results), [Type::PasswordResetMailed]);

    let held = leaving_api::export_me(&client).await?;
    assert_eq!(held.user.name, "Ada Lovelace");
    assert!(matches!(&held.emails[..], [address] if address.email == other));
    assert_eq!(types_of(&held.events[..1]), [Type::SignedUp]);

    // The generated function drops the headers, and with them where the receipt is.
    current_user_api::delete_me(&client, None).await?;
    let nobodys = uuid::Uuid::new_v4().to_string();
    let problem = refused(leaving_api::get_erasure(&anyone, &nobodys).await, 404);
    assert_eq!(problem.code, ProblemCode::NotFound);
    let problem = refused(access_api::log_in(&anyone, log_in.clone()).await, 403);
    assert_eq!(problem.code, ProblemCode::AccountDeleted);
    assert!(problem.restorable_until.is_some());

    let token = access_api::restore(&anyone, log_in.clone()).await?.token;
    let client = Configuration { bearer_access_token: Some(token), ..anyone.clone() };
    assert_eq!(current_user_api::get_me(&client, None).await?.id, me.id);
    let problem = refused(access_api::restore(&anyone, log_in).await, 409);
    assert_eq!(problem.code, ProblemCode::AccountNotDeleted);

    current_user_api::delete_me(&client, None).await?;

    let problem = refused(current_user_api::get_me(&client, None).await, 401);
    assert_eq!(problem.code, ProblemCode::InvalidToken);
    Ok(())
}

/// The token or the code of the last message with a subject. Only a demo shows messages.
async fn received(
    anyone: &Configuration,
    to: &str,
    subject: &str,
) -> Result<String, Box<dyn Error>> {
    for _ in 0..100 {
        let reply = anyone.client.get(format!("{}/dev/messages", anyone.base_path)).send().await?;
        let messages: Vec<Value> = serde_json::from_slice(&reply.bytes().await?)?;
        let message = messages.iter().find(|one| one["to"] == to && one["subject"] == subject);
        let text = message.and_then(|message| message["text"].as_str()).unwrap_or_default();
        let mut words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let secret = words.find(|word| {
            word.starts_with("cu1_") || word.len() == 6 && word.parse::<u32>().is_ok()
        });
        if let Some(secret) = secret {
            return Ok(secret.to_owned());
        }
        sleep(Duration::from_millis(100)).await;
    }
    Err(format!("no message {subject:?} was sent to {to}").into())
}

async fn verify_email(client: &Configuration, email: &str) -> Result<(), Box<dyn Error>> {
    let token = received(client, email, "Confirm your email address").await?;
    emails_api::verify_email(client, models::VerifyEmail::new(token)).await?;
    Ok(())
}

fn types_of(events: &[Event]) -> Vec<Type> {
    events.iter().map(|event| event.r#type).collect()
}

/// The generated type takes the first alternative for any text, `""` as well.
fn phone_number(user: &models::User) -> Option<&str> {
    match user.phone_number.as_deref()? {
        UserPhoneNumber::E164Number(number) | UserPhoneNumber::NoNumber(number) => Some(number),
    }
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
