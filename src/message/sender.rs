//! How messages leave.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{Gateway, Message, Recipient, SendError, Smtp, Wording};

/// Most messages that are kept.
const KEPT: usize = 100;

/// Sends messages: mail through a mail server, SMS through a gateway. What there is
/// no way for goes into the log in full, for developers; with both ways configured,
/// nothing of a message is ever logged.
#[derive(Clone)]
pub struct Sender(Arc<Ways>);

struct Ways {
    wording: Wording,
    smtp: Option<Smtp>,
    gateway: Option<Gateway>,
    kept: Option<Mutex<VecDeque<Kept>>>,
}

/// A message that went no further than this process.
#[derive(Clone, PartialEq, Eq)]
pub struct Kept {
    /// The id that it was sent under.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The address or number.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// All of it.
    pub text: String,
}

impl Sender {
    /// Sends what `wording` words by these ways, and keeps what there is no way for
    /// in memory when told to `keep` it.
    #[must_use]
    pub fn new(wording: Wording, smtp: Option<Smtp>, gateway: Option<Gateway>, keep: bool) -> Self {
        let kept = keep.then(Mutex::default);
        Self(Arc::new(Ways { wording, smtp, gateway, kept }))
    }

    /// Sends a message, once. `id` names it, in all attempts at it: it becomes the
    /// `Message-ID` or `webhook-id`, by which receivers can tell a repetition. `at` is
    /// the time of this attempt; gateways refuse what was signed long ago.
    ///
    /// # Errors
    /// When it did not leave, or that is not known.
    pub async fn send(
        &self,
        id: Uuid,
        at: DateTime<Utc>,
        message: &Message,
    ) -> Result<(), SendError> {
        let Ways { wording, smtp, gateway, .. } = &*self.0;
        let worded = message.worded(wording);
        // A fault of the program, which its next version may mend.
        let worded = worded.map_err(|error| SendError::transient(error.to_string()))?;
        match (&message.to, smtp, gateway) {
            (Recipient::Email(to), Some(smtp), _) => smtp.send(id, at, to, &worded).await,
            (Recipient::Phone(to), _, Some(gateway)) => {
                let kind = message.content.kind();
                gateway.send(id, at, to, kind, &worded.text, &worded.language).await
            }
            (to, _, _) => {
                let to = to.as_str().to_owned();
                self.keep(Kept { id, at, to, subject: worded.subject, text: worded.text });
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
            kept.truncate(KEPT);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Content;

    #[tokio::test]
    async fn without_a_way_the_last_hundred_messages_are_kept() {
        let wording =
            || Wording::new("Example", "https://app.example.com/account".parse().unwrap()).unwrap();
        let sender = Sender::new(wording(), None, None, true);
        let forgetful = Sender::new(wording(), None, None, false);
        for number in 0..=100 {
            let message = Message {
                to: Recipient::Phone(format!("+{number}")),
                name: "Ada".to_owned(),
                locale: Some("de".to_owned()),
                content: Content::PhoneCode { code: number.to_string() },
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
