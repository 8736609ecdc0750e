//! The queries, one file per table. A query of one user's rows takes the user's id, so code
//! that omits it does not compile. Rules about accounts live elsewhere.

use sea_orm::entity::prelude::*;
use sea_orm::{DatabaseTransaction, IntoActiveModel};

pub mod avatars;
pub mod emails;
pub mod erasures;
pub mod events;
pub mod one_time_tokens;
pub mod outbox;
pub mod passwords;
pub mod phone_verifications;
pub mod profiles;
pub mod sessions;
pub mod users;

/// Inserts a row. `db` is the connection that the transaction returned for this write.
async fn insert_row<M, A>(db: &DatabaseTransaction, row: M) -> Result<(), DbErr>
where
    M: ModelTrait + IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = M::Entity>,
{
    M::Entity::insert(row.into_active_model()).exec_without_returning(db).await?;
    Ok(())
}
