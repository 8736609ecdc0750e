//! Sending messages: what a mail server and an SMS gateway receive, and how their faults are
//! handled.

use std::net::TcpListener;
use std::process::Command;
use std::time::Duration;

use chrono::{DateTime, Utc};
use current_user::message::{
    Details, Gateway, Links, Message, Recipient, Secret, SendError, Sender, Smtp, Template, Wording,
};
use entity::outbox::MessageKind;
use poem::http::StatusCode;
use url::Url;
use uuid::Uuid;

use crate::support::{Authority, Mailbox, Misbehaviour, SmsGateway};

const PATIENT: Duration = Duration::from_secs(60);
const HASTY: Duration = Duration::from_millis(200);

const ID: Uuid = Uuid::from_u128(0x0193_1af7_0000_7000_8000_0000_0000_0001);

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_432_949, 0).unwrap()
}

fn wording() -> Wording {
    let account_page = Url::parse("https://app.example.com/account").unwrap();
    let receipts = "https://accounts.example.com/erasures/".to_owned();
    Wording::new("Example", Links { account_page, receipts }).unwrap()
}

fn by_mail(url: &str, timeout: Duration) -> Sender {
    let from = "Example <no-reply@example.com>".parse().unwrap();
    Sender::new(wording(), Some(Smtp::new(url, from, timeout).unwrap()), None, true)
}

fn by_sms(gateway: &SmsGateway, timeout: Duration) -> Sender {
    let secret = Secret::parse(gateway.secret()).unwrap();
    let gateway = Gateway::new(gateway.url(), secret, timeout).unwrap();
    Sender::new(wording(), None, Some(gateway), true)
}

fn mail_to(address: &str) -> Message {
    Message {
        to: Recipient::Email(address.to_owned()),
        name: Some("Ada Lovelace".to_owned()),
        locale: Some("fr-CA".to_owned()),
        template: Template::Kind(MessageKind::ResetPassword),
        details: Details { token: Some("secret-token".to_owned()), ..Details::default() },
    }
}

fn code_to(number: &str) -> Message {
    Message {
        to: Recipient::Phone(number.to_owned()),
        name: Some("Ada Lovelace".to_owned()),
        locale: Some("de-AT".to_owned()),
        template: Template::Kind(MessageKind::PhoneCode),
        details: Details {
            variables: [("code", "123456".to_owned())].into(),
            ..Details::default()
        },
    }
}

/// Checks that an error contains no part of the message that was sent.
fn discreet(result: Result<(), SendError>) -> SendError {
    let error = result.unwrap_err();
    for secret in ["ada", "secret", "123456", "+44"] {
        assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
    }
    error
}

#[tokio::test]
async fn a_mail_arrives_as_text_and_html_in_the_language_of_its_reader() {
    let mailbox = Mailbox::start().await;
    let sender = by_mail(&mailbox.url(), PATIENT);
    sender.send(ID, at(), &mail_to("ada@example.com")).await.unwrap();

    let mail = mailbox.next_to("ada@example.com").await;
    assert_eq!(mail.from, "no-reply@example.com");
    assert_eq!(mail.header("From"), "Example <no-reply@example.com>");
    assert_eq!(mail.header("To"), "ada@example.com");
    assert_eq!(mail.header("Message-ID"), format!("<{ID}@example.com>"));
    assert_eq!(mail.header("Date"), "Mon, 23 Nov 2026 11:22:29 +0000");
    assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
    assert_eq!(mail.header("Content-Language"), "fr");
    assert_eq!(mail.subject(), "Choisissez un nouveau mot de passe");
    assert!(mail.text().starts_with("Bonjour Ada Lovelace,"), "{}", mail.text());
    assert!(mail.text().contains("https://app.example.com/account#reset-password=secret-token"));
    assert!(mail.html().contains("<p dir=\"auto\">Bonjour Ada Lovelace,</p>"), "{}", mail.html());
    assert_eq!(mail.token(), "secret-token");
    assert!(sender.kept().is_empty());
}

