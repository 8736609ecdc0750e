//! The tables with personal data, which the product lists in one place.

use current_user::store::personal_data::PersonalData;

/// A table with rows that belong to users.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PersonalTable {
    /// The name in exports and in receipts.
    pub(crate) name: &'static str,
    /// The name in the database.
    pub(crate) table: &'static str,
}

impl PersonalTable {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        PersonalData::ALL.iter().map(|one| Self { name: one.name(), table: one.table() })
    }

    /// The column with the id of the user.
    pub(crate) fn owner(self) -> &'static str {
        if self.table == "users" { "id" } else { "user_id" }
    }
}
