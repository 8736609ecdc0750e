//! Links (OpenAPI): from a reply to the requests that can follow it.

use utoipa::openapi::RefOr;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::Operation;

struct Follows {
    operation: &'static str,
    next: &'static str,
    description: &'static str,
    /// A parameter of the next operation, and the place of its value in the reply.
    parameter: Option<(&'static str, &'static str)>,
}

/// A link from the login to an operation that needs its token. OpenAPI cannot express that the
/// token is passed on.
const fn with_token(next: &'static str) -> Follows {
    Follows {
        operation: "logIn",
        next,
        description: "Send the token in `Authorization`.",
        parameter: None,
    }
}

const LINKS: [Follows; 27] = [
    Follows {
        operation: "signUp",
        next: "logIn",
        // OpenAPI allows the body as a value here, but openapi-generator accepts only a text.
        description: "Log in with the email address and the password of the sign-up.",
        parameter: None,
    },
    with_token("getMe"),
    with_token("updateMe"),
    with_token("putAvatar"),
    with_token("deleteAvatar"),
    with_token("listSessions"),
    with_token("revokeOtherSessions"),
    with_token("changePassword"),
    with_token("reauthenticate"),
    with_token("listRecoveryTokens"),
    with_token("listEmails"),
    with_token("addEmail"),
    with_token("setPhoneNumber"),
    with_token("verifyPhoneNumber"),
    with_token("deletePhoneNumber"),
    with_token("listEvents"),
    with_token("exportMe"),
    with_token("logOut"),
    with_token("deleteMe"),
    Follows {
        operation: "listSessions",
        next: "revokeSession",
        description: "End the newest of the sessions.",
        parameter: Some(("sessionId", "$response.body#/0/id")),
    },
    Follows {
        operation: "listRecoveryTokens",
        next: "revokeRecoveryToken",
        description: "Revoke the newest of the tokens.",
        parameter: Some(("recoveryTokenId", "$response.body#/0/id")),
    },
    Follows {
        operation: "listEmails",
        next: "sendEmailVerification",
        description: "Mail a token that verifies the oldest of the addresses.",
        parameter: Some(("emailId", "$response.body#/0/id")),
    },
    Follows {
        operation: "addEmail",
        next: "deleteEmail",
        description: "Remove the address again.",
        parameter: Some(("emailId", "$response.body#/id")),
    },
    Follows {
        operation: "verifyEmail",
        next: "getMe",
        description: "See that the user is active.",
        parameter: None,
    },
    Follows {
        operation: "getMe",
        next: "updateMe",
        description: "Change the profile only if nobody else has changed it since.",
        parameter: Some(("If-Match", "$response.header.ETag")),
    },
    Follows {
        operation: "updateMe",
        next: "getMe",
        description: "Get the profile again only if it has changed.",
        parameter: Some(("If-None-Match", "$response.header.ETag")),
    },
    Follows {
        operation: "putAvatar",
        next: "getMe",
        description: "Get the profile again only if it has changed.",
        parameter: Some(("If-None-Match", "$response.header.ETag")),
    },
];

/// Adds the links that start at `operation` to its reply on success. A link has the name of the
/// operation that it leads to.
pub(super) fn add_links(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    for link in LINKS.iter().filter(|link| link.operation == id) {
        let mut built = LinkBuilder::new().operation_id(link.next).description(link.description);
        if let Some((name, value)) = link.parameter {
            built = built.parameter(name, value);
        }
        let mut responses = operation.responses.responses.iter_mut();
        let success = responses.find(|(status, _)| status.starts_with('2'));
        if let Some((_, RefOr::T(response))) = success {
            response.links.insert(pascal_case(link.next), RefOr::T(built.build()));
        }
    }
}

fn pascal_case(operation_id: &str) -> String {
    let (first, rest) = operation_id.split_at(1);
    first.to_uppercase() + rest
}
