//! Personal data: the one list of tables with rows that belong to a user. Export and erasure
//! both follow this list.

use entity::{
    avatar, email, event, known_client, one_time_token, outbox, password, phone_verification,
    session, user,
};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{QueryOrder, QuerySelect, QueryTrait, Value};

use super::transaction::{Read, Transaction};

/// The maximum number of rows that are read at once.
const PAGE: u64 = 100;

/// The key of a row. Reading a table continues after it.
#[derive(Clone, Debug)]
pub struct Key(Value);

impl PersonalData {
    /// The maximum number of rows that are read at once. Avatars are read one at a time,
    /// because each comes with its file.
    fn page(self) -> u64 {
        if self == Self::Avatars { 1 } else { PAGE }
    }
}

/// Generates, from the list of tables, the code that names, reads and erases them. So a table
/// that is exported is also erased.
macro_rules! personal_data {
    ($($(#[$doc:meta])* $variant:ident $name:literal: $table:ident by $key:ident, $owner:expr;)+) => {
        /// A table with rows that belong to a user.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum PersonalData {
            $($(#[$doc])* $variant,)+
        }

        /// A row that belongs to a user.
        #[derive(Clone, Debug)]
        pub enum Row {
            $($(#[$doc])* $variant($table::Model),)+
        }

        impl PersonalData {
            /// All tables. A row refers only to rows of earlier tables.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The name of the table in exports and receipts.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The name of the table in the database.
            #[must_use]
            pub fn table(self) -> &'static str {
                match self {
                    $(Self::$variant => $table::Entity.table_name(),)+
                }
            }
        }

        impl Row {
            /// The key of the row.
            #[must_use]
            pub fn key(&self) -> Key {
                match self {
                    $(Self::$variant(row) => Key(row.get($table::Column::$key)),)+
                }
            }
        }

        /// The next page of the user's rows of a table, after the row with this key. Empty
        /// only if there are no more rows.
        pub(crate) async fn read(
            db: &impl Read,
            user_id: Uuid,
            table: PersonalData,
            after: Option<Key>,
        ) -> Result<Vec<Row>, DbErr> {
            let max = table.page();
            match table {
                $(PersonalData::$variant => {
                    let (owner, key) = ($owner(user_id), $table::Column::$key);
                    let rows = page::<$table::Entity>(db, owner, key, after, max).await?;
                    Ok(rows.into_iter().map(Row::$variant).collect())
                })+
            }
        }

        /// Deletes the user's rows of a table. Returns how many were deleted.
        pub(crate) async fn erase(
            txn: &Transaction,
            user_id: Uuid,
            table: PersonalData,
        ) -> Result<u64, DbErr> {
            let db = txn.write(user_id).await?;
            let erased = match table {
                $(PersonalData::$variant => {
                    $table::Entity::delete_many().filter($owner(user_id)).exec(db).await?
                })+
            };
            Ok(erased.rows_affected)
        }
    };
}

personal_data! {
    /// The user's own row.
    User "user": user by Id, |id| all(user::Column::Id.eq(id));
    /// The password.
    Password "password": password by UserId, |id| all(password::Column::UserId.eq(id));
    /// Email addresses.
    Emails "emails": email by Id, |id| all(email::Column::UserId.eq(id));
    /// Phone numbers to be verified.
    PhoneVerifications "phoneVerifications":
        phone_verification by Id, |id| all(phone_verification::Column::UserId.eq(id));
    /// Sessions.
    Sessions "sessions": session by Id, |id| all(session::Column::UserId.eq(id));
    /// Clients from which the account was opened.
    KnownClients "knownClients":
        known_client by Id, |id| all(known_client::Column::UserId.eq(id));
    /// Tokens that were mailed.
    OneTimeTokens "oneTimeTokens":
        one_time_token by Id, |id| all(one_time_token::Column::UserId.eq(id));
    /// Messages that wait to be sent.
    Messages "messages": outbox by Id, messages_of;
    /// Avatars.
    Avatars "avatars": avatar by File, |id| all(avatar::Column::UserId.eq(id));
    /// Events.
    Events "events": event by Id, |id| all(event::Column::UserId.eq(id));
}

fn all(condition: Expr) -> Condition {
    Condition::all().add(condition)
}

/// A message that names no user yet belongs to the user who has verified its address.
fn messages_of(user_id: Uuid) -> Condition {
    let verified = email::Entity::find()
        .select_only()
        .column(email::Column::Normalized)
        .filter(email::Column::UserId.eq(user_id))
        .filter(email::Column::VerifiedAt.is_not_null())
        .into_query();
    let names_nobody =
        all(outbox::Column::UserId.is_null()).add(outbox::Column::Normalized.in_subquery(verified));
    Condition::any().add(outbox::Column::UserId.eq(user_id)).add(names_nobody)
}

async fn page<E: EntityTrait>(
    db: &impl Read,
    owner: Condition,
    key: E::Column,
    after: Option<Key>,
    max: u64,
) -> Result<Vec<E::Model>, DbErr> {
    E::find()
        .filter(owner)
        .apply_if(after, |rows, Key(after)| rows.filter(key.gt(after)))
        .order_by_asc(key)
        .limit(max)
        .all(db.connection().await?)
        .await
}
