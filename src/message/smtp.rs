//! Sending messages as mail, by SMTP.

use std::time::{Duration, SystemTime};

use chrono::{DateTime, Utc};
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::{Category, Code};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::time::timeout;
use url::Url;
use uuid::Uuid;

use super::{RenderedMessage, SendError};
use crate::value::is_loopback;

/// A mail server that takes the mails of this service.
pub struct Smtp {
    /// It has no pool, so every message has its own connection. lettre's pool would take
    /// back a connection whose message timed out, and the next message would take the late
    /// reply for its own.
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    timeout: Duration,
}

impl Smtp {
    /// The server at `url`, in the form that lettre reads:
    /// `smtps://USER:PASSWORD@HOST:PORT`, or `smtp://…?tls=required` for STARTTLS. A path
    /// is the name for EHLO. Sending a message takes at most `timeout`.
    ///
    /// # Errors
    /// When the URL can't be used. The error does not repeat it, because it contains a
    /// password.
    pub fn new(url: &str, from: Mailbox, timeout: Duration) -> Result<Self, String> {
        let parsed = check(url)?;
        let email = ascii(from.email.as_ref()).filter(|email| is_ascii(email.user()));
        let email = email.ok_or("needs a From address whose part before the @ is ASCII")?;
        let mut transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| "can't be used: is the host a name or an address?".to_owned())?
            .timeout(Some(timeout));
        if matches!(parsed.path(), "" | "/") {
            transport = transport.hello_name(ClientId::Domain(email.domain().to_owned()));
        }
        let from = Mailbox::new(from.name, email);
        Ok(Self { transport: transport.build(), from, timeout })
    }

    /// Sends a mail. `id` becomes its `Message-ID`.
    ///
    /// When the connection breaks after the mail and before the reply, nobody can tell
    /// whether the server took it. The mail counts as not sent, and the next attempt has
    /// the same `Message-ID`. The same happens when the server never answers the QUIT.
    pub(super) async fn send(
        &self,
        id: Uuid,
        at: DateTime<Utc>,
        to: &str,
        message: &RenderedMessage,
    ) -> Result<(), SendError> {
        let mail = self.mail(id, at, to, message)?;
        match timeout(self.timeout, self.transport.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(refusal(&error, to)),
            Err(_) => {
                let waited = humantime::format_duration(self.timeout);
                Err(SendError::transient(format!("the mail server took longer than {waited}")))
            }
        }
    }

    fn mail(
        &self,
        id: Uuid,
        at: DateTime<Utc>,
        to: &str,
        message: &RenderedMessage,
    ) -> Result<lettre::Message, SendError> {
        let to = ascii(to)
            .ok_or_else(|| SendError::permanent("the recipient is not an email address"))?;
        let raw = |name: &'static str, value: &str| {
            HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
        };
        lettre::Message::builder()
            .from(self.from.clone())
            // Only the address, because the user chose the name.
            .to(Mailbox::new(None, to))
            .subject(&*message.subject)
            .date(SystemTime::from(at))
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            // RFC 3834: no machine should answer.
            .raw_header(raw("Auto-Submitted", "auto-generated"))
            .raw_header(raw("Content-Language", &message.language))
            .multipart(MultiPart::alternative_plain_html(
                message.text.clone(),
                message.html.clone(),
            ))
            .map_err(|error| SendError::permanent(format!("the mail can't be built: {error}")))
    }
}

/// Refuses URLs that lettre's parser accepts, but with another meaning than intended.
fn check(url: &str) -> Result<Url, String> {
    let shape = || "must be like `smtps://USER:PASSWORD@HOST` or `smtp://HOST:PORT`".to_owned();
    let url = Url::parse(url).map_err(|_| shape())?;
    let tls = match url.query() {
        None => None,
        Some(query) => Some(query.strip_prefix("tls=").ok_or("may have one option, `?tls=`")?),
    };
    let encrypted = match (url.scheme(), tls) {
        ("smtps", None) | ("smtp", Some("required")) => true,
        ("smtp", None | Some("opportunistic")) => false,
        ("smtp", Some(_)) => return Err("may have `?tls=required` or `?tls=opportunistic`".into()),
        ("smtps", Some(_)) => return Err("needs no `?tls=` after `smtps://`".into()),
        _ => return Err(shape()),
    };
    match (url.username(), url.password()) {
        _ if !url.has_host() || url.fragment().is_some() => Err(shape()),
        ("", None) => Ok(url),
        ("", Some(_)) | (_, None) => Err("must have a user and a password, or neither".into()),
        _ if encrypted || is_loopback(&url) => Ok(url),
        _ => Err("would send the password unencrypted; add `?tls=required`".into()),
    }
}

