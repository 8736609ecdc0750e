//! The `emails` table.

use entity::email;
use sea_orm::IntoActiveModel;
use sea_orm::entity::prelude::*;
use sea_orm::sea_query::OnConflict;

use super::Transaction;

/// Adds an address. `false`: someone has it already.
pub(crate) async fn insert(txn: &Transaction, email: email::Model) -> Result<bool, DbErr> {
    let owner = email.user_id;
    let on_taken = OnConflict::column(email::Column::Normalized).do_nothing().to_owned();
    let inserted = email::Entity::insert(email.into_active_model())
        .on_conflict(on_taken)
        .exec_without_returning(txn.write(owner).await?)
        .await?;
    Ok(inserted > 0)
}