#[tokio::test]
async fn what_a_mail_server_does_wrong_is_told_apart() {
    let mailbox = Mailbox::start().await;
    let patient = by_mail(&mailbox.url(), PATIENT);
    let hasty = by_mail(&mailbox.url(), HASTY);
    let cases = [
        (Misbehaviour::RefuseRecipient, &patient, true, "answered 550"),
        (Misbehaviour::RefuseRecipientForNow, &patient, false, "answered 451"),
        (Misbehaviour::RefuseLogin, &patient, false, "answered 535"),
        (Misbehaviour::Stall, &hasty, false, "longer than 200ms"),
    ];
    for (misbehaviour, sender, permanent, expected) in cases {
        mailbox.misbehave(misbehaviour);
        let error = discreet(sender.send(ID, at(), &mail_to("ada@example.com")).await);
        assert_eq!(error.permanent, permanent, "{misbehaviour:?}: {error}");
        assert!(error.to_string().contains(expected), "{misbehaviour:?}: {error}");
    }
    assert!(mailbox.all().is_empty());

    // An earlier error does not affect the sender.
    mailbox.misbehave(Misbehaviour::None);
    patient.send(ID, at(), &mail_to("ada@example.com")).await.unwrap();
    mailbox.next_to("ada@example.com").await;
    assert_eq!(mailbox.connections(), cases.len() + 1, "the sender must try each mail once");
}

#[tokio::test]
async fn a_mail_that_may_have_arrived_is_sent_again_under_its_name() {
    let mailbox = Mailbox::start().await;
    let sender = by_mail(&mailbox.url(), PATIENT);
    mailbox.misbehave(Misbehaviour::HangUpAfterData);
    let error = discreet(sender.send(ID, at(), &mail_to("ada@example.com")).await);
    assert!(!error.permanent, "{error}");
    mailbox.misbehave(Misbehaviour::None);
    sender.send(ID, at(), &mail_to("ada@example.com")).await.unwrap();
    let ids: Vec<String> = mailbox.all().iter().map(|mail| mail.header("Message-ID")).collect();
    assert_eq!(ids, [format!("<{ID}@example.com>"), format!("<{ID}@example.com>")]);
}

