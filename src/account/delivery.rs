//! Sending what waits in the outbox: at least once each, whatever breaks.
//!
//! A message is taken, sent and deleted. Taking it makes its secret, of which only
//! the hash is stored, and moves on when it is due: a node that falls over in between
//! leaves it to be taken again, with another secret; the one before works as well.

use std::time::Duration;

use chrono::{DateTime, Utc};
use entity::one_time_token::{self, Purpose};
use entity::outbox::{self, Kind};
use entity::user::{self, Status};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use uuid::Uuid;

use super::email::Email;
use super::limit::Limit;
use super::phone_code::PhoneCode;
use super::status::may_act;
use super::token::OneTimeToken;
use super::value::TextValue as _;
use super::{AccountError, Context};
use crate::message::{Content, Message, Recipient, Sender};
use crate::random::Random;
use crate::store::outbox::Asked;
use crate::store::{self, Transaction};

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long a token or a code works once it is sent.
const fn lifetime(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::VerifyEmail => DAY,
        Purpose::ResetPassword => HOUR,
        Purpose::AcceptInvitation | Purpose::Recover => Duration::from_secs(7 * 24 * 60 * 60),
    }
}

/// How long a code works once it is sent: OWASP ASVS 5.0, 6.5.5.
const CODE_LIFETIME: Duration = Duration::from_secs(10 * 60);

/// How long it is tried to send a message.
const fn patience(kind: Kind) -> Duration {
    match kind {
        Kind::PhoneCode => CODE_LIFETIME,
        Kind::ResetPassword => HOUR,
        Kind::VerifyEmail => DAY,
        _ => Duration::from_secs(3 * 24 * 60 * 60),
    }
}

/// How many tokens that reset a password are mailed to one user, and how many that
/// verify an address to that address: nobody's mailbox is to be flooded.
const RESETS: Limit = Limit { most: 5, window: HOUR };
const VERIFICATIONS: Limit = Limit { most: 10, window: HOUR };

/// Messages that are sent at once: one that stalls must not stop the others.
const WORKERS: usize = 4;

/// How long until somebody looks for messages that another node left behind.
const INTERVAL: Duration = Duration::from_secs(5);

/// How long after a failure it is tried again; twice as long each time.
const FIRST_RETRY: Duration = Duration::from_secs(10);
const LAST_RETRY: Duration = HOUR;

/// Sends what waits in the outbox.
#[derive(Clone)]
pub struct Delivery {
    context: Context,
    sender: Sender,
    /// How long whoever takes a message has, before another one takes it.
    lease: Duration,
}

/// What sends in the background.
pub struct Deliveries {
    stop: watch::Sender<bool>,
    workers: JoinSet<()>,
}

impl Deliveries {
    /// Stops. Messages that are being sent are sent first.
    pub async fn stop(mut self) {
        // An error means that nothing is sent any more.
        let _ = self.stop.send(true);
        while self.workers.join_next().await.is_some() {}
    }
}

/// What to do with a message that was taken.
enum Taken {
    /// There is none.
    None,
    /// There is nobody any more to send it to.
    Dropped,
    Ready(Box<(outbox::Model, Message)>),
}

impl Delivery {
    /// Sends by `sender`, which takes `send_timeout` for a message at most.
    #[must_use]
    pub fn new(context: Context, sender: Sender, send_timeout: Duration) -> Self {
        // Twice as long, so that nobody takes what is still being sent.
        Self { context, sender, lease: send_timeout * 2 }
    }

    /// Sends in the background from now on, until told to stop.
    #[must_use]
    pub fn start(&self) -> Deliveries {
        let (stop, stopped) = watch::channel(false);
        let mut workers = JoinSet::new();
        for _ in 0..WORKERS {
            workers.spawn(self.clone().run(stopped.clone()));
        }
        Deliveries { stop, workers }
    }

