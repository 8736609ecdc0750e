//! The whole life of a user, through the client of progenitor.

use std::{env, error::Error, num::NonZeroU8, time::Duration};

use client::{
    Client, Error as ClientError,
    types::{
        self, ErasureStatus, Event, EventType, NoNumber, ProblemCode, UserPhoneNumber, UserStatus,
    },
};
use reqwest::{StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::sleep;

mod client {
    include!(concat!(env!("OUT_DIR"), "/client.rs"));
}

/// The merge patch: `None` keeps, `Some(None)` clears.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct UpdateMe {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bio: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<Option<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timezone: Option<Option<String>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let address = env::args().nth(1).ok_or("the address of the service is missing")?;
    let email = format!("{}@example.com", uuid::Uuid::new_v4());
    let password = "correct horse battery staple";

    let anyone = Client::new(&address);
    let user = anyone
        .sign_up(&types::SignUp {
            email: email.parse()?,
            password: password.parse()?,
            name: "Ada".parse()?,
            locale: None,
            timezone: None,
        })
        .await?;
    assert_eq!(user.status, UserStatus::Pending);

    let log_in = types::LogIn { email: email.parse()?, password: password.parse()? };
    let token = anyone.log_in(&log_in).await?.into_inner().token;
    let client = with_token(&address, &token)?;

    verify_email(&client, &address, &email).await?;
    let me = client.get_me(None).await?;
    assert_eq!(me.status, UserStatus::Active);
    assert_eq!(*me.name, "Ada");
    assert!(me.bio.is_none());

    let set = UpdateMe {
        name: Some("Ada Lovelace".into()),
        bio: Some(Some("First programmer.".into())),
        ..UpdateMe::default()
    };
    let me = client.update_me(None, &set).await?;
    assert_eq!(me.bio.as_deref().map(String::as_str), Some("First programmer."));

    let clear = UpdateMe { bio: Some(None), ..UpdateMe::default() };
    let me = client.update_me(None, &clear).await?;
    assert!(me.bio.is_none());
    assert_eq!(*me.name, "Ada Lovelace");

    anyone.log_in(&log_in).await?;
    assert_eq!(client.list_sessions().await?.len(), 2);
    client.revoke_other_sessions().await?;
    let sessions = client.list_sessions().await?;
    assert!(matches!(&sessions[..], [session] if session.current));

    let wrong = UpdateMe {
        locale: Some(Some("xx-XX".into())),
        timezone: Some(Some("Mars/Olympus".into())),
        ..UpdateMe::default()
    };
    let problem = refused(client.update_me(None, &wrong).await, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem.code, ProblemCode::ValidationFailed);
    let pointers: Vec<_> = problem.errors.iter().map(|error| error.pointer.as_str()).collect();
    assert_eq!(pointers, ["/locale", "/timezone"]);
    assert!(problem.errors.iter().all(|error| !error.code.is_empty() && !error.message.is_empty()));

    let other = format!("{}@example.com", uuid::Uuid::new_v4());
    let added = client.add_email(&types::AddEmail { email: other.parse()? }).await?;
    assert!(!added.verified);
    verify_email(&client, &address, &other).await?;
    let me = client.set_default_email(&types::SetDefaultEmail { email_id: added.id }).await?;
    assert_eq!(me.default_email.as_deref(), Some(&other));
    let emails = client.list_emails().await?;
    assert!(matches!(&emails[..], [old, new] if *old.email == email && new.default));
    client.delete_email(&emails[0].id).await?;

    let number = "+442071838755";
    assert!(matches!(me.phone_number, Some(UserPhoneNumber::NoNumber(NoNumber::X))));
    client.set_phone_number(&types::SetPhoneNumber { phone_number: number.parse()? }).await?;
    let code = received(&address, number, "Your code for current-user").await?.parse()?;
    let me = client.verify_phone_number(&types::VerifyPhoneNumber { code }).await?;
    assert!(
        matches!(&me.phone_number, Some(UserPhoneNumber::E164Number(mine)) if **mine == number)
    );
    client.delete_phone_number().await?;
    let me = client.get_me(None).await?;
    assert!(matches!(me.phone_number, Some(UserPhoneNumber::NoNumber(NoNumber::X))));

    anyone.request_password_reset(&types::RequestPasswordReset { email: other.parse()? }).await?;
    let token = received(&address, &other, "Choose a new password").await?.parse()?;
    let password = "incorrect donkey battery staple";
    let reset = types::ResetPassword { token, new_password: password.parse()? };
    anyone.reset_password(&reset).await?;
    refused(client.get_me(None).await, StatusCode::UNAUTHORIZED);
    let log_in = types::LogIn { email: other.parse()?, password: password.parse()? };
    let token = anyone.log_in(&log_in).await?.into_inner().token;
    let client = with_token(&address, &token)?;

    let page = client.list_events(NonZeroU8::new(2), None).await?;
    assert_eq!(types_of(&page.results), [EventType::LoggedIn, EventType::PasswordReset]);
    let page = client.list_events(NonZeroU8::new(1), page.next_page_token.as_ref()).await?;
    assert_eq!(types_of(&page.results), [EventType::PasswordResetMailed]);

    let held = client.export_me().await?;
    assert_eq!(*held.user.name, "Ada Lovelace");
    assert!(matches!(&held.emails[..], [address] if *address.email == other));
    assert_eq!(types_of(&held.events[..1]), [EventType::SignedUp]);

    let left = client.delete_me(None).await?;
    assert_eq!(left.status(), StatusCode::ACCEPTED);
    let location = left.headers()[header::LOCATION].to_str()?;
    let receipt_id = location.trim_start_matches("/erasures/").parse()?;
    // Reading a receipt needs no token.
    let receipt = anyone.get_erasure(&receipt_id).await?;
    assert_eq!(receipt.status, ErasureStatus::Scheduled);
    let problem = refused(anyone.log_in(&log_in).await, StatusCode::FORBIDDEN);
    assert_eq!(problem.code, ProblemCode::AccountDeleted);
    assert_eq!(problem.restorable_until, Some(receipt.scheduled_for));

    let token = anyone.restore(&log_in).await?.into_inner().token;
    let client = with_token(&address, &token)?;
    assert_eq!(client.get_me(None).await?.id, me.id);
    let problem = refused(anyone.restore(&log_in).await, StatusCode::CONFLICT);
    assert_eq!(problem.code, ProblemCode::AccountNotDeleted);

    assert_eq!(client.delete_me(None).await?.status(), StatusCode::ACCEPTED);

    let problem = refused(client.get_me(None).await, StatusCode::UNAUTHORIZED);
    assert_eq!(problem.code, ProblemCode::InvalidToken);
    Ok(())
}