#[tokio::test]
async fn a_mail_server_that_is_not_there_is_tried_again() {
    let no_listener = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let sender = by_mail(&format!("smtp://{no_listener}"), PATIENT);
    let error = discreet(sender.send(ID, at(), &mail_to("ada@example.com")).await);
    assert!(!error.permanent && error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn international_addresses_get_as_far_as_the_server_lets_them() {
    let mailbox = Mailbox::start().await;
    let sender = by_mail(&mailbox.url(), PATIENT);
    sender.send(ID, at(), &mail_to("ada@Bücher.example")).await.unwrap();
    mailbox.next_to("ada@xn--bcher-kva.example").await;

    let error = discreet(sender.send(ID, at(), &mail_to("adä@example.com")).await);
    assert!(error.permanent && error.to_string().contains("SMTPUTF8"), "{error}");
}

#[tokio::test]
async fn no_mail_leaves_unencrypted_when_tls_is_required() {
    let mailbox = Mailbox::start().await;
    let sender = by_mail(&format!("{}?tls=required", mailbox.url()), PATIENT);
    let error = discreet(sender.send(ID, at(), &mail_to("ada@example.com")).await);
    assert!(!error.permanent && error.to_string().contains("STARTTLS"), "{error}");
    assert!(mailbox.all().is_empty());
}

#[tokio::test]
async fn a_mail_server_needs_a_certificate_of_a_trusted_authority() {
    let authority = Authority::new();
    let mailboxes = [
        Mailbox::start_with_tls(authority.acceptor.clone()).await,
        Mailbox::start_with_starttls(authority.acceptor.clone()).await,
    ];
    for mailbox in mailboxes {
        let sender = by_mail(&mailbox.url(), PATIENT);
        let error = discreet(sender.send(ID, at(), &mail_to("ada@example.com")).await);
        assert!(!error.permanent && error.to_string().contains("certificate"), "{error}");
        assert!(mailbox.all().is_empty());

        // The trusted authorities are a setting of the whole process.
        let mut process = Command::new(std::env::current_exe().unwrap());
        process.args(["--exact", "message::sends_a_mail_to_where_it_is_told"]);
        process.env("SSL_CERT_FILE", authority.path()).env("MAIL_SERVER", mailbox.url());
        let process = tokio::task::spawn_blocking(move || process.output().unwrap());
        let mail = mailbox.next_to("ada@example.com").await;
        assert!(mail.encrypted);
        assert!(process.await.unwrap().status.success());
    }
}

/// The test above runs this one in a separate process. In any other process it does nothing.
#[tokio::test]
async fn sends_a_mail_to_where_it_is_told() {
    if let Ok(url) = std::env::var("MAIL_SERVER") {
        by_mail(&url, PATIENT).send(ID, at(), &mail_to("ada@example.com")).await.unwrap();
    }
}

#[tokio::test]
async fn an_sms_arrives_signed() {
    let gateway = SmsGateway::start().await;
    let sender = by_sms(&gateway, PATIENT);
    sender.send(ID, at(), &code_to("+442071234567")).await.unwrap();

    let sms = gateway.next_to("+442071234567").await;
    assert_eq!((sms.id, sms.timestamp), (ID.to_string(), at().timestamp()));
    let expected = serde_json::json!({
        "id": ID,
        "to": "+442071234567",
        "text": "123456 ist Ihr Code für Example. Er gilt 10 Minuten. Geben Sie ihn niemals weiter.",
        "language": "de",
        "kind": "phone_code",
    });
    assert_eq!(sms.body, expected);

    let secret = Secret::parse("another secret of enough bytes").unwrap();
    let stranger = Gateway::new(gateway.url(), secret, PATIENT).unwrap();
    let stranger = Sender::new(wording(), None, Some(stranger), false);
    let error = discreet(stranger.send(ID, at(), &code_to("+442071234567")).await);
    assert!(error.permanent && error.to_string().contains("401"), "{error}");
    assert_eq!(gateway.all().len(), 1);
}

#[tokio::test]
async fn what_an_sms_gateway_does_wrong_is_told_apart() {
    let gateway = SmsGateway::start().await;
    let (patient, hasty) = (by_sms(&gateway, PATIENT), by_sms(&gateway, HASTY));
    let cases = [
        (Some(StatusCode::UNPROCESSABLE_ENTITY), &patient, true, "answered 422"),
        (Some(StatusCode::TOO_MANY_REQUESTS), &patient, false, "answered 429"),
        (Some(StatusCode::TEMPORARY_REDIRECT), &patient, false, "answered 307"),
        (Some(StatusCode::BAD_GATEWAY), &patient, false, "answered 502"),
        (None, &hasty, false, "longer than 200ms"),
    ];
    for (status, sender, permanent, expected) in cases {
        gateway.reply_with(status);
        let error = discreet(sender.send(ID, at(), &code_to("+442071234567")).await);
        assert_eq!(error.permanent, permanent, "{status:?}: {error}");
        assert!(error.to_string().contains(expected), "{status:?}: {error}");
    }
    let no_listener = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let secret = Secret::parse(gateway.secret()).unwrap();
    let no_listener = Gateway::new(&format!("http://{no_listener}"), secret, PATIENT).unwrap();
    let sender = Sender::new(wording(), None, Some(no_listener), false);
    let error = discreet(sender.send(ID, at(), &code_to("+442071234567")).await);
    assert!(!error.permanent && error.to_string().contains("refused"), "{error}");
}