    async fn run(self, mut stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            match self.deliver_one().await {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "messages can't be sent right now"),
            }
            tokio::select! {
                () = self.context.store.changes().posted() => {}
                () = sleep(INTERVAL) => {}
                _ = stopped.changed() => {}
            }
        }
    }

    /// Sends everything that is due. Returns when nothing is.
    ///
    /// # Errors
    /// Only faults of the service. That a message could not be sent is none: it is
    /// due again later.
    pub async fn deliver_due(&self) -> Result<(), AccountError> {
        while self.deliver_one().await? {}
        Ok(())
    }

    /// Sends what is due longest. `false`: nothing is.
    async fn deliver_one(&self) -> Result<bool, AccountError> {
        // Only reads while there is nothing to do.
        let (reader, now) = (self.context.store.reader(), self.context.clock.now());
        if !store::outbox::is_due(reader, now).await? {
            return Ok(false);
        }
        match self.take().await? {
            Taken::None => return Ok(false),
            Taken::Dropped => {}
            Taken::Ready(taken) => self.send(taken.0, taken.1).await?,
        }
        Ok(true)
    }

    async fn take(&self) -> Result<Taken, AccountError> {
        let Self { context, lease, .. } = self.clone();
        let now = context.clock.now();
        let store = context.store.clone();
        store
            .write(move |txn| {
                Box::pin(async move {
                    let Some(row) = store::outbox::take(txn, now, now + lease).await? else {
                        return Ok(Taken::None);
                    };
                    let in_time = now < row.created_at + patience(row.kind);
                    let message = match in_time {
                        true => Maker { txn, random: &*context.random, now }.message(&row).await?,
                        false => {
                            tracing::warn!(id = %row.id, kind = ?row.kind, "a message was given up");
                            None
                        }
                    };
                    match message {
                        Some(message) => Ok(Taken::Ready(Box::new((row, message)))),
                        None => {
                            store::outbox::delete(txn, &row).await?;
                            Ok(Taken::Dropped)
                        }
                    }
                })
            })
            .await
    }

    async fn send(&self, row: outbox::Model, message: Message) -> Result<(), AccountError> {
        let clock = &self.context.clock;
        let sent = self.sender.send(row.id, clock.now(), &message).await;
        let retry_at = match sent {
            Ok(()) => None,
            Err(error) if error.permanent => {
                tracing::warn!(id = %row.id, kind = ?row.kind, %error, "a message was refused");
                None
            }
            Err(error) => {
                tracing::warn!(id = %row.id, kind = ?row.kind, %error, "a message has to wait");
                Some(clock.now() + backoff(row.attempts))
            }
        };
        let store = &self.context.store;
        store
            .write(move |txn| {
                Box::pin(async move {
                    match retry_at {
                        None => store::outbox::delete(txn, &row).await?,
                        Some(due_at) => store::outbox::put_back(txn, &row, due_at).await?,
                    }
                    Ok(())
                })
            })
            .await
    }
}

/// How long to wait after so many attempts.
fn backoff(attempts: i32) -> Duration {
    let doublings = u32::try_from(attempts.saturating_sub(1)).unwrap_or_default().min(16);
    (FIRST_RETRY * 2_u32.pow(doublings)).min(LAST_RETRY)
}

/// Makes messages of rows, with fresh secrets.
struct Maker<'a> {
    txn: &'a Transaction,
    random: &'a dyn Random,
    now: DateTime<Utc>,
}

