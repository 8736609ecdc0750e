//! The `emails` table.

use entity::email;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

/// Adds an address. `false`: someone has it already.
pub(crate) async fn insert(txn: &impl ConnectionTrait, email: email::Model) -> Result<bool, DbErr> {
    let on_taken = OnConflict::column(email::Column::Normalized).do_nothing().to_owned();
    let inserted = email::Entity::insert(email.into_active_model())
        .on_conflict(on_taken)
        .exec_without_returning(txn)
        .await?;
    Ok(inserted > 0)
}
