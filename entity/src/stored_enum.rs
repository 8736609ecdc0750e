//! Enums that are stored as text.

use sea_orm::{ActiveEnum, Iterable};

/// An enum whose values are stored by their names.
pub trait StoredEnum: Sized + Send + Sync + 'static {
    /// All values, in the order of their definition.
    fn values() -> Vec<Self>;

    /// The name of the value in the database, in the document and on the command line.
    fn text(&self) -> String;

    /// The value with this name.
    fn from_text(text: &str) -> Option<Self>;
}

impl<T: ActiveEnum<Value = String> + Iterable + Send + Sync + 'static> StoredEnum for T {
    fn values() -> Vec<Self> {
        Self::iter().collect()
    }

    fn text(&self) -> String {
        self.to_value()
    }

    fn from_text(text: &str) -> Option<Self> {
        Self::try_from_value(&text.to_owned()).ok()
    }
}