impl Maker<'_> {
    /// `None`: there is nothing to say any more.
    async fn message(&self, row: &outbox::Model) -> Result<Option<Message>, AccountError> {
        let found = match row.kind {
            Kind::VerifyEmail => self.verify_email(row).await?,
            Kind::ResetPassword => self.reset_password(row).await?,
            Kind::Invitation => self.invitation(row).await?,
            Kind::PhoneCode => self.phone_code(row).await?,
            _ => self.notice(row).await?,
        };
        let Some((user, content)) = found else { return Ok(None) };
        let to = match content {
            Content::PhoneCode { .. } => Recipient::Phone(row.recipient.clone()),
            _ => Recipient::Email(row.recipient.clone()),
        };
        Ok(Some(Message { to, name: user.name, locale: user.locale, content }))
    }

    async fn verify_email(&self, row: &outbox::Model) -> Found {
        let Some(user) = self.user(row.user_id).await? else { return Ok(None) };
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let emails = store::emails::list(self.txn.read().await?, user.id).await?;
        let claim = emails.iter().find(|one| one.normalized == email.normalized());
        if claim.is_none_or(|claim| claim.verified_at.is_some()) {
            return Ok(None);
        }
        let (purpose, since) = (Purpose::VerifyEmail, VERIFICATIONS.since(self.now));
        let mailed = email.normalized();
        let mailed = store::one_time_tokens::mailed(self.txn, mailed, purpose, since).await?;
        if !may_mail(VERIFICATIONS, mailed, row, self.now) {
            return Ok(None);
        }
        let token = self.token(row, user.id, &email, purpose).await?;
        Ok(Some((user, Content::VerifyEmail { email: row.recipient.clone(), token })))
    }

    async fn reset_password(&self, row: &outbox::Model) -> Found {
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let reader = self.txn.read().await?;
        let owners = store::passwords::owners(reader, email.normalized(), 1).await?;
        let owner = owners.first().map(|owner| owner.user_id);
        let Some(user) = self.user(owner).await? else { return Ok(None) };
        let (purpose, since) = (Purpose::ResetPassword, RESETS.since(self.now));
        let mailed = store::one_time_tokens::issued(self.txn, user.id, purpose, since).await?;
        if !may_mail(RESETS, mailed, row, self.now) {
            return Ok(None);
        }
        let token = self.token(row, user.id, &email, purpose).await?;
        Ok(Some((user, Content::ResetPassword { token })))
    }

    async fn invitation(&self, row: &outbox::Model) -> Found {
        let user = self.user(row.user_id).await?;
        let Some(user) = user.filter(|user| user.status == Status::Invited) else {
            return Ok(None);
        };
        let Ok(email) = Email::parse(&row.recipient) else { return Ok(None) };
        let token = self.token(row, user.id, &email, Purpose::AcceptInvitation).await?;
        Ok(Some((user, Content::Invitation { token })))
    }

    async fn phone_code(&self, row: &outbox::Model) -> Found {
        let Some(user) = self.user(row.user_id).await? else { return Ok(None) };
        let latest = store::phone_verifications::latest(self.txn, user.id).await?;
        let asked_for = |one: &entity::phone_verification::Model| {
            row.subject.as_ref() == Some(&one.id.to_string()) && one.tries_left > 0
        };
        let Some(mut verification) = latest.filter(asked_for) else { return Ok(None) };
        let code = PhoneCode::new(self.random);
        verification.code_hash = Some(code.hash(verification.id));
        verification.expires_at = Some(self.now + CODE_LIFETIME);
        store::phone_verifications::update(self.txn, verification).await?;
        Ok(Some((user, Content::PhoneCode { code: code.as_str().to_owned() })))
    }

    /// Also to who was banned, or has deleted the account: it tells of what happened
    /// before.
    async fn notice(&self, row: &outbox::Model) -> Found {
        let Some(user_id) = row.user_id else { return Ok(None) };
        let user = store::users::find(self.txn.read().await?, user_id).await?;
        let (Some(user), Ok(email)) = (user, Email::parse(&row.recipient)) else {
            return Ok(None);
        };
        let token = self.token(row, user_id, &email, Purpose::Recover).await?;
        let subject = row.subject.clone().unwrap_or_default();
        let content = match row.kind {
            Kind::EmailAdded => Content::EmailAdded { email: subject, token },
            Kind::EmailRemoved => Content::EmailRemoved { email: subject, token },
            Kind::DefaultEmailChanged => Content::DefaultEmailChanged { email: subject, token },
            Kind::PasswordChanged => Content::PasswordChanged { token },
            Kind::PhoneNumberChanged => {
                Content::PhoneNumberChanged { phone_number: subject, token }
            }
            Kind::PhoneNumberRemoved => Content::PhoneNumberRemoved { token },
            Kind::VerifyEmail | Kind::ResetPassword | Kind::Invitation | Kind::PhoneCode => {
                return Ok(None);
            }
        };
        Ok(Some((user, content)))
    }

    /// The user, if they may use their account.
    async fn user(&self, user_id: Option<Uuid>) -> Result<Option<user::Model>, AccountError> {
        let Some(user_id) = user_id else { return Ok(None) };
        let user = store::users::find(self.txn.read().await?, user_id).await?;
        Ok(user.filter(|user| may_act(user.status)))
    }

    /// A new token, of which the hash is stored.
    async fn token(
        &self,
        row: &outbox::Model,
        user_id: Uuid,
        email: &Email,
        purpose: Purpose,
    ) -> Result<String, AccountError> {
        let token = OneTimeToken::new(self.random);
        let model = one_time_token::Model {
            id: self.random.uuid(self.now),
            user_id,
            purpose,
            email: row.recipient.clone(),
            normalized: email.normalized().to_owned(),
            token_hash: token.hash().into(),
            message_id: row.id,
            issued_at: row.created_at,
            since: row.since,
            expires_at: self.now + lifetime(purpose),
        };
        store::one_time_tokens::insert(self.txn, model, self.now - HOUR).await?;
        Ok(token.as_str().to_owned())
    }
}

type Found = Result<Option<(user::Model, Content)>, AccountError>;

/// Whether one more may be mailed after those that were. Another attempt at the same
/// message is not one more.
fn may_mail(limit: Limit, mut mailed: Vec<Asked>, row: &outbox::Model, now: DateTime<Utc>) -> bool {
    mailed.retain(|(message_id, _)| *message_id != row.id);
    limit.check_messages(mailed, now).is_ok()
}
