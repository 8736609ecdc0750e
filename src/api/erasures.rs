//! `/erasures`: what becomes, or became, of accounts that were deleted.

use std::fmt::Display;
use std::sync::Arc;

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use super::Tag;
use super::problem::{Answer, codes};
use crate::account::Context;
use crate::account::leaving::{self, Receipt};
use crate::api::schema::timestamp::Timestamp;
use crate::store::personal_data::PersonalData;

/// The path of the receipt with this ID. With an empty ID, it is the beginning of the
/// paths of all receipts.
pub fn receipt_path(id: impl Display) -> String {
    format!("/erasures/{id}")
}

/// Receipts of erasures.
#[derive(Default)]
pub(crate) struct ErasuresApi;

/// Whether an account was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum ErasureStatus {
    /// It will be.
    Scheduled,
    /// It was.
    Erased,
}

/// What was erased of one kind.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct ErasedTable {
    /// The kind, named as in an export.
    #[oai(validator(max_length = 64, pattern = "^[a-zA-Z]+$"))]
    table: String,
    /// How many there were.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    rows: i64,
}

/// What becomes, or became, of an account that was deleted. It says nothing of whose
/// it was.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct Erasure {
    /// ID of the receipt: random, and known to whoever deleted the account.
    id: Uuid,
    /// Whether the account was erased.
    status: ErasureStatus,
    /// When the account was deleted.
    requested_at: Timestamp,
    /// Until when it can be restored; from then on it is erased.
    scheduled_for: Timestamp,
    /// When nothing was left of it.
    erased_at: Option<Timestamp>,
    /// What was erased.
    erased: Option<Vec<ErasedTable>>,
}

impl From<Receipt> for Erasure {
    fn from(receipt: Receipt) -> Self {
        let Receipt { id, requested_at, erase_at, erased } = receipt;
        let status = match erased {
            Some(_) => ErasureStatus::Erased,
            None => ErasureStatus::Scheduled,
        };
        let (erased_at, counts) = erased.map(|erased| (erased.at, erased.counts)).unzip();
        let table = |(table, rows): (PersonalData, u64)| ErasedTable {
            table: table.name().to_owned(),
            rows: i64::try_from(rows).unwrap_or(i64::MAX),
        };
        Self {
            id,
            status,
            requested_at: requested_at.into(),
            scheduled_for: erase_at.into(),
            erased_at: erased_at.map(Timestamp::from),
            erased: counts.map(|counts| counts.into_iter().map(table).collect()),
        }
    }
}

impl Example for ErasedTable {
    fn example() -> Self {
        Self { table: PersonalData::Emails.name().to_owned(), rows: 2 }
    }
}

impl Example for Erasure {
    fn example() -> Self {
        Self {
            id: Uuid::from_u128(0x5d0f_3a7e_91c4_4b26_8e0d_f27b_a64c_1339),
            status: ErasureStatus::Erased,
            requested_at: Timestamp::example(),
            scheduled_for: Timestamp::example(),
            erased_at: Some(Timestamp::example()),
            erased: Some(vec![ErasedTable::example()]),
        }
    }
}

#[derive(ApiResponse)]
enum Erasures {
    /// The receipt.
    #[oai(status = 200)]
    Ok(Json<Erasure>),
}

codes!(GetCodes: NotFound);

#[OpenApi(tag = "Tag::Leaving")]
impl ErasuresApi {
    /// Get erasure receipt
    ///
    /// Tells what becomes of a deleted account, or what was erased and when, to whoever
    /// knows the id: deleting the account returned it, and the notice has it. Of an account
    /// that was restored there is none.
    #[oai(path = "/erasures/:receiptId", method = "get", operation_id = "getErasure")]
    async fn get(
        &self,
        context: Data<&Arc<Context>>,
        /// ID of the receipt.
        #[oai(name = "receiptId")]
        receipt_id: Path<Uuid>,
    ) -> Answer<Erasures, GetCodes> {
        let receipt = leaving::receipt(&context, receipt_id.0).await?;
        Ok(Erasures::Ok(Json(receipt.into())))
    }
}
