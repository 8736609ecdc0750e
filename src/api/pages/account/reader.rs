//! The person who reads the account page: their session and their language.

use poem::Request;
use poem::http::header::ACCEPT_LANGUAGE;

use crate::account::profile;
use crate::api::extract::{ApiContext, auth};
use crate::api::schema::Representation;
use crate::language;
use crate::value::TextValue as _;

/// The session of a reader.
pub(super) enum Reader {
    /// Nobody is logged in.
    Guest,
    /// The user of the session.
    Member(Representation),
    /// The service can't tell now. The page will ask again.
    Unknown,
}

/// Finds out who reads the page, and in which language: that of the user's locale, otherwise the one
/// that the browser prefers.
pub(super) async fn reader_of(request: &Request, context: &ApiContext) -> (Reader, &'static str) {
    let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let of_browser = header.map_or(language::DEFAULT, language::accepted);
    let Ok(credential) = auth::credential(request, &context.public_url) else {
        return (Reader::Guest, of_browser);
    };
    match profile::read(context, credential.token.hash()).await {
        Ok(Some(reading)) => {
            let locale = reading.profile.user.locale.as_ref();
            let user = Representation::of(&context.public_url, &reading.profile);
            let of_user = locale.map(|locale| language::best_for(Some(locale.as_str())));
            (Reader::Member(user), of_user.unwrap_or(of_browser))
        }
        Ok(None) => (Reader::Guest, of_browser),
        Err(error) => {
            tracing::warn!(%error, "the user of the account page can't be read");
            (Reader::Unknown, of_browser)
        }
    }
}
