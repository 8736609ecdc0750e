//! Every message in every language, and what must not happen to it.

use super::*;
use crate::message::{Content, Message};

const TOKEN: &str = "cu_token";

fn every_content() -> [Content; 13] {
    let (email, token) = (|| "new@example.com".to_owned(), || TOKEN.to_owned());
    let receipt = || "https:receipt".to_owned();
    [
        Content::VerifyEmail { email: email(), token: token() },
        Content::ResetPassword { token: token() },
        Content::Invitation { token: token() },
        Content::PhoneCode { code: "123456".to_owned() },
        Content::EmailAdded { email: email(), token: token() },
        Content::EmailRemoved { email: email(), token: token() },
        Content::DefaultEmailChanged { email: email(), token: token() },
        Content::PasswordChanged { token: token() },
        Content::PhoneNumberChanged { phone_number: "+442071234567".to_owned(), token: token() },
        Content::PhoneNumberRemoved { token: token() },
        Content::AccountDeleted {
            restorable_until: "2026-12-23 08:22 UTC".to_owned(),
            receipt: receipt(),
            token: token(),
        },
        Content::AccountErased { receipt: receipt() },
        Content::AccountRestored { token: token() },
    ]
}

fn message(content: Content) -> Message {
    let to = match content {
        Content::PhoneCode { .. } => Recipient::Phone("+442071234567".to_owned()),
        _ => Recipient::Email("ada@example.com".to_owned()),
    };
    Message { to, name: "Ada Lovelace".to_owned(), locale: None, content }
}

fn account_url() -> Url {
    Url::parse("https://app.example.com/account").unwrap()
}

fn wording() -> Wording {
    Wording::new("Example", account_url()).unwrap()
}

#[test]
fn a_mail_reads_like_this() {
    let mut message = message(Content::EmailAdded {
        email: "new@example.com".to_owned(),
        token: TOKEN.to_owned(),
    });
    let worded = message.worded(&wording()).unwrap();
    assert_eq!(worded.subject, "An email address was added to your account");
    assert_eq!(
        worded.text,
        "\
Hello Ada Lovelace,

The address new@example.com was added to your Example account.

If this was you, there is nothing to do.

If it wasn't, choose a new password now. This ends all sessions of your account, also those of anybody else.

It wasn't me: choose a new password
https://app.example.com/account#recover=cu_token

This works for 7 days.

-- 
This message was sent automatically by Example.",
    );
    let paragraphs: Vec<&str> = worded.html.lines().filter(|line| line.starts_with("<p")).collect();
    assert_eq!(paragraphs.len(), 7);
    assert!(
        paragraphs[4]
            .contains("href=\"https:&#x2f;&#x2f;app.example.com&#x2f;account#recover=cu_token\"")
    );

    message.locale = Some("de-AT".to_owned());
    let worded = message.worded(&wording()).unwrap();
    assert_eq!(worded.language, "de");
    assert!(worded.text.starts_with("Guten Tag Ada Lovelace,\n\nIhrem Konto bei Example wurde"));
    assert!(worded.html.contains("<html lang=\"de\">"));
}

#[test]
fn every_message_renders_in_every_language() {
    let wording = wording();
    for locale in wording.languages.tags() {
        for content in every_content() {
            let kind = content.kind();
            let values = match serde_json::to_value(&content).unwrap() {
                serde_json::Value::Object(fields) => fields,
                other => panic!("{other}"),
            };
            let mut message = message(content);
            message.locale = Some(locale.to_owned());
            let worded = message.worded(&wording).unwrap();
            assert_eq!(worded.language, locale);
            for text in [&worded.subject, &worded.text, &worded.html] {
                assert!(!text.trim().is_empty() && !text.contains(['{', '}']), "{kind}: {text}");
            }
            for (name, value) in values.iter().filter(|(name, _)| *name != "kind") {
                let value = value.as_str().unwrap();
                assert!(worded.text.contains(value), "{kind} in {locale} lacks {name}");
                assert!(worded.html.contains(value), "{kind} in {locale} lacks {name}");
            }
        }
    }
}

#[test]
fn a_code_fits_into_one_sms() {
    let wording = wording();
    let mut message = message(Content::PhoneCode { code: "123456".to_owned() });
    for locale in wording.languages.tags() {
        message.locale = Some(locale.to_owned());
        let text = message.worded(&wording).unwrap().text;
        assert!(text.starts_with("123456 "), "phones show the start: {text}");
        assert!(text.chars().count() <= 160, "{text}");
    }
}

#[test]
fn links_say_what_the_token_is_for() {
    let wording = wording();
    let cases = ["verify-email", "reset-password", "invitation"];
    for (content, purpose) in every_content().into_iter().zip(cases) {
        let text = message(content).worded(&wording).unwrap().text;
        let link = format!("\nhttps://app.example.com/account#{purpose}={TOKEN}\n");
        assert!(text.contains(&link), "{text}");
    }
}

#[test]
fn a_name_is_text_and_nothing_else() {
    let cases = [
        ("<script>alert(1)</script>", false, "a slash could be a link"),
        ("<b onclick=x>Ada", true, "markup"),
        ("Ada\r\nBcc: eve@example.com", false, "a line break"),
        ("evil.example", false, "a domain"),
        ("Visit https://evil.example", false, "a link"),
        ("eve@localhost", false, "an address"),
        ("evil。example", false, "a dot by another name"),
        ("Martin Luther King Jr.", true, "a dot at the end of a word"),
        ("{{ token }}", true, "a template"),
        (&"a ".repeat(100), false, "a whole text"),
        ("Ærøskøbing O'Neil", true, "letters"),
    ];
    let wording = wording();
    for (name, greeted, why) in cases {
        let mut message = message(Content::ResetPassword { token: TOKEN.to_owned() });
        message.name = name.to_owned();
        let worded = message.worded(&wording).unwrap();
        assert_eq!(worded.text.starts_with(&format!("Hello {name},\n")), greeted, "{why}");
        assert_eq!(worded.text.starts_with("Hello,\n"), !greeted, "{why}");
        assert!(!worded.html.contains("<b ") && !worded.html.contains("<script"), "{why}");
        assert!(!worded.subject.contains('\n'), "{why}");
    }
}

#[test]
fn the_service_may_be_called_anything() {
    let wording = Wording::new("A & B <C>\r\nBcc: eve@example.com", account_url()).unwrap();
    let worded = message(Content::Invitation { token: TOKEN.to_owned() }).worded(&wording).unwrap();
    assert_eq!(worded.subject, "You are invited to A & B <C> Bcc: eve@example.com");
    assert!(worded.html.contains("A &amp; B &lt;C&gt;") && !worded.html.contains("<C>"));
}

#[test]
fn debugging_tells_no_secret() {
    let message = message(Content::ResetPassword { token: TOKEN.to_owned() });
    assert_eq!(format!("{message:?}"), "Message(reset_password by email)");
}
