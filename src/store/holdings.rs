//! What is held of a user: the one list of tables, by which everything is exported and
//! everything is erased.

use entity::{
    avatar, email, event, one_time_token, outbox, password, phone_verification, session, user,
};
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::{Condition, Expr};
use sea_orm::{QueryOrder, QuerySelect, QueryTrait, Value};

use super::transaction::{Read, Transaction};

/// Most rows that are read at once.
const PAGE: u64 = 100;

impl Holding {
    /// Most of its rows that are read at once. A picture comes with its file.
    fn page(self) -> u64 {
        if self == Self::Avatars { 1 } else { PAGE }
    }
}

/// Makes of the list of tables what names, reads and erases them. A table is in all of
/// it or in nothing.
macro_rules! holdings {
    ($($(#[$doc:meta])* $holding:ident $name:literal: $table:ident by $key:ident, $owner:expr;)+) => {
        /// A table with rows that belong to a user.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Holding {
            $($(#[$doc])* $holding,)+
        }

        /// A row that belongs to a user.
        #[derive(Clone, Debug)]
        pub enum Row {
            $($(#[$doc])* $holding($table::Model),)+
        }

        impl Holding {
            /// All tables. A row refers to rows of tables before its own only.
            pub const ALL: &[Self] = &[$(Self::$holding),+];

            /// What the table is called to the outside.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$holding => $name,)+
                }
            }

            /// What the database calls it.
            #[must_use]
            pub fn table(self) -> &'static str {
                match self {
                    $(Self::$holding => $table::Entity.table_name(),)+
                }
            }
        }

        impl Row {
            /// Where the rows of the same table go on.
            #[must_use]
            pub fn key(&self) -> Value {
                match self {
                    $(Self::$holding(row) => row.get($table::Column::$key),)+
                }
            }
        }

        /// The user's rows of a table after the one with this key; not all of them, but
        /// some if there are any.
        pub(crate) async fn read(
            db: &impl Read,
            user_id: Uuid,
            holding: Holding,
            after: Option<Value>,
        ) -> Result<Vec<Row>, DbErr> {
            match holding {
                $(Holding::$holding => {
                    let key = $table::Column::$key;
                    let rows = page::<$table::Entity>(db, $owner(user_id), key, after, holding.page()).await?;
                    Ok(rows.into_iter().map(Row::$holding).collect())
                })+
            }
        }

        /// Deletes the user's rows of a table. Returns how many.
        pub(crate) async fn erase(
            txn: &Transaction,
            user_id: Uuid,
            holding: Holding,
        ) -> Result<u64, DbErr> {
            let db = txn.write(user_id).await?;
            let erased = match holding {
                $(Holding::$holding => {
                    $table::Entity::delete_many().filter($owner(user_id)).exec(db).await?
                })+
            };
            Ok(erased.rows_affected)
        }
    };
}

holdings! {
    /// The user's own row.
    User "user": user by Id, |id| all(user::Column::Id.eq(id));
    /// The password.
    Password "password": password by UserId, |id| all(password::Column::UserId.eq(id));
    /// Addresses.
    Emails "emails": email by Id, |id| all(email::Column::UserId.eq(id));
    /// Numbers that were to be proved.
    PhoneVerifications "phoneVerifications":
        phone_verification by Id, |id| all(phone_verification::Column::UserId.eq(id));
    /// Logins.
    Sessions "sessions": session by Id, |id| all(session::Column::UserId.eq(id));
    /// Tokens that were mailed.
    OneTimeTokens "oneTimeTokens":
        one_time_token by Id, |id| all(one_time_token::Column::UserId.eq(id));
    /// Messages that wait to be sent.
    Messages "messages": outbox by Id, messages_of;
    /// Pictures.
    Avatars "avatars": avatar by File, |id| all(avatar::Column::UserId.eq(id));
    /// What happened.
    Events "events": event by Id, |id| all(event::Column::UserId.eq(id));
}

fn all(condition: Expr) -> Condition {
    Condition::all().add(condition)
}

/// Messages that name nobody yet are the user's if they go to an address that is.
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
    after: Option<Value>,
    most: u64,
) -> Result<Vec<E::Model>, DbErr> {
    E::find()
        .filter(owner)
        .apply_if(after, |rows, after| rows.filter(key.gt(after)))
        .order_by_asc(key)
        .limit(most)
        .all(db.connection().await?)
        .await
}
