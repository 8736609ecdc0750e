//! The requests that many tests send.

use reqwest::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};

use super::client::Client;
use super::reply::Reply;

/// The password of every user of a test.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// Sign up, log in and log out.
impl Client {
    /// Signs up, or is refused.
    pub(crate) async fn try_sign_up(&self, email: &str) -> Reply {
        let body = json!({ "email": email, "password": PASSWORD, "name": "Ada" });
        self.post("/signup", body).await
    }

    pub(crate) async fn sign_up(&self, email: &str) {
        self.try_sign_up(email).await.expect(201);
    }

    /// Logs in, or is refused.
    pub(crate) async fn try_log_in(&self, email: &str, password: &str) -> Reply {
        self.post("/login", json!({ "email": email, "password": password })).await
    }

    pub(crate) async fn log_in_with(&self, email: &str, password: &str) -> Self {
        let reply = self.try_log_in(email, password).await.expect(200);
        self.with_token_of(&reply)
    }

    pub(crate) async fn log_in(&self, email: &str) -> Self {
        self.log_in_with(email, PASSWORD).await
    }

    pub(crate) async fn sign_up_and_log_in(&self, email: &str) -> Self {
        self.sign_up(email).await;
        self.log_in(email).await
    }

    pub(crate) async fn log_out(&self) -> Reply {
        Reply::to(self.request(Method::POST, "/logout")).await
    }

    /// A client with the token that a reply to `/login`, `/restore` or `/me/reauthentication` carries.
    pub(crate) fn with_token_of(&self, reply: &Reply) -> Self {
        self.with_token(reply.json()["token"].as_str().unwrap())
    }
}

/// Passwords.
impl Client {
    pub(crate) async fn change_password(&self, current: &str, new: &str) -> Reply {
        let body = json!({ "currentPassword": current, "newPassword": new });
        self.put("/me/password", body).await
    }

    pub(crate) async fn reauthenticate(&self, password: &str) -> Reply {
        self.post("/me/reauthentication", json!({ "password": password })).await
    }

    /// The client with the new token of its session, which re-authentication returns.
    pub(crate) async fn reauthenticated(&self) -> Self {
        let reply = self.reauthenticate(PASSWORD).await.expect(200);
        self.with_token_of(&reply)
    }

    pub(crate) async fn request_password_reset(&self, email: &str) -> Reply {
        self.post("/password-resets", json!({ "email": email })).await
    }

    pub(crate) async fn confirm_password_reset(&self, token: &str, new_password: &str) -> Reply {
        let body = json!({ "token": token, "newPassword": new_password });
        self.post("/password-resets/confirm", body).await
    }
}

/// Addresses, phone number, avatar and deletion.
impl Client {
    pub(crate) async fn add_email(&self, email: &str) -> Reply {
        self.post("/me/emails", json!({ "email": email })).await
    }

    /// Verifies an address with the token that was mailed to it.
    pub(crate) async fn verify_email(&self, token: &str) -> Reply {
        self.post("/email-verifications", json!({ "token": token })).await
    }

    /// Refuses to verify an address, with the token that was mailed to it.
    pub(crate) async fn refuse_email(&self, token: &str) -> Reply {
        self.post("/email-verifications/refusals", json!({ "token": token })).await
    }

    /// Makes one of the user's addresses the default. `email` is an entry of `/me/emails`.
    pub(crate) async fn set_default_email(&self, email: &Value) -> Reply {
        self.put("/me/default-email", json!({ "emailId": email["id"] })).await
    }

    /// Removes one of the user's addresses. `email` is an entry of `/me/emails`.
    pub(crate) async fn remove_email(&self, email: &Value) -> Reply {
        self.delete(&format!("/me/emails/{}", email["id"].as_str().unwrap())).await
    }

    pub(crate) async fn set_phone_number(&self, phone_number: &str) -> Reply {
        self.put("/me/phone-number", json!({ "phoneNumber": phone_number })).await
    }

    /// Verifies the phone number with the code that was sent to it.
    pub(crate) async fn verify_phone_number(&self, code: &str) -> Reply {
        self.post("/me/phone-number/verification", json!({ "code": code })).await
    }

    /// Uploads an image as the user's avatar.
    pub(crate) async fn upload(&self, image: &[u8]) -> Reply {
        let request = self.request(Method::PUT, "/me/avatar");
        let request = request.header(CONTENT_TYPE, "application/octet-stream");
        Reply::to(request.body(image.to_vec())).await
    }

    /// Restores an account that was deleted.
    pub(crate) async fn restore(&self, email: &str, password: &str) -> Reply {
        self.post("/restore", json!({ "email": email, "password": password })).await
    }
}
