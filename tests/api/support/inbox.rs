//! The receivers of the application's messages: a mail server and an SMS gateway.

use std::time::Duration;

use current_user::message::{Gateway, Links, Secret, Sender, Smtp, Wording};
use current_user::value::{Email, TextValue as _};

use super::mail::Mail;
use super::sms::SmsGateway;
use super::smtp::Mailbox;

/// A mail server and an SMS gateway.
pub(crate) struct Inbox {
    pub(crate) mailbox: Mailbox,
    pub(crate) gateway: SmsGateway,
}

impl Inbox {
    pub(crate) async fn start() -> Self {
        Self { mailbox: Mailbox::start().await, gateway: SmsGateway::start().await }
    }

    /// A sender that is connected to both. Links to receipts begin with `receipts`.
    pub(super) fn sender(&self, receipts: String, timeout: Duration) -> Sender {
        let from = "Example <no-reply@example.com>".parse().unwrap();
        let smtp = Smtp::new(&self.mailbox.url(), from, timeout).unwrap();
        let secret = Secret::parse(self.gateway.secret()).unwrap();
        let gateway = Gateway::new(self.gateway.url(), secret, timeout).unwrap();
        Sender::new(wording(receipts), Some(smtp), Some(gateway), false)
    }

    /// A sender that stores messages instead of sending them.
    pub(super) fn demo_sender(receipts: String) -> Sender {
        Sender::new(wording(receipts), None, None, true)
    }

    /// The mails to an address, oldest first.
    pub(crate) fn mails_to(&self, email: &str) -> Vec<Mail> {
        let normalized = |email: &str| Email::parse(email).unwrap().normalized().to_owned();
        let to = normalized(email);
        let mut mails = self.mailbox.all();
        mails.retain(|mail| mail.to.iter().any(|one| normalized(one) == to));
        mails
    }

    /// The text messages to a phone number, oldest first.
    pub(crate) fn texts_to(&self, phone_number: &str) -> Vec<String> {
        let messages = self.gateway.all().into_iter();
        let to = messages.filter(|message| message.body["to"] == phone_number);
        to.map(|message| message.body["text"].as_str().unwrap().to_owned()).collect()
    }
}

fn wording(receipts: String) -> Wording {
    let account_page = "https://app.example.com/account".parse().unwrap();
    Wording::new("Example", Links { account_page, receipts }).unwrap()
}
