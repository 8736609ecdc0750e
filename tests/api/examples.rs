//! The named examples of request bodies, as a person tries them out.

use std::collections::BTreeSet;

use current_user::api::Document;
use reqwest::Method;
use serde_json::Value;

use crate::support::{Reply, TestApp, apply, every_database, operations};

/// Every example in an order that works, with the status and the code of its reply. The tokens,
/// codes and ids in them are made up.
const WALK: [(&str, &str, u16, &str); 25] = [
    ("signUp", "complete", 201, ""),
    ("signUp", "minimal", 201, ""),
    ("logIn", "ada", 200, ""),
    ("updateMe", "change", 200, ""),
    ("updateMe", "clear", 200, ""),
    ("updateMe", "link_avatar", 200, ""),
    ("updateMe", "refused", 422, "validation_failed"),
    ("reauthenticate", "ada", 200, ""),
    ("reauthenticateWithCookie", "ada", 204, ""),
    ("logInWithCookie", "shared", 200, ""),
    ("logInWithCookie", "kept", 200, ""),
    ("checkOneTimeToken", "verify", 200, ""),
    ("addEmail", "second", 201, ""),
    ("verifyEmail", "verify", 422, "invalid_one_time_token"),
    ("refuseEmailVerification", "refuse", 422, "invalid_one_time_token"),
    ("setDefaultEmail", "choose", 404, "not_found"),
    ("setPhoneNumber", "london", 202, ""),
    ("verifyPhoneNumber", "verify", 422, "wrong_code"),
    ("changePassword", "again", 204, ""),
    ("requestPasswordReset", "ada", 202, ""),
    ("resetPassword", "reset", 422, "invalid_one_time_token"),
    ("restore", "ada", 200, ""),
    ("restoreWithCookie", "shared", 200, ""),
    ("restoreWithCookie", "kept", 200, ""),
    ("changePassword", "change", 204, ""),
];

#[test]
fn every_body_has_named_examples() {
    let mut found = BTreeSet::new();
    for (_, _, operation) in operations() {
        let Some(media) = operation.pointer("/requestBody/content/application~1json") else {
            continue;
        };
        let id = operation["operationId"].as_str().unwrap();
        let examples = media["examples"].as_object();
        for (name, example) in examples.unwrap_or_else(|| panic!("{id} has no examples")) {
            assert!(example["summary"].is_string(), "{id} {name} has no summary");
            found.insert(format!("{id} {name}"));
        }
    }
    let walk = WALK.map(|(id, name, ..)| format!("{id} {name}"));
    assert_eq!(found, BTreeSet::from(walk));
}

#[test]
fn every_example_of_a_body_fits_its_schema() {
    // 3.0 says `nullable`, which the validator does not know: read the 3.1 form.
    let form: Value = yaml_serde::from_str(&Document::new().unwrap().yaml_31).unwrap();
    let paths = form["paths"].as_object().unwrap().values();
    for operation in paths.flat_map(|path| path.as_object().unwrap().values()) {
        let media = operation.pointer("/requestBody/content/application~1json");
        for (name, example) in
            media.and_then(|media| media["examples"].as_object()).into_iter().flatten()
        {
            let mut rules = media.unwrap()["schema"].clone();
            rules["components"] = form["components"].clone();
            let validator = jsonschema::validator_for(&rules).unwrap();
            assert!(validator.is_valid(&example["value"]), "{} {name}", operation["operationId"]);
        }
    }
}

#[apply(every_database)]
async fn every_example_of_a_body_does_what_its_summary_says(app: TestApp) {
    let mut ada = app.anonymous.clone();
    for (id, name, status, code) in WALK {
        match id {
            "restore" | "restoreWithCookie" => drop(ada.delete("/me").await.expect(202)),
            // Only a user with a verified address gets a code.
            "setPhoneNumber" => app.verify("ada@example.com").await,
            _ => {}
        }
        let (method, path, body, summary) = example(id, name);
        let reply = Reply::to(ada.as_page().request(method, &path).json(&body)).await;
        assert_eq!(reply.status, status, "{id} {name}: {}", reply.text);
        if id == "reauthenticate" {
            ada = ada.with_token_of(&reply);
        }
        // A phone number can be verified once its code is sent.
        app.deliver().await;
        match code {
            "" => {}
            "validation_failed" => {
                reply.expect_problem(422, code);
                assert!(summary.contains("Refused with 422"), "{summary}");
            }
            _ => {
                reply.expect_problem(status, code);
                assert!(summary.starts_with("Replace "), "{summary}");
            }
        }
        if ["logIn", "logInWithCookie", "restore", "restoreWithCookie", "reauthenticateWithCookie"]
            .contains(&id)
        {
            ada = app.log_in("ada@example.com").await;
        }
    }
    let (_, path, body, _) = example("logIn", "ada");
    app.anonymous.post(&path, body).await.expect_problem(401, "invalid_credentials");
}

/// The method, the path, the body and the summary of an example.
fn example(id: &str, name: &str) -> (Method, String, Value, String) {
    let operation =
        operations().into_iter().find(|(_, _, operation)| operation["operationId"] == id);
    let (method, path, operation) = operation.unwrap();
    let example = &operation["requestBody"]["content"]["application/json"]["examples"][name];
    let summary = example["summary"].as_str().unwrap().to_owned();
    (method, path, example["value"].clone(), summary)
}
