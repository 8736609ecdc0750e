//! Links (OpenAPI): from a reply to the requests that can follow it.

use utoipa::openapi::RefOr;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::Operation;

struct Follows {
    operation: &'static str,
    status: &'static str,
    name: &'static str,
    next: &'static str,
    description: &'static str,
    /// A parameter of the next operation, and the place of its value in the reply.
    parameter: Option<(&'static str, &'static str)>,
}

/// A link from the login to an operation that needs its token. OpenAPI cannot express that the
/// token is passed on.
const fn with_token(name: &'static str, next: &'static str) -> Follows {
    Follows {
        operation: "logIn",
        status: "200",
        name,
        next,
        description: "Send the token in `Authorization`.",
        parameter: None,
    }
}

const LINKS: [Follows; 24] = [
    Follows {
        operation: "signUp",
        status: "201",
        name: "LogIn",
        next: "logIn",
        // OpenAPI allows the body as a value here, but openapi-generator accepts only a text.
        description: "Log in with the email address and the password of the sign-up.",
        parameter: None,
    },
    with_token("GetMe", "getMe"),
    with_token("UpdateMe", "updateMe"),
    with_token("PutAvatar", "putAvatar"),
    with_token("DeleteAvatar", "deleteAvatar"),
    with_token("ListSessions", "listSessions"),
    with_token("RevokeOtherSessions", "revokeOtherSessions"),
    with_token("ChangePassword", "changePassword"),
    with_token("Reauthenticate", "reauthenticate"),
    with_token("ListEmails", "listEmails"),
    with_token("AddEmail", "addEmail"),
    with_token("SetPhoneNumber", "setPhoneNumber"),
    with_token("VerifyPhoneNumber", "verifyPhoneNumber"),
    with_token("DeletePhoneNumber", "deletePhoneNumber"),
    with_token("ListEvents", "listEvents"),
    with_token("ExportMe", "exportMe"),
    with_token("LogOut", "logOut"),
    with_token("DeleteMe", "deleteMe"),
    Follows {
        operation: "listSessions",
        status: "200",
        name: "RevokeSession",
        next: "revokeSession",
        description: "End the newest of the sessions.",
        parameter: Some(("sessionId", "$response.body#/0/id")),
    },
    Follows {
        operation: "listEmails",
        status: "200",
        name: "SendEmailVerification",
        next: "sendEmailVerification",
        description: "Mail a token that verifies the oldest of the addresses.",
        parameter: Some(("emailId", "$response.body#/0/id")),
    },
    Follows {
        operation: "addEmail",
        status: "201",
        name: "DeleteEmail",
        next: "deleteEmail",
        description: "Remove the address again.",
        parameter: Some(("emailId", "$response.body#/id")),
    },
    Follows {
        operation: "getMe",
        status: "200",
        name: "UpdateMe",
        next: "updateMe",
        description: "Change the profile only if nobody else has changed it since.",
        parameter: Some(("If-Match", "$response.header.ETag")),
    },
    Follows {
        operation: "updateMe",
        status: "200",
        name: "GetMe",
        next: "getMe",
        description: "Get the profile again only if it has changed.",
        parameter: Some(("If-None-Match", "$response.header.ETag")),
    },
    Follows {
        operation: "putAvatar",
        status: "200",
        name: "GetMe",
        next: "getMe",
        description: "Get the profile again only if it has changed.",
        parameter: Some(("If-None-Match", "$response.header.ETag")),
    },
];

/// Adds the links that start at `operation`.
pub(super) fn add_links(operation: &mut Operation) {
    let id = operation.operation_id.clone().unwrap_or_default();
    for link in LINKS.iter().filter(|link| link.operation == id) {
        let mut built = LinkBuilder::new().operation_id(link.next).description(link.description);
        if let Some((name, value)) = link.parameter {
            built = built.parameter(name, value);
        }
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(link.status) {
            response.links.insert(link.name.to_owned(), RefOr::T(built.build()));
        }
    }
}
