//! Sending messages by the configured media.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::gateway::Sms;
use super::{Gateway, Message, Recipient, RenderedMessage, SendError, Smtp, Wording};

/// The maximum number of messages that are kept.
const MAX_KEPT: usize = 100;

/// Sends messages: mails through a mail server, SMS through a gateway. If one of them is
/// not configured, its messages go into the log in full, for developers. If both are,
/// nothing of a message is ever logged.
#[derive(Clone)]
pub struct Sender(Arc<Inner>);

struct Inner {
    wording: Wording,
    smtp: Option<Smtp>,
    gateway: Option<Gateway>,
    kept: Option<Mutex<VecDeque<Kept>>>,
}

/// A message that was kept instead of being sent.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The ID of the message.
    pub id: Uuid,
    /// When the message would have been sent.
    pub at: DateTime<Utc>,
    /// The address or number that the message goes to.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The token or the code in the message.
    pub secret: Option<String>,
    /// The whole message as text.
    pub text: String,
}

impl Sender {
    /// Sends messages in this wording, through these media. With `keep`, messages without
    /// a medium are kept in memory.
    #[must_use]
    pub fn new(wording: Wording, smtp: Option<Smtp>, gateway: Option<Gateway>, keep: bool) -> Self {
        let kept = keep.then(Mutex::default);
        Self(Arc::new(Inner { wording, smtp, gateway, kept }))
    }

    /// Sends a message once. `id` is the same in all attempts at one message: it becomes
    /// the `Message-ID` or `webhook-id`, by which receivers can tell a repetition. `at` is
    /// the time of this attempt: gateways refuse a signature that is old.
    ///
    /// # Errors
    /// When the message was not sent, or it is not known whether it was.
    pub async fn send(
        &self,
        id: Uuid,
        at: DateTime<Utc>,
        message: &Message,
    ) -> Result<(), SendError> {
        let Inner { wording, smtp, gateway, .. } = &*self.0;
        let rendered = wording.render(message);
        // A fault of the program, which its next version may correct.
        let rendered = rendered.map_err(|error| SendError::transient(error.to_string()))?;
        match (&message.to, smtp, gateway) {
            (Recipient::Email(to), Some(smtp), _) => smtp.send(id, at, to, &rendered).await,
            (Recipient::Phone(to), _, Some(gateway)) => {
                let (text, language) = (&rendered.text, &rendered.language);
                let kind = &message.template.name();
                gateway.send(at, &Sms { id, to, text, language, kind }).await
            }
            (to, _, _) => {
                let (to, details) = (to.as_str().to_owned(), &message.details);
                let secret = details.token.as_ref().or(details.variables.get("code")).cloned();
                let RenderedMessage { subject, text, .. } = rendered;
                self.keep(Kept { id, at, to, subject, secret, text });
                Ok(())
            }
        }
    }

    /// The last messages that were kept, newest first.
    #[must_use]
    pub fn kept(&self) -> Vec<Kept> {
        let kept = self.0.kept.as_ref();
        let kept = kept.map(|kept| kept.lock().unwrap_or_else(PoisonError::into_inner));
        kept.map(|kept| kept.iter().cloned().collect()).unwrap_or_default()
    }

    fn keep(&self, message: Kept) {
        let Kept { id, to, subject, text, .. } = &message;
        tracing::info!(target: "current_user::message", %id, to, subject, text, "not sent anywhere");
        if let Some(kept) = &self.0.kept {
            let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.push_front(message);
            kept.truncate(MAX_KEPT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Details, Links, Template};
    use entity::outbox::MessageKind;

    #[tokio::test]
    async fn without_a_way_the_last_hundred_messages_are_kept() {
        let wording = || {
            let account_page = "https://app.example.com/account".parse().unwrap();
            Wording::new("Example", Links { account_page, receipts: String::new() }).unwrap()
        };
        let sender = Sender::new(wording(), None, None, true);
        let forgetful = Sender::new(wording(), None, None, false);
        for number in 0..=100 {
            let message = Message {
                to: Recipient::Phone(format!("+{number}")),
                name: Some("Ada".to_owned()),
                locale: Some("de".to_owned()),
                template: Template::Kind(MessageKind::PhoneCode),
                details: Details {
                    variables: [("code", number.to_string())].into(),
                    ..Details::default()
                },
            };
            for sender in [&sender, &forgetful] {
                sender.send(Uuid::nil(), DateTime::UNIX_EPOCH, &message).await.unwrap();
            }
        }
        let kept = sender.kept();
        assert_eq!(kept.len(), 100);
        assert_eq!(kept[0].to, "+100");
        assert_eq!(kept[0].subject, "Ihr Code für Example");
        assert!(kept[0].text.starts_with("100 ist Ihr Code"));
        assert_eq!(kept[99].to, "+1");
        assert!(forgetful.kept().is_empty());
    }
}
