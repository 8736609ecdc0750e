//! The messages that an application under test sends.

use super::TestApp;
use crate::support::mail::Mail;

impl TestApp {
    /// Sends the messages that are due.
    pub(crate) async fn deliver(&self) {
        self.delivery.deliver_due().await.unwrap();
    }

    /// Sends the messages that are due. Returns all mails to an address so far.
    pub(crate) async fn mails_to(&self, email: &str) -> Vec<Mail> {
        self.deliver().await;
        self.inbox.mails_to(email)
    }

    /// The token in the last mail to an address.
    pub(crate) async fn token_mailed_to(&self, email: &str) -> String {
        let mails = self.mails_to(email).await;
        mails.last().unwrap_or_else(|| panic!("no mail was sent to {email}")).token()
    }

    /// The code in the last text message to a phone number.
    pub(crate) async fn code_sent_to(&self, phone_number: &str) -> String {
        self.deliver().await;
        let texts = self.inbox.texts_to(phone_number);
        let text =
            texts.last().unwrap_or_else(|| panic!("no text message was sent to {phone_number}"));
        text.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 6).unwrap().to_owned()
    }
}