/// The address with its domain in ASCII (UTS #46), the form that every server understands.
fn ascii(address: &str) -> Option<Address> {
    let (user, domain) = address.rsplit_once('@')?;
    Address::new(user, idna::domain_to_ascii_strict(domain).ok()?).ok()
}

fn is_ascii(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Why the mail was not sent, without the text that the server sent.
fn refusal(error: &lettre::transport::smtp::Error, to: &str) -> SendError {
    if let Some(code) = error.status() {
        let reason = format!("the mail server answered {code}");
        // 53x is about the login of this service, not about the mail: it can be corrected.
        let ours = matches!(code, Code { category: Category::Unspecified3, .. });
        return match error.is_permanent() && !ours {
            true => SendError::permanent(reason),
            false => SendError::transient(reason),
        };
    }
    if error.is_response() {
        return SendError::transient("the mail server's answer was cut short, or is not SMTP");
    }
    // The remaining errors are lettre's own texts, or the operating system's.
    if error.is_client() && !to.is_ascii() && error.to_string().contains("SMTPUTF8") {
        return SendError::permanent(
            "the address is not ASCII before the @, and the mail server has no SMTPUTF8",
        );
    }
    SendError::transient(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smtp(url: &str, from: &str) -> Result<Smtp, String> {
        Smtp::new(url, from.parse().unwrap(), Duration::from_secs(1))
    }

    #[test]
    fn urls_that_would_do_something_else_are_refused() {
        let cases = [
            ("mail.example.com", "must be like", "no URL"),
            ("http://mail.example.com", "must be like", "another protocol"),
            ("smtp://", "must be like", "no host"),
            ("smtp://mail.example.com?tsl=required", "one option", "a slip would go unencrypted"),
            ("smtp://mail.example.com?tls=yes", "tls=required", "no such choice"),
            ("smtps://mail.example.com?tls=opportunistic", "no `?tls=`", "a contradiction"),
            ("smtp://ada:secret@mail.example.com", "unencrypted", "the password in the clear"),
            ("smtp://ada:secret@mail.example.com?tls=opportunistic", "unencrypted", "perhaps"),
            ("smtps://ada@mail.example.com", "or neither", "would log in as nobody"),
        ];
        for (url, expected, why) in cases {
            let error = smtp(url, "no-reply@example.com").err().unwrap();
            assert!(error.contains(expected) && !error.contains("secret"), "{why}: {error}");
        }
        let error = smtp("smtp://localhost", "bücher@example.com").err().unwrap();
        assert!(error.contains("ASCII"), "{error}");
    }

    #[test]
    fn urls_of_every_kind_are_taken() {
        for url in [
            "smtp://localhost:1025",
            "smtp://ada:secret@127.0.0.1:1025",
            "smtp://mailpit:1025/app.example.com",
            "smtp://ada:secret@mail.example.com:587?tls=required",
            "smtps://ada:secret@mail.example.com",
        ] {
            assert_eq!(smtp(url, "Example <no-reply@bücher.example>").err(), None, "{url}");
        }
    }

    #[test]
    fn a_mail_is_built_to_be_told_apart_and_not_answered() {
        let smtp = smtp("smtp://localhost", "Bücher <no-reply@bücher.example>").unwrap();
        let message = RenderedMessage {
            subject: "Grüße".to_owned(),
            text: "Guten Tag,\n".to_owned(),
            html: "<p>Guten Tag,".to_owned(),
            language: "de".to_owned(),
        };
        let mail = smtp.mail(Uuid::nil(), DateTime::UNIX_EPOCH, "ada@Bücher.example", &message);
        let mail = mail.unwrap().formatted();
        assert!(mail.is_ascii());
        let text = String::from_utf8(mail).unwrap();
        let head = text.split("Content-Type").next().unwrap();
        assert_eq!(
            head,
            "From: =?utf-8?b?QsO8Y2hlcg==?= <no-reply@xn--bcher-kva.example>\r\n\
             To: ada@xn--bcher-kva.example\r\n\
             Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\
             Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n\
             Message-ID: <00000000-0000-0000-0000-000000000000@xn--bcher-kva.example>\r\n\
             Auto-Submitted: auto-generated\r\n\
             Content-Language: de\r\n\
             MIME-Version: 1.0\r\n",
        );
        let nobody = smtp.mail(Uuid::nil(), DateTime::UNIX_EPOCH, "nobody", &message);
        assert!(nobody.unwrap_err().permanent);
    }
}
