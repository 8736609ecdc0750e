//! `/erasures`: the receipts of deletions, which tell about the erasure.

use std::fmt::Display;

use poem_openapi::param::Path;
use poem_openapi::types::Example;
use poem_openapi::{ApiResponse, Enum, Object, OpenApi};
use uuid::Uuid;

use crate::account::leaving::{self, Receipt};
use crate::api::contract::{ApiResult, Tag, codes};
use crate::api::extract::ApiContext;
use crate::api::schema::{Json, Timestamp};
use crate::store::personal_data::PersonalData;

/// The path of the receipt with this id. With an empty id, it is the common prefix of the paths of
/// all receipts.
pub fn receipt_path(id: impl Display) -> String {
    format!("/erasures/{id}")
}

/// Receipts of erasures.
#[derive(Default)]
pub(crate) struct ErasuresApi;

/// Whether the data of a deleted account is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
enum ErasureStatus {
    /// The data is not erased yet.
    Scheduled,
    /// The data is erased.
    Erased,
}

/// The number of erased records of one kind.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", example)]
struct ErasedTable {
    /// The kind of records, named as in an export.
    #[oai(validator(max_length = 64, pattern = "^[a-zA-Z]+$"))]
    table: String,
    /// The number of records that were erased.
    #[oai(validator(minimum(value = "0"), maximum(value = "9007199254740991")))]
    rows: i64,
}

/// The receipt of an erasure. It says when the account will be or was erased, and does not name the
/// user.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase", skip_serializing_if_is_none, example)]
struct Erasure {
    /// The id of the receipt. It is random, and only the user who deleted the account gets it.
    id: Uuid,
    /// Whether the data is erased.
    status: ErasureStatus,
    /// The time at which the account was deleted.
    requested_at: Timestamp,
    /// The deadline for restoring the account. The erasure starts after it.
    scheduled_for: Timestamp,
    /// The time at which the erasure was complete. It is absent before.
    erased_at: Option<Timestamp>,
    /// The number of erased records, by kind. It is absent before the erasure.
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
    /// Returns the receipt of an erasure. It says when the account will be erased, or what was
    /// erased and when. The reply to `DELETE /me` and the notice contain the id of the receipt, and
    /// nothing else is needed to read it. A restored account has no receipt.
    #[oai(path = "/erasures/:receiptId", method = "get", operation_id = "getErasure")]
    async fn get(
        &self,
        context: &ApiContext,
        /// The id of the receipt.
        #[oai(name = "receiptId")]
        receipt_id: Path<Uuid>,
    ) -> ApiResult<Erasures, GetCodes> {
        let receipt = leaving::receipt(context, receipt_id.0).await?;
        Ok(Erasures::Ok(Json(receipt.into())))
    }
}
