//! Running the `users` commands.

use std::io::{IsTerminal as _, stderr, stdin, stdout};
use std::path::Path;
use std::sync::Arc;

use uuid::Uuid;

use super::args::{CommonArgs, UsersAction};
use super::confirm::confirm;
use super::error::UsersError;
use super::report::{Form, Report};
use super::{table, text};
use crate::account::Policy;
use crate::account::administration::{self as accounts, Administration, Invitation, UserReference};
use crate::cli::serve::DEFAULT_LISTEN;
use crate::clock::SystemClock;
use crate::random::SystemRandom;
use crate::service::ServerSecret;
use crate::store::profiles::Filter;
use crate::store::{DatabaseUrl, Options, Profile, Store};

/// Runs a command. It applies no migration.
///
/// # Errors
/// Says why the command changed nothing.
pub async fn run(action: UsersAction, options: Options) -> Result<Report, UsersError> {
    let CommonArgs { json, database, public, secret_file, .. } = action.common();
    let public_url = public.url(DEFAULT_LISTEN);
    let form = if *json { Form::Json(&public_url) } else { Form::Table(table::width(stdout())) };
    let secret = secret(secret_file)?;
    let store = open(database.url().map_err(UsersError::Config)?, options).await?;
    let admin = Administration {
        store: store.clone(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        policy: policy(&action),
        secret,
    };
    let done = perform(&admin, form, action).await;
    store.close().await?;
    done
}

/// The rules for accounts that the flags of a command set.
fn policy(action: &UsersAction) -> Policy {
    let default = Policy::default();
    let deletion_grace = match action {
        UsersAction::Delete { grace, .. } => grace.deletion_grace,
        _ => default.deletion_grace,
    };
    let session_idle_timeout = action.common().idle.session_idle_timeout;
    Policy { session_idle_timeout, deletion_grace, ..default }
}

/// The server secret, if its file is there.
fn secret(path: &Path) -> Result<Option<ServerSecret>, UsersError> {
    if !path.exists() {
        return Ok(None);
    }
    let secret = ServerSecret::open(path, &SystemRandom);
    secret.map(Some).map_err(|error| UsersError::Config(error.to_string()))
}

async fn open(url: DatabaseUrl, options: Options) -> Result<Store, UsersError> {
    if let DatabaseUrl::Sqlite(path) = &url
        && !Path::new(path).exists()
    {
        return Err(UsersError::NoDatabase(url));
    }
    let store = Store::connect(&url, options).await?;
    let migrations = store.migration_status().await?;
    let is_ready = migrations.iter().all(|(_, applied)| *applied);
    if is_ready { Ok(store) } else { Err(UsersError::Schema(url)) }
}

async fn perform(
    admin: &Administration,
    form: Form<'_>,
    action: UsersAction,
) -> Result<Report, UsersError> {
    match action {
        UsersAction::List { status, limit, after, .. } => {
            let page = accounts::list(admin, Filter { status, after }, limit).await?;
            Ok(form.page(&page))
        }
        UsersAction::Show(target) => {
            let profile = accounts::find(admin, &target.user).await?;
            let emails = accounts::list_emails(admin, profile.user.id).await?;
            Ok(form.user(&profile, emails))
        }
        UsersAction::Invite { email, name, locale, .. } => {
            let invitation = Invitation { email, name, locale };
            let invited = accounts::invite(admin, invitation).await?;
            let what = if invited.again { "is invited again" } else { "is invited" };
            let what = format!("{what}: a server on this database sends the mail");
            Ok(form.outcome(&invited.profile, &what))
        }
        UsersAction::Ban(target) => {
            let user_id = accounts::find(admin, &target.user).await?.user.id;
            let banned = accounts::ban(admin, user_id).await?;
            let what = if banned.changed { "is banned" } else { "is banned already" };
            Ok(form.outcome(&banned.profile, &with_ended(what, banned.ended)))
        }
        UsersAction::Unban(target) => {
            let user_id = accounts::find(admin, &target.user).await?.user.id;
            let unbanned = accounts::unban(admin, user_id).await?;
            let what = if unbanned.changed { "is not banned any more" } else { "is not banned" };
            let what = format!("{what}, but {}", text::status(&unbanned.profile));
            Ok(form.outcome(&unbanned.profile, &what))
        }
        UsersAction::Delete { yes, target, .. } => {
            let profile = accounts::find(admin, &target.user).await?;
            if !yes {
                ask_to_delete(&profile)?;
            }
            let deleted = accounts::delete(admin, profile.user.id).await?;
            let what = if deleted.changed { "is deleted" } else { "is deleted already" };
            Ok(form.outcome(&deleted.profile, &with_ended(what, deleted.ended)))
        }
        UsersAction::Sessions { end, end_all, target } => {
            sessions(admin, form, &target.user, end, end_all).await
        }
    }
}

async fn sessions(
    admin: &Administration,
    form: Form<'_>,
    user: &UserReference,
    end: Option<Uuid>,
    end_all: bool,
) -> Result<Report, UsersError> {
    let profile = accounts::find(admin, user).await?;
    let user_id = profile.user.id;
    let ended = match end {
        Some(session_id) => {
            accounts::end_session(admin, user_id, session_id).await?;
            Some(1)
        }
        None if end_all => Some(accounts::end_sessions(admin, user_id).await?),
        None => None,
    };
    let left = accounts::list_sessions(admin, user_id).await?;
    Ok(match (form, ended) {
        (Form::Table(_), Some(ended)) => {
            let what = format!("has {} left", text::sessions(left.len()));
            form.outcome(&profile, &with_ended(&what, ended))
        }
        _ => form.sessions(left),
    })
}

fn with_ended(what: &str, count: usize) -> String {
    format!("{what}; {} ended", text::sessions(count))
}

fn ask_to_delete(profile: &Profile) -> Result<(), UsersError> {
    if !(stdin().is_terminal() && stderr().is_terminal()) {
        return Err(UsersError::NoTerminal(profile.user.id));
    }
    let question = format!("Delete {}?", text::name(profile));
    match confirm(&question, stdin().lock(), stderr())? {
        true => Ok(()),
        false => Err(UsersError::Declined),
    }
}
