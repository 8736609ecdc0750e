//! What a message is made of: which texts, and what goes into them.

use minijinja::{Value, context};

use super::Content;
use super::language::{Language, Notice, Request};

/// What a message is made of.
pub(super) struct Parts<'a> {
    pub(super) subject: &'a str,
    /// Its paragraphs.
    pub(super) body: Vec<&'a str>,
    pub(super) way: Option<Way<'a>>,
    pub(super) variables: Value,
}

/// What can be done about a message.
pub(super) struct Way<'a> {
    /// What its page is told to do with the token.
    pub(super) purpose: &'static str,
    pub(super) token: &'a str,
    pub(super) action: &'a str,
    pub(super) validity: &'a str,
}

impl<'a> Parts<'a> {
    /// The texts for `content`, in the language of `texts`.
    pub(super) fn of(content: &'a Content, texts: &'a Language) -> Self {
        let none = context! {};
        match content {
            Content::VerifyEmail { email, token } => {
                Self::request(&texts.verify_email, "verify-email", token, context! { email })
            }
            Content::ResetPassword { token } => {
                Self::request(&texts.reset_password, "reset-password", token, none)
            }
            Content::Invitation { token } => {
                Self::request(&texts.invitation, "invitation", token, none)
            }
            Content::PhoneCode { code } => Self::plain(&texts.phone_code, context! { code }),
            Content::EmailAdded { email, token } => {
                Self::notice(texts, &texts.email_added, token, context! { email })
            }
            Content::EmailRemoved { email, token } => {
                Self::notice(texts, &texts.email_removed, token, context! { email })
            }
            Content::DefaultEmailChanged { email, token } => {
                Self::notice(texts, &texts.default_email_changed, token, context! { email })
            }
            Content::PasswordChanged { token } => {
                Self::notice(texts, &texts.password_changed, token, none)
            }
            Content::PhoneNumberChanged { phone_number, token } => {
                let variables = context! { phone_number };
                Self::notice(texts, &texts.phone_number_changed, token, variables)
            }
            Content::PhoneNumberRemoved { token } => {
                Self::notice(texts, &texts.phone_number_removed, token, none)
            }
            Content::AccountDeleted { restorable_until, receipt, token } => {
                let variables = context! { restorable_until, receipt };
                Self::notice(texts, &texts.account_deleted, token, variables)
            }
            Content::AccountErased { receipt } => {
                Self::plain(&texts.account_erased, context! { receipt })
            }
            Content::AccountRestored { token } => {
                Self::notice(texts, &texts.account_restored, token, none)
            }
        }
    }

    fn plain(notice: &'a Notice, variables: Value) -> Self {
        let Notice { subject, body } = notice;
        Self { subject, body: all(body), way: None, variables }
    }

    fn request(
        request: &'a Request,
        purpose: &'static str,
        token: &'a str,
        variables: Value,
    ) -> Self {
        let Request { subject, body, action, validity } = request;
        let way = Some(Way { purpose, token, action, validity });
        Self { subject, body: all(body), way, variables }
    }

    fn notice(texts: &'a Language, notice: &'a Notice, token: &'a str, variables: Value) -> Self {
        let Notice { subject, body } = notice;
        let back = &texts.way_back;
        let way = Way { purpose: "recover", token, action: &back.action, validity: &back.validity };
        let body = [all(body), all(&back.body)].concat();
        Self { subject, body, way: Some(way), variables }
    }
}

fn all(paragraphs: &[String]) -> Vec<&str> {
    paragraphs.iter().map(String::as_str).collect()
}
