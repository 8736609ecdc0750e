//! Every message in every language, and what must not happen to it.

use entity::outbox::MessageKind::{self, *};
use uuid::Uuid;

use super::*;
use crate::message::{Details, Message, Template};

const TOKEN: &str = "cu_token";
const RECEIPT: Uuid = Uuid::from_u128(0x5d0f_3a7e_91c4_4b26_8e0d_f27b_a64c_1339);

/// What each message gets, no more and no less.
fn details(template: Template) -> Details {
    let variables: &[(&'static str, &str)] = match template {
        Template::Kind(VerifyEmail) => {
            &[("requested_at", "2026-11-23 08:22 UTC"), ("device", "Firefox (Linux)")]
        }
        Template::Kind(
            EmailAdded | EmailRemoved | DefaultEmailChanged | PasswordReset | RecoveryRevoked,
        )
        | Template::PasswordResetWithoutRecovery => &[("email", "new@example.com")],
        Template::Kind(PhoneNumberChanged) => &[("phone_number", "+442071234567")],
        Template::Kind(PhoneCode) => &[("code", "123456")],
        Template::Kind(UnverifiedAccount) => &[("erase_at", "2026-12-23 08:22 UTC")],
        Template::Kind(AccountDeleted | UnverifiedAccountDeleted) => {
            &[("restorable_until", "2026-12-23 08:22 UTC")]
        }
        _ => &[],
    };
    let variables = variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    let has_receipt = matches!(template, Template::Kind(AccountDeleted) | Template::AccountErased);
    let has_token = !matches!(
        template,
        Template::Kind(
            PhoneCode
                | RecoveryRevoked
                | UnverifiedAccount
                | UnverifiedAccountDeleted
                | UnverifiedPasswordChanged
        ) | Template::AccountErased
            | Template::PasswordResetWithoutRecovery
    );
    Details {
        variables,
        receipt: has_receipt.then_some(RECEIPT),
        token: has_token.then(|| TOKEN.to_owned()),
    }
}

fn message(template: Template) -> Message {
    let to = match template {
        Template::Kind(PhoneCode) => Recipient::Phone("+442071234567".to_owned()),
        _ => Recipient::Email("ada@example.com".to_owned()),
    };
    let (name, details) = (Some("Ada Lovelace".to_owned()), details(template));
    Message { to, name, locale: None, template, details }
}

fn of(kind: MessageKind) -> Message {
    message(Template::Kind(kind))
}

fn links() -> Links {
    Links {
        account_page: Url::parse("https://app.example.com/account").unwrap(),
        receipts: "https://accounts.example.com/erasures/".to_owned(),
    }
}

fn wording() -> Wording {
    Wording::new("Example", links()).unwrap()
}

#[test]
fn a_mail_has_the_branding_of_the_operator() {
    let letterhead = Letterhead {
        service: "Shop & Sons".to_owned(),
        home: Some(Url::parse("https://shop.example/").unwrap()),
        logo: Some("https://accounts.example.com/logo".to_owned()),
        accent: "#a05a00".parse().unwrap(),
    };
    let wording = Wording::new(letterhead, links()).unwrap();
    let html = wording.render(&of(ResetPassword)).unwrap().html.replace("&#x2f;", "/");
    for part in [
        "<a href=\"https://shop.example/\" style=\"color: inherit; text-decoration: none\">",
        "<img src=\"https://accounts.example.com/logo\"",
        "alt=\"Shop &amp; Sons\"",
        // As dark as it must be to be read.
        "background: #9e5900; color: #ffffff",
        // In dark mode, as light.
        ".button { background: #ba8745 !important; color: #061411 !important; }",
    ] {
        assert!(html.contains(part), "{part}: {html}");
    }
    let plain = Wording::new("Example", links()).unwrap().render(&of(ResetPassword));
    let plain = plain.unwrap().html;
    assert!(!plain.contains("<img") && plain.contains("background: #0d6e63"), "{plain}");
}

#[test]
fn a_mail_reads_like_this() {
    let mut message = of(EmailAdded);
    let rendered = wording().render(&message).unwrap();
    assert_eq!(rendered.subject, "An email address was added to your account");
    assert_eq!(
        rendered.text,
        "\
Hello Ada Lovelace,

The address new@example.com was added to your Example account.

If this was you, there is nothing to do.

If it wasn't, choose a new password now. This ends all sessions of your account, including those of anybody else.

It wasn't me: choose a new password
https://app.example.com/account#recover=cu_token

The link works for 7 days.

-- 
This message was sent automatically by Example.",
    );
    let paragraphs: Vec<&str> =
        rendered.html.lines().filter(|line| line.starts_with("<p")).collect();
    assert_eq!(paragraphs.len(), 8);
    assert!(
        paragraphs[5]
            .contains("href=\"https:&#x2f;&#x2f;app.example.com&#x2f;account#recover=cu_token\"")
    );

    message.locale = Some("de-AT".to_owned());
    let rendered = wording().render(&message).unwrap();
    assert_eq!(rendered.language, "de");
    assert!(rendered.text.starts_with("Guten Tag Ada Lovelace,\n\nIhrem Konto bei Example wurde"));
    assert!(rendered.html.contains("<html lang=\"de\">"));
}

#[test]
fn every_message_renders_in_every_language() {
    let wording = wording();
    for locale in wording.languages.tags() {
        for template in Template::all() {
            let name = template.name();
            let mut message = message(template);
            message.locale = Some(locale.to_owned());
            let rendered = wording.render(&message).unwrap();
            assert_eq!(rendered.language, locale);
            // The style sheet has braces of its own.
            let (_, body) = rendered.html.split_once("</style>").unwrap();
            for text in [&rendered.subject, &rendered.text, body] {
                assert!(!text.trim().is_empty() && !text.contains(['{', '}']), "{name}: {text}");
            }
            let Details { variables, receipt, token } = message.details;
            let values = variables.into_values().chain(receipt.map(|id| id.to_string()));
            for value in values.chain(token) {
                assert!(rendered.text.contains(&value), "{name} in {locale} lacks {value}");
                assert!(rendered.html.contains(&value), "{name} in {locale} lacks {value}");
            }
        }
    }
}

#[test]
fn a_message_without_what_its_texts_use_is_an_error() {
    let wording = wording();
    for template in Template::all() {
        let whole = message(template);
        let Details { variables, receipt, token } = whole.details.clone();
        for variable in variables.keys() {
            let mut message = whole.clone();
            message.details.variables.remove(variable);
            let error = wording.render(&message).err().unwrap();
            assert!(matches!(error, WordingError::Template(_)), "{message:?}: {error}");
        }
        if receipt.is_some() {
            let mut message = whole.clone();
            message.details.receipt = None;
            let error = wording.render(&message).err().unwrap();
            assert!(matches!(error, WordingError::Template(_)), "{message:?}: {error}");
        }
        if token.is_some() {
            let mut message = whole;
            message.details.token = None;
            let error = wording.render(&message).err().unwrap();
            assert!(matches!(error, WordingError::NoToken(_)), "{message:?}: {error}");
        }
    }
}

#[test]
fn a_notice_of_deletion_links_to_its_receipt() {
    let link = format!("https://accounts.example.com/erasures/{RECEIPT}");
    for template in [Template::Kind(AccountDeleted), Template::AccountErased] {
        assert!(wording().render(&message(template)).unwrap().text.contains(&link));
    }
}

#[test]
fn a_code_fits_into_one_sms() {
    let wording = wording();
    let mut message = of(PhoneCode);
    for locale in wording.languages.tags() {
        message.locale = Some(locale.to_owned());
        let text = wording.render(&message).unwrap().text;
        assert!(text.starts_with("123456 "), "phones show the start: {text}");
        assert!(text.chars().count() <= 160, "{text}");
    }
}

#[test]
fn links_say_what_the_token_is_for() {
    let wording = wording();
    let cases = [
        (VerifyEmail, "verify-email"),
        (ResetPassword, "reset-password"),
        (Invitation, "invitation"),
        (EmailAdded, "recover"),
    ];
    for (kind, purpose) in cases {
        let text = wording.render(&of(kind)).unwrap().text;
        let link = format!("\nhttps://app.example.com/account#{purpose}={TOKEN}\n");
        assert!(text.contains(&link), "{text}");
    }
}

#[test]
fn a_verification_mail_says_who_asked_and_can_be_refused() {
    let mut message = of(VerifyEmail);
    let text = wording().render(&message).unwrap().text;
    assert!(text.contains("on 2026-11-23 08:22 UTC, with Firefox (Linux)."), "{text}");
    let link = format!("\nhttps://app.example.com/account#refuse-email={TOKEN}\n");
    assert!(text.contains(&link), "{text}");
    message.details.variables.insert("device", String::new());
    let text = wording().render(&message).unwrap().text;
    assert!(text.contains("with an unknown browser."), "{text}");
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
        let mut message = of(ResetPassword);
        message.name = Some(name.to_owned());
        let rendered = wording.render(&message).unwrap();
        assert_eq!(rendered.text.starts_with(&format!("Hello {name},\n")), greeted, "{why}");
        assert_eq!(rendered.text.starts_with("Hello,\n"), !greeted, "{why}");
        assert!(!rendered.html.contains("<b ") && !rendered.html.contains("<script"), "{why}");
        assert!(!rendered.subject.contains('\n'), "{why}");
    }
}

#[test]
fn a_recipient_who_did_not_choose_the_name_is_greeted_without_one() {
    let mut message = of(ResetPassword);
    message.name = None;
    assert!(wording().render(&message).unwrap().text.starts_with("Hello,\n"));
}

#[test]
fn the_service_may_be_called_anything() {
    let wording = Wording::new("A & B <C>\r\nBcc: eve@example.com", links()).unwrap();
    let rendered = wording.render(&of(Invitation)).unwrap();
    assert_eq!(rendered.subject, "You are invited to A & B <C> Bcc: eve@example.com");
    assert!(rendered.html.contains("A &amp; B &lt;C&gt;") && !rendered.html.contains("<C>"));
}

#[test]
fn debugging_tells_no_secret() {
    let message = of(ResetPassword);
    assert_eq!(format!("{message:?}"), "Message(reset_password by email)");
}
