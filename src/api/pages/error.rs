//! Why a page can't be made.

/// A page can't be made. This is a bug in the program, which a test finds first.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// A template can't be rendered.
    #[error(transparent)]
    Template(#[from] minijinja::Error),
    /// A file is not as the page needs it.
    #[error("{0} can't be used: {1}")]
    File(String, String),
}