fn with_token(address: &str, token: &str) -> Result<Client, Box<dyn Error>> {
    let headers = [(header::AUTHORIZATION, format!("Bearer {token}").parse()?)];
    let http = reqwest::Client::builder().default_headers(headers.into_iter().collect()).build()?;
    Ok(Client::new_with_client(address, http))
}

/// The token or the code of the last message with a subject. Only a demo shows messages.
async fn received(address: &str, to: &str, subject: &str) -> Result<String, Box<dyn Error>> {
    for _ in 0..100 {
        let reply = reqwest::get(format!("{address}/dev/messages")).await?;
        let messages: Vec<Value> = reply.json().await?;
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

async fn verify_email(client: &Client, address: &str, email: &str) -> Result<(), Box<dyn Error>> {
    let token = received(address, email, "Confirm your email address").await?.parse()?;
    client.verify_email(&types::VerifyEmail { token }).await?;
    Ok(())
}

fn types_of(events: &[Event]) -> Vec<EventType> {
    events.iter().map(|event| event.type_).collect()
}

/// The problem of a reply that has to be one.
fn refused<T: std::fmt::Debug>(
    reply: Result<T, ClientError<types::Problem>>,
    status: StatusCode,
) -> types::Problem {
    match reply {
        Err(ClientError::ErrorResponse(problem)) if problem.status() == status => {
            problem.into_inner()
        }
        other => panic!("expected {status}: {other:?}"),
    }
}
