//! Reading and changing one's profile.

use chrono::{DateTime, Utc};
use entity::user;

use super::avatar;
use super::avatar_url::AvatarUrl;
use super::bio::Bio;
use super::locale::Locale;
use super::name::Name;
use super::session::{self, CurrentSession};
use super::status::may_act;
use super::timezone::Timezone;
use super::token::TokenHash;
use super::value::TextValue;
use super::{AccountError, Context};
use crate::store::users::Seen;
use crate::store::{self, Profile};

/// What one property of a merge patch (RFC 7396) does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Absent: leaves the value as it is.
    #[default]
    Keep,
    /// `null`: removes the value.
    Clear,
    /// Anything else: becomes the value.
    Set(T),
}

impl<T: TextValue> Change<T> {
    fn apply(self, column: &mut Option<String>) {
        match self {
            Self::Keep => {}
            Self::Clear => *column = None,
            Self::Set(value) => *column = Some(value.as_str().to_owned()),
        }
    }
}

/// A merge patch of a profile. A name can be changed, not cleared.
#[derive(Clone, Debug, Default)]
pub struct ProfilePatch {
    /// Display name.
    pub name: Option<Name>,
    /// Free text.
    pub bio: Change<Bio>,
    /// Picture.
    pub avatar_url: Change<AvatarUrl>,
    /// Language and region.
    pub locale: Change<Locale>,
    /// Time zone.
    pub timezone: Change<Timezone>,
}

impl ProfilePatch {
    fn apply(self, user: &mut user::Model) {
        let Self { name, bio, avatar_url, locale, timezone } = self;
        if let Some(name) = name {
            user.name = name.as_str().to_owned();
        }
        bio.apply(&mut user.bio);
        if avatar_url != Change::Keep {
            // In place of one that was uploaded.
            user.avatar_file = None;
        }
        avatar_url.apply(&mut user.avatar_url);
        locale.apply(&mut user.locale);
        timezone.apply(&mut user.timezone);
    }
}

/// What the caller demands of the profile that is about to change.
pub type Demand = Box<dyn Fn(&Profile) -> bool + Send>;

/// Refuses a change to a profile that is not what the caller takes it for. Asked
/// inside the transaction of the change, so that of two who took the same profile
/// for granted, one finds it changed.
pub(super) fn check(demand: Option<Demand>, profile: &Profile) -> Result<(), AccountError> {
    match demand {
        Some(demand) if !demand(profile) => Err(AccountError::Outdated),
        _ => Ok(()),
    }
}

/// A user as read through a living session of theirs.
#[derive(Debug)]
pub struct Reading {
    /// The session.
    pub session: CurrentSession,
    /// What was read.
    pub profile: Profile,
    /// Until when it stands if nobody changes anything: a session of the user
    /// expires then.
    pub valid_until: DateTime<Utc>,
}

/// The profile of the user whose living session a token opens, if there is one.
/// Notes that the session was used.
///
/// # Errors
/// Only faults of the service.
pub async fn read(context: &Context, token: TokenHash) -> Result<Option<Reading>, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let seen = store::users::see_by_token(context.store.reader(), &token, &alive).await?;
    let seen = seen.filter(|seen| may_act(seen.profile.user.status));
    Ok(seen.map(|seen| {
        let Seen { profile, session_id, last_used_at, first_expires_at, first_used_at, .. } = seen;
        let user_id = profile.user.id;
        let session = CurrentSession { user_id, session_id, used_at: last_used_at };
        let session = session::use_now(context, session, now);
        let valid_until = first_expires_at.min(first_used_at + context.sessions.idle);
        Reading { session, profile, valid_until }
    }))
}

/// Changes the user's profile, all of `patch` or nothing of it. A patch that
/// changes nothing leaves `updatedAt` as it is.
///
/// # Errors
/// [`AccountError::Outdated`], [`AccountError::SessionEnded`].
pub async fn update(
    context: &Context,
    current: CurrentSession,
    demand: Option<Demand>,
    patch: ProfilePatch,
) -> Result<Profile, AccountError> {
    let now = context.clock.now();
    let alive = context.sessions.alive(now);
    let (profile, discards) = context
        .store
        .write(move |txn| {
            Box::pin(async move {
                // Locked, so that two patches at once both take effect.
                let mut profile = session::lock(txn, current, &alive).await?;
                check(demand, &profile)?;

                let mut user = profile.user.clone();
                patch.apply(&mut user);
                let discards = avatar::replace(txn, &mut profile, user, now).await?;
                Ok::<_, AccountError>((profile, discards))
            })
        })
        .await?;
    context.collect_later(discards);
    Ok(profile)
}
